"""The main findings as sentences; each section says its own."""

from hardrare.report.section import Section

SECTION = Section("Main findings", 20)
