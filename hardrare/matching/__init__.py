"""Matching: which images show the same picture, and which of them stays.

Hashes and features propose pairs (`propose`), aligned pixels decide (`align`, `confirm`),
`kinds` names what was done to a copy, `groups` ties each copy to one image that stays. Nothing
here imports torch, and nothing reads a label.
"""
