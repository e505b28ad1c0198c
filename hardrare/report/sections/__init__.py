"""The sections of the report, a folder each; see `hardrare.report.section`."""
