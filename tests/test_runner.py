"""The runner: what is due runs, in two processes; what ends badly says so in one sentence."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from hardrare.errors import InputError
from hardrare.runner.contents import GONE, Contents
from hardrare.runner.graph import Step
from hardrare.runner.record import Record, Work, code_of
from hardrare.runner.run import HEAVY, LIGHT, run, worker_of
from hardrare.tables import Images, write_images

LIGHT_CODE, HEAVY_CODE = ("hardrare/errors.py",), ("hardrare/training/loop.py",)
MODULES = {
    "upper": """
        import sys
        from pathlib import Path
        source, target = sys.argv[1:]
        if __name__ == "__main__":
            Path(target).write_text(Path(source).read_text().strip().upper())
            print(f"upper 1/1 of {source}")
        """,
    "refuses": """
        import sys
        print("many words before")
        print("refuses: no such thing; name another.", file=sys.stderr)
        sys.exit(1)
        """,
    "breaks": "print('on the way')\nraise KeyError('what\\nis this')",
    "dies": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "waits": """
        import sys, time
        from pathlib import Path
        for _ in range(1200):
            if Path(sys.argv[1]).exists():
                break
            time.sleep(0.05)
        Path(sys.argv[2]).write_text(Path(sys.argv[1]).read_text())
        """,
}


class Heard:
    """A listener that remembers."""

    def __init__(self):
        self.skipped, self.begun, self.lines, self.ended = [], [], [], []

    def skip(self, step):
        self.skipped.append(step)

    def start(self, step):
        self.begun.append(step)

    def line(self, step, text):
        self.lines.append((step, text))

    def end(self, step):
        self.ended.append(step)


def step(name, *words, code=LIGHT_CODE, params=()):
    """A step of a module above: its last word is what it writes, the one before what it reads."""
    return Step(name, words, (words[-2],) if len(words) > 2 else (), code, (words[-1],), params)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder to work in, where the modules above can be run."""
    for name, text in MODULES.items():
        (tmp_path / "code").mkdir(exist_ok=True)
        (tmp_path / "code" / f"{name}.py").write_text(textwrap.dedent(text))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "code"), prepend=os.pathsep)
    (tmp_path / "at").mkdir()
    (tmp_path / "at" / "a").write_text("some text")
    return tmp_path / "at"


def work(home, steps, params=None, outside=None):
    contents = Contents(home / "contents.json")
    record = Record(home / "done.json")
    return Work(steps, params or {}, home, record, contents, outside or {})


def go(home, steps, **more):
    """What ran."""
    return run(work(home, steps, **more), home / "log.txt", Heard()).ran


CHAIN = [
    step("first", "upper", "a", "b"), step("then", "upper", "b", "c", params=("then.size",)),
]  # fmt: skip


def test_what_is_due_runs_and_nothing_else(home):
    assert go(home, CHAIN) == ["first", "then"]
    assert (home / "c").read_text() == "SOME TEXT"
    assert go(home, CHAIN) == []
    (home / "a").write_text("some text ")  # other bytes, the same result
    assert go(home, CHAIN) == ["first"]
    (home / "a").write_text("other text")
    assert go(home, CHAIN) == ["first", "then"]
    os.utime(home / "a")
    assert go(home, CHAIN) == []
    assert go(home, CHAIN, params={"then": {"size": 3}}) == ["then"]
    assert go(home, CHAIN, params={"then": {"size": 3}}, outside={"first": "x"}) == ["first"]


def test_why_a_step_is_due(home):
    [first, then] = CHAIN
    assert work(home, CHAIN).due(first) == "never ran"
    go(home, CHAIN)
    assert work(home, CHAIN).due(then) is None
    assert work(home, CHAIN, {"then": {"size": 1}}).due(then) == "its parameters changed"
    assert work(home, CHAIN, {}, {"then": "1"}).due(then) == "what it reads changed"
    (home / "c").write_text("by hand")
    assert work(home, CHAIN).due(then) == "c was changed"
    (home / "c").unlink()
    assert work(home, CHAIN).due(then) == "c is gone"
    (home / "b").write_text("by hand")
    assert work(home, CHAIN).due(then) == "b changed"
    assert go(home, CHAIN) == ["first", "then"]
    assert (home / "c").read_text() == "SOME TEXT"


def test_a_left_over_in_a_folder_changes_nothing(home):
    chain = [step("one", "upper", "a", "d/one"),
             Step("all", ("upper", "d/one", "e"), ("d",), LIGHT_CODE, ("e",), ())]  # fmt: skip
    (home / "d").mkdir()
    assert go(home, chain) == ["one", "all"]
    (home / "d" / "of an earlier study").write_text("x")
    assert go(home, chain) == []


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("refuses", r"^refuses: no such thing; name another\.$"),
        ("breaks", r"^bad failed: KeyError: .*what.*; .*log\.txt holds all that it said\.$"),
        ("dies", r"^bad failed: its process was killed, as systems do where memory runs out; .*"),
        ("absent", r"^bad failed: ModuleNotFoundError|^bad failed: ImportError"),
    ],
)
def test_a_bad_end_is_one_sentence(home, module, said):
    with pytest.raises(InputError, match=said) as error:
        go(home, [CHAIN[0], step("bad", module, "b", "x")])
    assert len(str(error.value).splitlines()) == 1
    assert "upper 1/1 of a" in (home / "log.txt").read_text()
    assert go(home, CHAIN) == ["then"]  # what was done stays done


def test_steps_with_and_without_torch_run_side_by_side(home):
    heavy = step("heavy", "upper", "a", "h", code=HEAVY_CODE)
    light = Step("light", ("waits", "h", "l"), (), LIGHT_CODE, ("l",), ())
    assert (worker_of(heavy), worker_of(light)) == (HEAVY, LIGHT)
    assert code_of(HEAVY_CODE)[1]
    # The light one is first, and ends only when the heavy one has written its file.
    assert sorted(go(home, [light, heavy])) == ["heavy", "light"]


def test_what_needs_no_torch_runs_beside_what_is_long_where_it_would_wait(home, monkeypatch):
    monkeypatch.setattr("hardrare.runner.run.PATIENCE", 0.5)
    heavy = step("heavy", "upper", "a", "h", code=HEAVY_CODE)
    # It is first, and ends when the last one has written its file, which reads the heavy one's.
    long = Step("long", ("waits", "l", "w"), (), LIGHT_CODE, ("w",), ())
    ran = go(home, [long, heavy, step("last", "upper", "h", "l")])
    assert sorted(ran) == ["heavy", "last", "long"]


def test_what_a_step_says_is_heard(home):
    heard = Heard()
    run(work(home, CHAIN), home / "log.txt", heard)
    assert heard.begun == heard.ended == ["first", "then"]
    assert ("then", "upper 1/1 of b") in heard.lines
    run(work(home, CHAIN), home / "log.txt", again := Heard())
    assert (again.skipped, again.begun) == (["first", "then"], [])


SLOW = """
import os, sys
sys.path.insert(0, {tests!r})
from test_runner import CHAIN, go, step
from pathlib import Path
go(Path({home!r}), [CHAIN[0], step("slow", "waits", "never", "z")])
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_call_leaves_no_process_and_goes_on(home, how):
    code = SLOW.format(tests=str(Path(__file__).parent), home=str(home))
    parent = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    for _ in range(1200):
        if (home / "done.json").exists() and "first" in (home / "done.json").read_text():
            break
        time.sleep(0.05)
    workers = [int(p) for p in _children(parent.pid)]
    assert len(workers) == 1
    time.sleep(0.2)
    parent.send_signal(how)
    parent.wait(20)
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() for pid in workers):
            break
        time.sleep(0.05)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert go(home, CHAIN) == ["then"]


def _children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


# Contents


def test_labels_do_not_concern_a_step_that_reads_none(home):
    def write(labels):
        image = np.arange(3 * 4 * 4, dtype=np.uint8).reshape(3, 4, 4, 1)
        images = Images(
            np.arange(3, dtype=np.int32), image, np.array(labels), list("abc"), ["x", "y"]
        )
        write_images(home / "i.arrow", images)

    blind = Step("blind", ("upper", "a", "z"), ("i.arrow",), LIGHT_CODE, ("z",), (), True)
    seeing = Step("seeing", ("upper", "a", "y"), ("i.arrow",), LIGHT_CODE, ("y",), ())
    write([0, 1, 1])
    assert sorted(go(home, [blind, seeing])) == ["blind", "seeing"]
    write([0, 0, 1])
    assert go(home, [blind, seeing]) == ["seeing"]
    write([0, 0, 1])
    assert go(home, [blind, seeing]) == []
    (home / "i.arrow").unlink()
    assert work(home, [blind]).due(blind) == "i.arrow changed"


def test_a_touched_file_is_found_equal_and_a_quick_change_is_seen(tmp_path):
    file, memory = tmp_path / "f", tmp_path / "m.json"
    file.write_text("one")
    contents = Contents(memory)
    first = contents.file(file)
    stat = file.stat()
    file.write_text("two")  # as long, within the same tick of the clock
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert contents.file(file) != first
    file.write_text("one")
    os.utime(file, ns=(1, 1))
    assert contents.file(file) == first
    contents.save()
    again = Contents(memory)
    assert list(again.known) == [str(file)]
    os.utime(file)
    assert again.file(file) == first
    assert again.file(tmp_path / "none") == GONE


def test_a_file_put_in_place_with_the_time_of_the_one_before_is_read(tmp_path, monkeypatch):
    """As `cp -p`, `rsync -t` and unpacking do; of one length, in one inode."""
    monkeypatch.setattr("hardrare.runner.contents.FRESH", -1)
    file, contents = tmp_path / "labels.csv", Contents(tmp_path / "m.json")
    file.write_text("a.png,cat")
    os.utime(file, ns=(10**18, 10**18))
    first = contents.file(file)
    file.write_text("a.png,dog")
    os.utime(file, ns=(10**18, 10**18))
    assert contents.file(file) != first


def test_a_folder_is_what_lies_in_it(tmp_path):
    contents, folder = Contents(tmp_path / "m.json"), tmp_path / "d"
    (folder / "x").mkdir(parents=True)
    (folder / "x" / "1").write_text("1")
    before = contents.of(folder)
    assert contents.of(folder) == before
    (folder / "x" / "1").rename(folder / "x" / "2")
    assert contents.of(folder) != before
    (tmp_path / "m.json").write_text("no json")
    assert Contents(tmp_path / "m.json").known == {}
