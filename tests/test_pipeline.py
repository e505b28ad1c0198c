"""The rules of the house: one direction, declared is used, thin stages, narrow imports."""

import ast
import dataclasses
import importlib
import re
import subprocess
import sys
from pathlib import Path

import graph
import pytest
import yaml
from graph import ROOT

from hardrare import dependencies, objectives
from hardrare.checking import check
from hardrare.metrics import registry
from hardrare.params import build, keys, load
from hardrare.protocols.asked import OfKinds
from hardrare.protocols.kinds import KINDS
from hardrare.studies import whole

STAGES = graph.stages()
STUDIES = sorted(f"studies/{p.name}" for p in ROOT.glob("studies/*.yaml"))
SCRIPTS = sorted(p.stem for p in (ROOT / "stages").glob("*.py"))
CONCEPTS = sorted(p.parent.name for p in (ROOT / "hardrare").glob("*/__init__.py"))
# any package may import them
EVERYWHERE = {
    "tables", "numerics", "params", "errors", "pictures", "counting", "plugins", "several",
}  # fmt: skip
BELOW = {  # what these may import themselves: an arrow goes down only
    "tables": {"errors"},
    "numerics": {"errors"},
    "pictures": {"tables", "numerics", "errors"},
}
MAY_IMPORT = {
    "training": {"objectives", "probes", "augmentation", "networks", "processes"},
    "protocols": {"training", "objectives", "probes", "augmentation", "networks", "processes"},
    # a setting's type, a loss that is a statistic too, a batch that is shared
    "objectives": {"augmentation", "probes", "processes"},
    "dissection": {"embedding", "networks"},
    "explanation": {"embedding", "networks"},
    "datasets": {"shards"},
    "embedding": {"augmentation", "networks", "shards"},
    "matching": {"shards"},
    "scoring": {"metrics"},
    "detection": {"agreement"},
    "attribution": {"agreement", "detection"},
    "report": {"figures", "agreement", "metrics"},  # what a metric says of itself
    "runner": {"studies"},
    "decisions": {"export"},
    "door": {"metrics", "ranking", "scan", "shards"},  # what people import
    "elsewhere": {"pieces", "runner", "studies"},  # a command
    "kept": {"elsewhere", "protocols", "report", "runs"},  # a command
    "scan": {
        "datasets",
        "decisions",
        "embedding",  # whether somebody's file is one of embeddings is looked up before any work
        "export",
        "gallery",
        "labelling",
        "networks",  # the name of one is looked up before any work
        "runner",
        "shards",  # by whom they are made
        "studies",
    },  # a command
}
TORCH_FREE = [
    "metrics", "scoring", "numerics", "agreement", "detection", "attribution", "pruning",
    "representation", "ranking", "labelling", "injection", "figures", "report", "export",
    "decisions", "door", "elsewhere", "gallery", "runner", "scan",
]  # fmt: skip
TRAINING = ["training", "protocols", "objectives", "networks", "augmentation", "probes"]
LABEL_FREE = objectives.label_free()
STDLIB_AND = {*sys.stdlib_module_names, "hardrare"}


def files_of(concept: str) -> list[Path]:
    return sorted((ROOT / "hardrare" / concept).rglob("*.py"))


@pytest.mark.parametrize("concept", CONCEPTS)
def test_packages_meet_only_in_stages(concept):
    allowed = {concept} | BELOW.get(concept, EVERYWHERE | MAY_IMPORT.get(concept, set()))
    for path in files_of(concept):
        for module in graph.imported(path):
            parts = module.split(".")
            if parts[0] == "hardrare" and len(parts) > 1:
                is_module = graph.file_of(".".join(parts[:2])) is not None
                assert not is_module or parts[1] in allowed, f"{path} imports {module}"
            assert parts[0] != "stages", f"{path} imports {module}"


@pytest.mark.parametrize("folder", ["hardrare", "stages", "benchmarks"])
def test_what_begins_with_an_underscore_is_imported_inside_its_package_alone(folder):
    for path in (ROOT / folder).rglob("*.py"):
        inside = path.relative_to(ROOT).parent.parts
        for module in graph.imported(path):
            parts = module.split(".")
            private = [at for at, part in enumerate(parts) if re.match("_[^_]", part)]
            if parts[0] == "hardrare" and private:
                owner = tuple(parts[: private[0]])
                assert inside[: len(owner)] == owner, f"{path} imports {module}"


@pytest.mark.parametrize("concept", TORCH_FREE)
def test_scoring_and_reports_never_import_torch(concept):
    for path in files_of(concept):
        roots = {module.split(".")[0] for module in graph.imported(path)}
        assert not roots & {"torch", "torchvision", "lightly"}, path


@pytest.mark.parametrize("concept", TRAINING)
def test_training_imports_what_a_gpu_machine_has(concept):
    known = {"torch", "torchvision", "timm", "lightly", "numpy", "pyarrow", "tqdm"}
    known |= {"filelock", "safetensors"}  # come with torch and timm
    for path in files_of(concept):
        roots = {module.split(".")[0] for module in graph.imported(path)}
        assert roots <= STDLIB_AND | known, path


@pytest.mark.parametrize("name", STAGES)
def test_declared_is_used(name):
    stage = STAGES[name]
    used = graph.used(graph.script(stage))
    code = {f for f in graph.declared(stage) if f.suffix == ".py"}
    missing = sorted(str(f.relative_to(ROOT)) for f in used - code)
    extra = sorted(str(f.relative_to(ROOT)) for f in code - used)
    assert not missing, f"{name} imports what dvc.yaml does not declare"
    assert not extra, f"{name} declares what it does not import"


@pytest.mark.parametrize("name", ["rank", "score"])
def test_what_a_stage_imports_at_run_time_is_declared(name):
    code = f"import sys, stages.{name}\n"
    if name == "score":
        code += "import hardrare.metrics as metrics; metrics.registry()\n"
    code += "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('hardrare')))"
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {Path(path) for path in out.stdout.split()}
    assert len(loaded) > 5
    loaded = set(filter(dependencies.has_code, loaded))
    assert loaded <= graph.declared(STAGES[name])


def test_a_file_of_words_alone_decides_nothing(tmp_path):
    words, code = tmp_path / "words.py", tmp_path / "code.py"
    words.write_text('"""What lies here."""\n', "utf-8")
    code.write_text('"""What lies here."""\n\nK = 1\n', "utf-8")
    assert not dependencies.has_code(words)
    assert dependencies.has_code(code)
    plain = ROOT / "hardrare/numerics/__init__.py"
    assert plain not in dependencies.closure(ROOT / "stages/rank.py")


def test_make_graph_has_nothing_to_write():
    text = (ROOT / "dvc.yaml").read_text("utf-8")
    assert dependencies.written(text) == text, "run: make graph"


def test_make_graph_writes_code_and_leaves_the_rest():
    text = (ROOT / "dvc.yaml").read_text("utf-8")
    bare = "".join(
        line for line in text.splitlines(True) if not line.startswith("      - hardrare/")
    )
    assert bare != text
    noted = bare.replace("    deps:\n", "    # a comment\n    deps:\n", 1)
    assert dependencies.written(noted).replace("    # a comment\n", "", 1) == text


@pytest.mark.parametrize("name", STAGES)
def test_params_listed_are_the_params_read(name):
    stage, script = STAGES[name], graph.script(STAGES[name])
    read = set(keys(importlib.import_module(f"stages.{script}").Params, script).values())
    listed = {p.replace("${item.", "{").replace("}", "}") for p in stage.get("params", [])}
    tree = load(ROOT / "params.yaml")
    assert leaves(read, tree) == leaves(listed, tree)


def leaves(names, tree):
    """Keys, a whole section as all keys in it, but for the network that the command names."""
    whole = {name for name in names if "." not in name}
    inside = {f"{name}.{key}" for name in whole for key in tree[name] if key != "of"}
    return (names - whole) | inside


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_bears_its_scripts_name(name):
    script = graph.script(STAGES[name])
    assert name == script or name.startswith(f"{script}_")
    sections = {p.split(".")[0] for p in STAGES[name].get("params", [])}
    assert script in sections or script not in load(ROOT / "params.yaml")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_stage_is_thin_and_knows_no_path(script):
    text = (ROOT / "stages" / f"{script}.py").read_text("utf-8")
    assert len(text.splitlines()) <= 60
    assert not re.findall(r"[\"'](?:data|reports|hardrare|stages)/", text)
    assert script in {graph.script(s) for s in STAGES.values()}


def test_names_say_what_they_hold():
    unnamed = {"one", "ones", "found"}  # what each holds is told by its neighbours alone
    for path in [*(ROOT / "hardrare").rglob("*.py"), *(ROOT / "stages").glob("*.py")]:
        tree = ast.parse(path.read_text("utf-8"))
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        assert not names & unnamed, path


def test_files_and_functions_are_short():
    for path in [*(ROOT / "hardrare").rglob("*.py"), *(ROOT / "stages").glob("*.py")]:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 250, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert lines_of_body(node) <= 30, f"{path}: {node.name}"


def lines_of_body(function: ast.FunctionDef) -> int:
    """Lines from the first statement to the last, the docstring left out."""
    body = function.body[ast.get_docstring(function) is not None :]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_a_body_is_counted_without_its_docstring():
    text = 'def f():\n    """Say.\n\n    More.\n    """\n    a = 1\n\n    return a'
    (function,) = ast.parse(text).body
    assert lines_of_body(function) == 3


@pytest.mark.parametrize("path", ["params.yaml", *STUDIES])
def test_every_study_is_complete(path):
    check(ROOT / path, ROOT)


@pytest.mark.parametrize("path", STUDIES)
def test_every_study_has_settings_for_every_label_free_objective(path):
    sections = yaml.safe_load(whole(ROOT / path))["pretrain"]
    for name in LABEL_FREE:
        build(objectives.objective(name).Settings, sections[name], f"pretrain.{name}", path)


def test_outputs_are_ignored_by_git_and_inside_declared_folders():
    ignored = (ROOT / ".gitignore").read_text("utf-8")
    for stage in STAGES.values():
        for out in stage.get("outs", []):
            assert isinstance(out, str)
            assert out.startswith(("data/", "reports/"))
    assert "/data/**/*.arrow" in ignored
    assert "/reports/*" in ignored


def test_what_benchmarks_take_from_the_library_is_there():
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        tree, modules = ast.parse(path.read_text("utf-8")), {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("hardrare"):
                names = {alias.name: alias.asname or alias.name for alias in node.names}
                there = {name: graph.file_of(f"{node.module}.{name}") for name in names}
                modules |= {names[name]: file for name, file in there.items() if file}
                assert_named_in(graph.file_of(node.module), {n for n in names if not there[n]})
        taken = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        for node in (node for node in taken if isinstance(node.value, ast.Name)):
            if file := modules.get(node.value.id):
                assert_named_in(file, {node.attr})


def assert_named_in(file, names):
    """A module says these words, or has files of these names beside it."""
    text = file.read_text("utf-8")
    beside = {path.stem for path in file.parent.iterdir()}
    missing = [name for name in names if not re.search(rf"\b{name}\b", text)]
    assert set(missing) <= beside, f"{file}: has no {missing}"


def test_the_lock_files_name_versions_and_no_index():
    pinned = []
    for name in ("requirements.lock", "requirements-test.lock"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        for line in lines:
            assert re.fullmatch(r"[a-z0-9-]+==[^ ]+( ; .+)?", line), line
        pinned.append({line.split(" ;")[0] for line in lines})
    runs, tests = pinned
    assert runs < tests  # in one version
    assert not {line.split("==")[0] for line in runs} & {"moto", "pandas", "playwright", "pytest"}


def test_bundled_yaml_is_block_style_where_dvc_needs_it():
    for name, stage in STAGES.items():
        assert isinstance(stage["deps"], list), name
    assert yaml.safe_load((ROOT / "params.yaml").read_text("utf-8")).keys() >= {"prepare", "report"}


def test_every_kind_of_run_has_settings_of_its_own():
    assert {one.name for one in dataclasses.fields(OfKinds)} == set(KINDS)
    assert set(KINDS) <= set(load(ROOT / "studies/digits.yaml")["supervise"])


def test_label_free_scores_are_made_without_the_images_and_their_labels():
    images = "data/injected/train.arrow"
    assert not [dep for dep in STAGES["score"]["deps"] if "labelled" in dep]
    assert "data/dynamics" not in STAGES["score"]["deps"]
    assert images not in STAGES["score"]["deps"]
    assert images not in STAGES["score"]["cmd"]
    assert images in STAGES["score_supervised"]["deps"]
    reads_label = {n for n, m in registry().items() if "label" in m.columns}
    assert reads_label == {"vog", "aflite_predictability"}
