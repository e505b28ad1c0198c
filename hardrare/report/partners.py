"""What stands beside a duplicate: the image that is kept in its place, or the one most like it."""

from hardrare.report.read import Study


def partners_of(study: Study) -> dict[int, tuple[int, float]]:
    """Of each shown row of the duplicate axis the row beside it and their similarity."""
    place = {one: at for at, one in enumerate(study.ranking["sample_id"].to_list())}
    nearest, similarity = (study.ranking[n] for n in ("nearest_id", "duplicate_similarity"))
    rows = study.extremes("duplicate")["row"].to_list()
    known = [int(row) for row in rows if nearest[int(row)] is not None]
    return {row: (place[nearest[row]], similarity[row]) for row in known}
