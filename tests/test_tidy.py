"""Structure as a test: what neither the linter, the types nor the layers can see.

Each rule reads one parsed file and yields the lines that break it. One test lets every rule loose
on every file, another plants a breach of each rule and expects it to be found. An exception to a
rule stands in EXCEPTIONS with its reason, and one that is no longer needed fails.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("actors", "sims", "trader")
CORE = re.compile(
    r"actors/(core/|graph\.py|runtime/(actor|reactor|timers)\.py)"
    r"|sims/venue"
    r"|trader/(calendars/sessions\.py|kernels/(?!jit\.py)|logic/|model/|strategies/|venues/)"
)

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
VAGUE_NAMES = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
IMPURE_CALLS = {"__import__", "eval", "exec", "hash", "id", "input", "open", "print", "vars"}
WALKING_CALLS = {"dict", "enumerate", "filter", "iter", "list", "map", "sum", "tuple", "zip"}
SETTING_ASIDE = {"importorskip", "skip", "skipif", "xfail"}

# (rule, file) -> why this file may.
EXCEPTIONS = {
    ("broad_except", "actors/runtime/reactor.py"): "a strategy's own error ends here, quarantined",
    ("broad_except", "actors/stepping.py"): "a core actor's error ends the run, its input recorded",
    ("broad_except", "trader/strategies/faults.py"): "the text of an error is a stranger's too",
    ("broad_except", "trader/strategies/loader.py"): "a stranger's file may raise anything",
    ("broad_except", "tests/crash/storming.py"): "what a seed raises is that seed's fault",
    ("broad_except", "tests/faults/storming.py"): "what a seed raises is that seed's fault",
    ("broad_except", "tests/semantics/trying.py"): "what a run raises is that seed's fault",
    ("impure_call", "trader/strategies/loader.py"): "it runs a stranger's file and looks into it",
    ("set_aside", "tests/shared_data.py"): "recorded data lies beside the project, not in it",
}

Rule = Callable[[str, ast.Module, str], Iterator[int]]


def vague_name(name: str, _tree: ast.Module, _text: str) -> Iterator[int]:
    """No file or folder is a drawer for odds and ends."""
    if VAGUE_NAMES.intersection(name.removesuffix(".py").split("/")):
        yield 1


def long_file(_name: str, _tree: ast.Module, text: str) -> Iterator[int]:
    """A file holds one idea."""
    if text.count("\n") > FILE_LINES_MAX:
        yield FILE_LINES_MAX


def long_function(_name: str, tree: ast.Module, _text: str) -> Iterator[int]:
    """A function fits the eye."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            last = node.end_lineno or node.lineno
            if last - node.lineno >= FUNCTION_LINES_MAX:
                yield node.lineno


def undescribed(_name: str, tree: ast.Module, _text: str) -> Iterator[int]:
    """A package or module opens by saying what it is for."""
    if ast.get_docstring(tree) is None:
        yield 1


def broad_except(_name: str, tree: ast.Module, _text: str) -> Iterator[int]:
    """What nobody expected is not caught, except at a rim."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            named = ast.walk(node.type) if node.type else [ast.Name(id="BaseException")]
            caught = {each.id for each in named if isinstance(each, ast.Name)}
            if caught & {"BaseException", "Exception"}:
                yield node.lineno


def impure_call(name: str, tree: ast.Module, _text: str) -> Iterator[int]:
    """The core reads no file, writes no screen and leans on no address in memory."""
    for node in ast.walk(tree) if CORE.match(name) else ():
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in IMPURE_CALLS:
                yield node.lineno


def set_order(name: str, tree: ast.Module, _text: str) -> Iterator[int]:
    """The core never walks through a set, whose order differs from run to run."""
    if not CORE.match(name):
        return
    sets = _names_of_sets(tree)
    for node in ast.walk(tree):
        yield from (each.lineno for each in _walked(node) if _is_set(each, sets))


def set_aside(name: str, tree: ast.Module, _text: str) -> Iterator[int]:
    """Every test runs, everywhere."""
    for node in ast.walk(tree) if name.startswith("tests/") else ():
        if isinstance(node, ast.Attribute) and node.attr in SETTING_ASIDE:
            owner = ast.unparse(node.value)
            if owner in {"pytest", "pytest.mark"}:
                yield node.lineno


RULES: tuple[Rule, ...] = (
    vague_name,
    long_file,
    long_function,
    undescribed,
    broad_except,
    impure_call,
    set_order,
    set_aside,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_every_rule(rule: Rule) -> None:
    """And every exception is still needed."""
    broken = {name: list(rule(name, *_parsed(name))) for name in _python_files()}
    guilty = {name: lines for name, lines in broken.items() if lines}
    excused = {name for ruled, name in EXCEPTIONS if ruled == rule.__name__}

    assert {name: lines for name, lines in guilty.items() if name not in excused} == {}
    assert excused <= guilty.keys()


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (vague_name, "trader/utils/x.py", ""),
        (vague_name, "actors/helpers.py", ""),
        (long_file, "x.py", "\n" * 401),
        (long_function, "x.py", "def f():\n" + "    f()\n" * 70),
        (undescribed, "trader/model/__init__.py", "x = 1"),
        (broad_except, "x.py", "try:\n    f()\nexcept Exception:\n    f()"),
        (broad_except, "x.py", "try:\n    f()\nexcept (OSError, BaseException):\n    f()"),
        (broad_except, "x.py", "try:\n    f()\nexcept:\n    f()"),
        (impure_call, "actors/core/risk.py", "open('x')"),
        (impure_call, "trader/logic/x.py", "key = hash(key)"),
        (set_order, "trader/logic/x.py", "for each in {1, 2}:\n    f(each)"),
        (set_order, "trader/logic/x.py", "y = [x for x in set(z)]"),
        (set_order, "trader/logic/x.py", "y = list(a | {1})"),
        (set_order, "trader/logic/x.py", "f(*{1, 2})"),
        (set_order, "trader/logic/x.py", "','.join({x for x in y})"),
        (set_order, "actors/core/x.py", "s = set()\nfor x in s: f(x)"),
        (set_order, "actors/core/x.py", "class A:\n s: set[int]\n def f(self):\n  list(self.s)"),
        (set_aside, "tests/test_x.py", "@pytest.mark.skip\ndef test(): ..."),
    ],
)
def test_a_planted_breach_is_found(rule: Rule, name: str, text: str) -> None:
    assert list(rule(name, ast.parse(text), text))


@pytest.mark.parametrize("text", ["sorted({1, 2})", "x in {1, 2}", "for x in (1, 2): f(x)"])
def test_a_set_may_be_asked_and_sorted(text: str) -> None:
    assert not list(set_order("trader/logic/x.py", ast.parse(text), text))


def test_every_folder_of_code_is_a_package() -> None:
    folders = {(ROOT / name).parent for name in _python_files() if name.startswith(PACKAGES)}

    assert [each for each in sorted(folders) if not (each / "__init__.py").exists()] == []


def test_texts_name_no_place_of_ours_and_no_unfinished_work() -> None:
    """The brackets keep the pattern from finding itself."""
    places = r"/[r]oot/|/[h]ome/\w|/[U]sers/\w|/[w]ork/\w|[p]ypi\.org|[p]ythonhosted"
    banned = re.compile(places + r"|\b[F]IXME\b|\b[T]ODO\b|\b[X]XX\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in _texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if banned.search(line)
    ]

    assert found == []


_NOT_OURS = {".coverage", ".git", ".hypothesis", ".venv", "runs"}


def _texts() -> Iterator[Path]:
    kinds = {"", ".cfg", ".in", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml"}
    for top in sorted(ROOT.iterdir()):
        if top.name in _NOT_OURS or top.name.endswith("_cache"):
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
            if path.is_file() and path.suffix in kinds and "__pycache__" not in path.parts:
                yield path


@cache
def _python_files() -> tuple[str, ...]:
    folders = (*PACKAGES, "bench", "scripts", "tests")
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in found))


@cache
def _parsed(name: str) -> tuple[ast.Module, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return ast.parse(text), text


def _last_name(node: ast.expr | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _last_name(value)
        case _:
            return ""


def _names_of_sets(tree: ast.Module) -> set[str]:
    """Names and attributes which this file assigns a set to, or annotates as one."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign):
            if _last_name(node.annotation) in {"AbstractSet", "frozenset", "set"}:
                names.add(_last_name(node.target))
        elif isinstance(node, ast.Assign) and _is_set(node.value, set()):
            names.update(_last_name(each) for each in node.targets)
    return names - {""}


def _walked(node: ast.AST) -> list[ast.expr]:
    """Return what this node goes through one by one."""
    match node:
        case ast.For(iter=walked) | ast.comprehension(iter=walked) | ast.Starred(value=walked):
            return [walked]
        case ast.Call(func=ast.Name(id=called), args=args) if called in WALKING_CALLS:
            return args
        case ast.Call(func=ast.Attribute(attr="extend" | "join"), args=args):
            return args
        case _:
            return []


def _is_set(node: ast.expr, names: set[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=func):
            return isinstance(func, ast.Name) and func.id in {"frozenset", "set"}
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor()):
            return _is_set(left, names) or _is_set(node.right, names)
        case ast.Name() | ast.Attribute():
            return _last_name(node) in names
        case _:
            return False
