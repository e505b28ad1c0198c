"""How all of it was computed, and what each score is."""

from hardrare.report.section import Section

SECTION = Section("How this was computed", 150)
