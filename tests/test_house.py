"""The house's own rules: names, sizes, words, and that each thing drawn has somebody who does it."""

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import bpmn.loader
import workflows.payments.effects  # noqa: F401  (registers what the drawings ask of payments)
from workflows import engine, errors, messages
from workflows.cases.notice import notices  # noqa: F401  (registers its effects)
from workflows.cases.papers import documents  # noqa: F401  (they register their effects)
from workflows.papers import PaperRefused
from workflows.settings import ROOT

ROOMS = ("api", "tasks", "workflows", "bpmn", "forms")
FILE_MAX, FUNCTION_MAX = 400, 50
FORMS = {f"{path.parent.name}/{path.stem}" for path in (ROOT / "forms").glob("*/*.form")}
PROCESSES = bpmn.loader.names()
PLACES = re.compile(r"(\{\w+\}|[\s:·.])*")     # such as {sentence}: what fills it brings its own Chinese


def sources(*folders: str) -> list[Path]:
    """Every Python file but what Alembic wrote."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))
            if "versions" not in path.parts and "node_modules" not in path.parts]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def named(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', '')}"


# ---- names -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_from_this_tree_and_nobody_else_bears_its_name(room):
    origin = importlib.import_module(room).__file__
    assert Path(str(origin)).is_relative_to(ROOT)
    assert packages_distributions().get(room, []) == []


# ---- sizes -------------------------------------------------------------------------------------------------------

def test_no_file_is_longer_than_one_can_read():
    long = {str(path.relative_to(ROOT)): lines for path in sources(*ROOMS, "tests", "benchmarks")
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_MAX}
    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = [named(path, node) for path in sources(*ROOMS, "tests", "benchmarks") for node in functions(tree_of(path))
            if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_MAX]
    assert long == []


def test_every_module_and_every_public_function_and_class_says_what_it_is_for():
    silent = []
    for path in sources(*ROOMS):
        tree = tree_of(path)
        silent += [named(path, tree)] * (ast.get_docstring(tree) is None)
        public = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
        methods = [inner for node in public if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
                   for inner in node.body if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)]
        silent += [named(path, node) for node in (*public, *methods)
                   if not node.name.startswith("_") and ast.get_docstring(node) is None]
    assert silent == []


# ---- what is drawn -----------------------------------------------------------------------------------------------

def test_every_form_of_a_process_is_used_by_it():
    used = {node.form_key for name in PROCESSES
            for node in engine.parse(bpmn.loader.drawings(bpmn.loader.files(name)), name).nodes.values() if node.form_key}
    used |= {bpmn.loader.describe(name, bpmn.loader.files(name)).start_form for name in PROCESSES}
    by_code = {key for path in sources("api", "workflows", "tasks") for key in FORMS
                if re.search(rf'["/]{key.split("/")[1]}["\\.]', path.read_text(encoding="utf-8"))}
    assert FORMS - used - by_code == set()


# ---- words -------------------------------------------------------------------------------------------------------

def refusals() -> set[str]:
    """The names of all refusals, in whatever file they stand."""
    found, waiting = {"Refusal"}, [errors.Refusal]
    while waiting:
        waiting += (below := [kind for kind in waiting.pop().__subclasses__() if kind is not PaperRefused])
        found |= {kind.__name__ for kind in below}
    return found    # a paper's refusal is made with a detail for the log; what it says stands in its class


def msgids(path: Path, kinds: set[str]) -> Iterator[str]:
    """Every English sentence that a file may say to a person."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and _called(node) in kinds | {"Message"}:
            yield from (value.value for value in node.args[:2]
                        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) \
                and any(isinstance(target, ast.Name) and target.id == "says" for target in node.targets):
            yield node.value.value


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_every_sentence_that_can_be_said_has_its_chinese():
    chinese, kinds = messages.catalog(messages.CHINESE), refusals()
    missing = {f"{path.relative_to(ROOT)}: {said}" for path in sources("workflows", "forms", "api", "tasks", "bpmn")
               for said in msgids(path, kinds) if not PLACES.fullmatch(said)
               and not (chinese.get(said) and chinese.get(said).string)}
    assert missing == set()


def test_every_guard_and_every_limit_speaks_both_languages():
    for name in PROCESSES:
        process = bpmn.loader.describe(name, bpmn.loader.files(name))
        for said in (*process.guards, *process.clocks, *process.ends.values(), *process.stages):
            chinese, english = getattr(said, "says", "") or getattr(said, "name", ""), said.en
            assert re.search(r"[\u4e00-\u9fff]", chinese), said
            assert english and not re.search(r"[\u4e00-\u9fff]", english), said


# ---- what does not belong here -----------------------------------------------------------------------------------

LOCKS = {"uv.lock", "package-lock.json"}
OF_A_MACHINE = re.compile(
    r"(?<![\w.])/(?:[r]oot|[h]ome|[U]sers|[w]ork/(?:main|shared|[.]))/?\w|\b(?:[p]ypi\.|[r]egistry\.[\w-]+\.\w|files\.[p]ythonhosted|[n]pmmirror|[a]rtifactory)")


def tracked() -> list[Path]:
    """Files in version control; all text."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a checkout")
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in said.split("\0") if name]


def test_no_path_of_a_machine_and_no_registry_stands_in_the_project():
    found = []
    for path in tracked():
        if path.name in LOCKS or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in OF_A_MACHINE.finditer(text)]
    assert found == []
