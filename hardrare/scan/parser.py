"""Words of the command line; what is wrong with them is said in one sentence."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

OF_A_FOLDER = ("scan", "label-first")


class Parser(argparse.ArgumentParser):
    """Says what is wrong and where all words are told, in place of telling them all."""

    def error(self, message: str) -> NoReturn:
        """End with status 2 and one sentence."""
        said = message.removeprefix("argument ").replace("\n", " ")
        self.exit(2, f"{self.prog}: {said}; {self.prog} --help tells what it takes.\n")


def parsed_words(
    parser: argparse.ArgumentParser, words: Sequence[str] | None
) -> argparse.Namespace:
    """What was given; a word too many is named, as where a shell made many of a `*`."""
    given, unknown = parser.parse_known_args(words)
    if unknown:
        first, command = unknown[0], f"{parser.prog} {given.command}"
        said = f"{first} is a word too many"
        if first.startswith("-"):
            said = f"there is no option {first}"
        elif given.command in OF_A_FOLDER:
            said += ", name one folder"
        parser.exit(2, f"{command}: {said}; {command} --help tells what it takes.\n")
    return given
