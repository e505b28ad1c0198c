"""Which rows of a ranking show one picture."""

import pyarrow as pa


def picture_of(ranking: pa.Table) -> list[str | None]:
    """For each row the file that stays for its picture, None where no other file shows it.

    A group may hold more than that: what is only alike.

    Args:
        ranking: "ranking/2", N rows.
    """
    names, of = (ranking.column(key).to_pylist() for key in ("file_name", "duplicate_of"))
    repeated = set(of)
    return [
        stays or (name if name in repeated else None)
        for name, stays in zip(names, of, strict=True)
    ]  # fmt: skip
