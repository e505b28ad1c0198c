"""Real JPEGs in a bucket of a local S3 server, prepared and embedded by one process and by Ray.

    python benchmarks/bucket.py CIFAR10_PARQUET PHOTOS --n 20000 [--scan]

The files are CIFAR-10 images written as JPEG, with up to 400 photographs among them. `prepare` and
`embed` run as a scan calls them, the network at a side of 32 pixels without views; with `--scan` it
is the whole scan with its own settings. First without Ray, then with Ray's workers on all cores,
one of which is killed in each of these stages (of a scan in `match`, too) as soon as two shards of
it are there. Tables are
compared byte for byte; told are seconds of the processor, of this command's children without the
server, by the way. `--rows 100` makes smaller shards, for a try of few files. Needs moto, boto3 and
ray.
"""

import argparse
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq
import yaml
from PIL import Image

KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
BUCKET = "lab"
STAGES = """
import json, sys, time
from pathlib import Path
from hardrare import shards
from stages import embed, prepare
given = json.loads(sys.argv[1])
shards.ROWS = given["rows"]
out, seconds = Path(given["out"]), {}
for stage, words in ((prepare, given["prepare"]), (embed, given["embed"])):
    started = time.perf_counter()
    paths = {k: out / v for k, v in words["paths"].items()}
    stage.main(stage.Params(**words["params"]), **words["texts"], **paths)
    seconds[stage.__name__] = round(time.perf_counter() - started, 1)
print(json.dumps(seconds), file=sys.stderr)
"""


def jpegs(parquet: Path, photos: Path, count: int):
    """Names and files."""
    for at, file in enumerate(sorted(photos.rglob("*.JPEG"))[: min(400, count)]):
        yield f"photos/{at:05}.jpg", file.read_bytes()
        count -= 1
    made = 0
    for file in sorted(parquet.rglob("*train*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(512):
            column = "img" if "img" in batch.schema.names else "image"
            for one in batch.column(column).to_pylist():
                if made == count:
                    return
                stream = io.BytesIO()
                Image.open(io.BytesIO(one["bytes"])).save(stream, "JPEG", quality=92)
                yield f"cifar/{made:06}.jpg", stream.getvalue()
                made += 1


def serve(given: argparse.Namespace) -> None:
    """A server that holds the files, put there without a request each; says where it is."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends
    from moto.server import ThreadedMotoServer

    held = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    held.create_bucket(BUCKET, KEYS["AWS_DEFAULT_REGION"])
    for name, content in jpegs(given.parquet, given.photos, given.n):
        held.put_object(BUCKET, name, content)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
    threading.Event().wait()


def served() -> tuple[subprocess.Popen, str]:
    """A server in a process of its own, filled; and its address."""
    words = [sys.executable, *sys.argv, "--serve"]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return server, server.stdout.readline().strip()


def asked(out: Path, rows: int) -> str:
    """What the two stages are called with, as JSON; so many rows are a shard."""
    from hardrare.scan import options

    shipped = yaml.safe_load(options.default())
    known = shipped["prepare"] | {"path": f"s3://{BUCKET}", "dataset": "folder"}
    network = "efficientnet_lite0"
    of = shipped["embed"][network] | {"side": 32, "view_side": 32, "views": 0}
    tables = {k: f"{k}.arrow" for k in ("train", "test", "pictures", "appearance")}
    embedding = {"pictures": "pictures.arrow", "images": "train.arrow", "scratch": "scratch"}
    how = {name: shipped["embed"][name] for name in ("batch_size", "device", "precision", "seed")}
    return json.dumps({
        "out": str(out), "rows": rows,
        "prepare": {"params": known, "texts": {},
                    "paths": tables | {"skipped": "skipped.csv", "scratch": "scratch"}},
        "embed": {"params": how | {"options": of}, "texts": {"network": network},
                  "paths": embedding | {"features": "features.arrow", "views": "views.arrow"}},
    })  # fmt: skip


def below(driver: int) -> dict[int, tuple[bytes, float]]:
    """A process and those that it started: their commands and processor seconds."""
    known = {}
    for one in (p for p in Path("/proc").iterdir() if p.name.isdigit()):
        try:
            told = (one / "stat").read_text().rpartition(")")[2].split()
            used = (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
            known[int(one.name)] = int(told[1]), (one / "cmdline").read_bytes(), used
        except OSError:
            continue
    found = {driver}
    for _ in range(6):
        found |= {pid for pid, (parent, *_) in known.items() if parent in found}
    return {pid: known[pid][1:] for pid in found if pid in known}


def watch(
    root: Path, driver: subprocess.Popen, left: list[str], killed: list, used: dict
) -> None:  # fmt: skip
    """Note processor seconds; kill a worker in each stage, when two shards of it are there."""
    while driver.poll() is None:
        time.sleep(0.5)
        there = below(driver.pid)
        used.update({pid: seconds for pid, (_, seconds) in there.items()})
        if left and len(list(root.rglob(f"shards/{left[0]}/**/*.arrow"))) >= 2:
            for pid in [p for p, (words, _) in there.items() if b"ray::MapWorker" in words][:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(f"{left.pop(0)}: {pid}")


def run(out: Path, ray: bool, given: argparse.Namespace, env: dict[str, str]) -> str:
    """A scan or two stages; what it took, and which workers were killed."""
    words = [sys.executable, "-c", STAGES, asked(out, given.rows)]
    if given.scan:
        words = [sys.executable, "-m", "hardrare", "scan", f"s3://{BUCKET}", "--out", str(out)]
        words += ["--ray", "auto"] if ray else []
    elif ray:
        env = env | {"HARDRARE_RAY": "auto"}
    stages = ["prepare", "embed", "match"][: 3 if given.scan else 2] if ray else []
    killed, used = [], {}
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        driver = subprocess.Popen(words, env=env, text=True, stdout=said, stderr=said)
        watch(out, driver, stages, killed, used)
        said.seek(0)
        lines = said.read().strip()
    took = time.perf_counter() - started
    if driver.returncode:
        raise SystemExit(lines[-2000:])
    return (
        f"{took:.0f} s, {sum(used.values()):.0f} of the processor without the server; "
        f"{lines.splitlines()[-1]}; killed {killed}"
    )


def main() -> None:
    """Compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parquet", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=2048)
    parser.add_argument("--scan", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.update(KEYS)
    if given.serve:
        return serve(given)
    server, address = served()
    print(f"{given.n:,} JPEGs on {address}", flush=True)
    env = os.environ | {"AWS_ENDPOINT_URL": address, "RAY_worker_niceness": "0"}
    try:
        with tempfile.TemporaryDirectory() as folder:
            outs = [Path(folder) / "alone", Path(folder) / "ray"]
            for out, ray in zip(outs, (False, True), strict=True):
                print(f"{out.name}: {run(out, ray, given, env)}", flush=True)
            kinds = "*.arrow", "*.csv", "*.txt", "*.parquet"
            names = sorted(p.relative_to(outs[0]) for kind in kinds for p in outs[0].rglob(kind)
                           if "scratch" not in p.parts)  # fmt: skip
            other = [str(n) for n in names
                     if (outs[0] / n).read_bytes() != (outs[1] / n).read_bytes()]  # fmt: skip
            print(f"{len(names)} tables, of which differ: {other or 'none'}")
    finally:
        server.terminate()
    return None


if __name__ == "__main__":
    main()
