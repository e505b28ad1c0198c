"""How large the page of many photographs is, how fast it opens, and how it scrolls.

python benchmarks/page.py make PHOTOS --n 10000 --page /tmp/page.html
python benchmarks/page.py open /tmp/page.html

`make` writes tables of N made-up samples (axes at random, a tenth copies in groups of two to five)
whose pictures are those of a folder, each cropped, mirrored and brightened at random, and makes
the page of them by what `stages/show.py` calls. `open` opens it in a headless Chromium, from a warm
disk cache: seconds from the start of the navigation to the first thumbnails on the screen, to the
end of loading, and the frames while it scrolls through all of them.
"""

import argparse
import io
import json
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from hardrare import tables
from hardrare.gallery.page import page, with_scan
from hardrare.gallery.read import Files, Settings, contents
from hardrare.pictures import Pictures
from hardrare.tables import Score

SIDE, WIDTH = 320, 64  # of the kept pictures; of the features


class Varied:
    """N encoded pictures, made when asked for: a photograph cropped, mirrored, brightened."""

    def __init__(self, photos: list[Image.Image]) -> None:
        self.photos = photos

    def __getitem__(self, row: int) -> pa.Scalar:
        rng = np.random.default_rng(int(row))
        photo = self.photos[int(rng.integers(len(self.photos)))]
        left, top = (rng.random(2) * 0.3 * np.array(photo.size)).astype(int)
        box = (left, top, left + int(0.7 * photo.width), top + int(0.7 * photo.height))
        one = photo.crop(box).resize(photo.size).point(lambda v: v * float(rng.uniform(0.8, 1.2)))
        if rng.random() < 0.5:
            one = one.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        file = io.BytesIO()
        one.save(file, "JPEG", quality=92)
        return pa.scalar(file.getvalue(), pa.large_binary())


def made(photos: list[Image.Image], count: int, folder: Path) -> str:
    """The page of made-up tables."""
    rng = np.random.default_rng(0)
    ids, axes = np.arange(count), ("hard", "rare", "noisy", "duplicate", "mislabeled")
    group = np.full(count, -1)
    starts = rng.choice(count // 5, count // 50, replace=False) * 5
    for number, start in enumerate(starts.tolist()):
        group[start : start + int(rng.integers(2, 6))] = number
    first = {int(group[row]): row for row in np.flatnonzero(group >= 0)[::-1].tolist()}
    names = [f"photos/{k // 1000:03}/IMG_{k:06}.jpg" for k in range(count)]
    of = [names[first[g]] if g >= 0 and first[g] != row else None for row, g in enumerate(group)]
    columns = {"sample_id": pa.array(ids, pa.int32()), "file_name": pa.array(names)}
    for axis in axes:
        rank = rng.permutation(count) + 1
        if axis == "duplicate":
            rank = np.argsort(np.argsort([one is None for one in of], kind="stable")) + 1
        member = np.array([one is not None for one in of]) if axis == "duplicate" else (
            rank <= count // 20)  # fmt: skip
        columns |= {
            f"{axis}_score": pa.array(1 - rank / count, pa.float32()),
            f"{axis}_rank": pa.array(rank, pa.int32()),
            f"{axis}_spread": pa.array(rng.random(count) / 50, pa.float32()),
            f"is_{axis}": pa.array(member),
        }
    label = [f"class {k}" for k in rng.integers(0, 20, count)]
    columns |= {
        "group": pa.array(group, pa.int32(), mask=group < 0), "duplicate_of": pa.array(of),
        "duplicate_kind": pa.array(["cropped" if one else None for one in of]),
        "duplicate_of_is": pa.array(["larger" if one else None for one in of]),
        "duplicate_similarity": pa.array(rng.random(count), pa.float32()),
        "nearest": pa.array([names[k] for k in rng.permutation(count)]),
        "leak": pa.array(np.zeros(count, bool)),
        "reason": pa.array(["blurred" if one else None for one in rng.random(count) < 0.05]),
        "label": pa.array(label), "suggested_label": pa.array(label[::-1]),
        "width": pa.array(np.full(count, 4000), pa.int32()),
        "height": pa.array(np.full(count, 3000), pa.int32()),
        "dropped_by": pa.array(["duplicate" if one else None for one in of]),
    }  # fmt: skip
    tables.write(folder / "ranking", "ranking/2", pa.table(columns))
    centres = rng.normal(size=(50, WIDTH))[rng.integers(0, 50, count)]
    features = (centres + 0.5 * rng.normal(size=(count, WIDTH))).astype(np.float32)
    tables.write_features(folder / "features", ids, features)
    looks = [{"part": "", "format": "JPEG", "mode": "RGB", "bytes": 3_000_000 + k, "frames": 1,
              "taken": 1_500_000_000 + k, "content_hash": f"{k:032x}"}
             for k in range(count)]  # fmt: skip
    tables.write_appearance(folder / "looks", looks, {})
    tables.write_skipped(folder / "skipped.csv", [])
    tables.write_rows(folder / "heat", "heat/1", [])
    scores = [Score(f"network/score_{k}", rng.random((1, count)), "", "high", "")
              for k in range(60)]  # fmt: skip
    found = contents(
        Settings({axis: ["a/b"] for axis in axes}, [], "none/loss", True, 500, 20_000, 160,
                 ["network"], [0, 1]),
        Files(Pictures(ids, np.empty(0), Varied(photos)), folder / "looks", folder / "skipped.csv",
              [], folder / "features", folder / "ranking", [folder / "heat"], scores, {}),
    )  # fmt: skip
    each = np.mean([len(one) for one in found.thumbnails])
    print(f"{len(found.shown):,} of {count:,} on the page, {len(found.larger):,} larger copies")
    print(f"{each:,.0f} bytes a thumbnail")
    return page(found)


FRAMES = """async () => {
  const times = [], end = document.documentElement.scrollHeight - innerHeight, step = end / 600;
  await new Promise(done => {
    let at = 0, last = performance.now();
    function frame(now) {
      times.push(now - last);
      last = now;
      at += step;
      scrollTo(0, at);
      if (at < end) requestAnimationFrame(frame); else done();
    }
    requestAnimationFrame(frame);
  });
  return times.slice(2);
}"""
SEEN = """() => {
  const first = [...document.querySelectorAll('#feed img.tile')].slice(0, 6);
  return first.length && first.every(image => image.naturalWidth);
}"""
STEADY = FRAMES.replace("end / 600", "60").replace("at < end", "at < 60 * 600")


def opened(path: Path) -> dict[str, float | int]:
    """Seconds and frames of a page in a headless Chromium."""
    from playwright.sync_api import sync_playwright

    found: dict[str, float | int] = {"megabytes": round(path.stat().st_size / 1e6, 1)}
    path.read_bytes()  # into the disk cache
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        asked = tab.context.new_cdp_session(tab)
        asked.send("Performance.enable")
        started = time.perf_counter()
        tab.goto(path.absolute().as_uri(), wait_until="commit")
        tab.wait_for_function(SEEN, polling=20)
        found["first thumbnails, s"] = round(time.perf_counter() - started, 2)
        tab.wait_for_load_state("load")
        found["loaded, s"] = round(time.perf_counter() - started, 2)
        spent = {
            one["name"]: one["value"] for one in asked.send("Performance.getMetrics")["metrics"]
        }
        for name in ("ThreadTime", "ProcessTime"):  # of processors, whatever else runs
            found[f"{name}, s"] = round(spent[name], 2)
        tab.get_by_text("all", exact=True).first.click()
        tab.wait_for_timeout(300)
        for name, code in (("all of it in 600 frames", FRAMES), ("600 frames of 60 px", STEADY)):
            times = np.array(tab.evaluate(code))
            found[f"{name}: median frame, ms"] = round(float(np.median(times)), 1)
            found[f"{name}: 95th percentile, ms"] = round(float(np.quantile(times, 0.95)), 1)
            found[f"{name}: frames over 50 ms"] = int((times > 50).sum())
            tab.evaluate("scrollTo(0, 0)")
            tab.wait_for_timeout(200)
        found["cards at once"] = tab.locator("#feed article").count()
        browser.close()
    return found


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("photos", type=Path)
    making.add_argument("--n", type=int, default=10_000)
    making.add_argument("--page", type=Path, required=True)
    commands.add_parser("open").add_argument("page", type=Path)
    given = parser.parse_args()
    if given.command == "open":
        print(json.dumps(opened(given.page), indent=1))
        return
    photos = []
    for file in sorted(one for one in given.photos.rglob("*") if one.is_file()):
        try:
            with Image.open(file) as photo:
                photos.append(photo.convert("RGB"))
                photos[-1].thumbnail((SIDE, SIDE))
        except Exception as error:
            print(f"{file}: {error}")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        html = made(photos, given.n, Path(folder))
    given.page.write_text(with_scan(html, {"took": "", "source": None}), encoding="utf-8")
    print(f"{given.page}: {given.page.stat().st_size / 1e6:.1f} MB in "
          f"{time.perf_counter() - started:.0f} s")  # fmt: skip


if __name__ == "__main__":
    main()
