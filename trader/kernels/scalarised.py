"""Turns a step over attributes into the text of a scan over columns.

The step's own text is the source: every `s.field` becomes a local that is loaded before the loop
and stored after it, every ring (a list of numbers) an array, every `bar.field` the column's value
in the row, the one `return` at the end the answer of the row. Answers other than HOLD are kept
with their rows and the fields they tell. Kernels that take the state whole are written out where
they are called (`trader.kernels.inlined`). What a step may not do is refused by name, with its
line.
"""

import ast
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NoReturn, get_type_hints

from trader.kernels.inlined import Inlined, parsed
from trader.kernels.kernel import HOLD

COLUMNS: Final = ("open_ticks", "high_ticks", "low_ticks", "close_ticks", "lots")

RINGS: Final = (list[int], list[float])
"""The types of a ring, whose length does not change."""


class NotFusible(ValueError):
    """A step does what a scan cannot; the message names the step, the line and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan's name and text, and the state's fields in the order in which it takes them.

    It is called with the columns in the order of COLUMNS, the int and the float fields of the
    state as two arrays that it brings up to date, each ring as an array, room for the rows and the
    answers, and room for what is told: (told fields, rows) as int64 and, of the same memory, as
    float64. It returns how many answers it found. `parts` are the step and the kernels written
    out in it.
    """

    name: str
    step: Callable[..., int]
    text: str
    ints: tuple[str, ...]
    floats: tuple[str, ...]
    told: tuple[str, ...]
    rings: tuple[str, ...] = ()
    parts: tuple[Callable[..., object], ...]


def scan_of(step: Callable[..., int], state: type, told: Sequence[str]) -> Scan:
    """The scan of a step over this state that tells these fields; raises NotFusible."""
    refuse = _Refusal(step.__name__)
    function = _parse(step)
    s, bar = (argument.arg for argument in function.args.args)
    body, answer = _split(function, refuse)
    inlined = Inlined(s, bar, step)
    body = inlined.statements(body)
    named = [node for part in (*body, answer) for node in ast.walk(part)]
    renamed = _Renamed(s, bar, refuse)
    done = [ast.unparse(renamed.visit(statement)) for statement in body]
    says = ast.unparse(renamed.visit(answer))
    ints, floats, rings = _fields(state, {**dict.fromkeys(told, 0), **renamed.fields}, refuse)
    for field in (field for field in (*told, *renamed.stored) if field in rings):
        refuse(f"the state's {field!r} is neither int nor float", renamed.stored.get(field, 0))
    _check_names(named, [*ints, *floats, *rings], refuse)
    name = f"scan_{step.__name__}"
    slots = [(field, f"_ints[{k}]") for k, field in enumerate(ints)]
    slots += [(field, f"_floats[{k}]") for k, field in enumerate(floats)]
    tells = (
        f"_told_{'floats' if field in floats else 'ints'}[{k}, _found] = s_{field}"
        for k, field in enumerate(told)
    )
    text = _TEMPLATE.format(
        name=name,
        columns=", ".join(f"bar_{column}" for column in COLUMNS),
        rings="".join(f"s_{ring}, " for ring in rings),
        loads=_block(4, (f"s_{field} = {slot}" for field, slot in slots)),
        body=_block(8, done),
        answer=says,
        hold=HOLD,
        tells=_block(12, tells),
        stores=_block(4, (f"{slot} = s_{field}" for field, slot in slots)),
    )
    return Scan(
        name=name,
        step=step,
        text=text,
        ints=ints,
        floats=floats,
        told=tuple(told),
        rings=rings,
        parts=(step, *inlined.taken),
    )


_TEMPLATE: Final = """\
def {name}({columns}, _ints, _floats, {rings}_rows, _says, _told_ints, _told_floats):
{loads}
    _found = 0
    for _row in range(bar_close_ticks.shape[0]):
{body}
        _answer = {answer}
        if _answer != {hold}:
            _rows[_found] = _row
            _says[_found] = _answer
{tells}
            _found += 1
{stores}
    return _found
"""
_NAMES: Final = frozenset(
    (
        *("_ints", "_floats", "_rows", "_says", "_told_ints", "_told_floats"),
        *("_found", "_row", "_answer"),
        *(f"bar_{column}" for column in COLUMNS),
    )
)
"""The scan's own names, beside the state's fields."""

_PARAMETERS: Final = ("state", "bar")

_STRANGE: Final[Mapping[type[ast.AST], str]] = MappingProxyType(
    {
        ast.Return: "a return before its end",
        ast.FunctionDef: "a function of its own",
        ast.AsyncFunctionDef: "a function of its own",
        ast.Lambda: "a function of its own",
        ast.ClassDef: "a class",
        ast.Global: "global",
        ast.Import: "an import",
        ast.ImportFrom: "an import",
        ast.Yield: "yield",
        ast.YieldFrom: "yield",
        ast.Try: "try",
        ast.With: "with",
        ast.Raise: "raise",
        ast.Delete: "del",
    }
)
"""What belongs to no scan, by what a person would call it."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """How a step is refused: by its name, the line in its file, and what is wrong there."""

    step: str

    def __call__(self, what: str, line: int = 0) -> NoReturn:
        where = f"{self.step}, line {line}" if line else self.step
        raise NotFusible(f"{where}: {what}")


class _Renamed(ast.NodeTransformer):
    """Renames what a step reads and writes; notes where fields first stand and are first bound."""

    def __init__(self, s: str, bar: str, refuse: _Refusal) -> None:
        self.fields: dict[str, int] = {}
        self.stored: dict[str, int] = {}
        self._s = s
        self._bar = bar
        self._refuse = refuse

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`s.x` becomes `s_x`, `bar.x` becomes `bar_x[_row]`."""
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        if owner == self._s:
            self.fields.setdefault(node.attr, node.lineno)
            if not isinstance(node.ctx, ast.Load):
                self.stored.setdefault(node.attr, node.lineno)
            return ast.Name(f"s_{node.attr}", node.ctx)
        if owner != self._bar:
            self._refuse(f"{ast.unparse(node)} is neither of the state nor of the bar", node.lineno)
        if node.attr not in COLUMNS:
            self._refuse(f"a scan knows no column {node.attr!r}", node.lineno)
        if not isinstance(node.ctx, ast.Load):
            self._refuse(f"{ast.unparse(node)} is written; a bar is only read", node.lineno)
        column = ast.Name(f"bar_{node.attr}", ast.Load())
        return ast.Subscript(column, ast.Name("_row", ast.Load()), node.ctx)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """State and bar exist as their fields alone."""
        if node.id in {self._s, self._bar}:
            self._refuse(f"{node.id} is used whole; a scan has its fields alone", node.lineno)
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Goes on into what a scan can hold."""
        strange = _STRANGE.get(type(node))
        if strange is not None:
            self._refuse(f"a scan cannot hold {strange}", getattr(node, "lineno", 0))
        return super().generic_visit(node)


def _parse(step: Callable[..., int]) -> ast.FunctionDef:
    """The step's syntax, its lines counted as its file counts them."""
    try:
        tree = parsed(step)
    except OSError:
        raise NotFusible(f"{step.__name__}: its text is not at hand") from None
    if not isinstance(tree, ast.FunctionDef) or not _takes_state_and_bar(tree.args):
        raise NotFusible(f"{step.__name__}: a step is a function of a state and a bar")
    return tree


def _takes_state_and_bar(given: ast.arguments) -> bool:
    others = (given.posonlyargs, given.vararg, given.kwonlyargs, given.kwarg, given.defaults)
    return len(given.args) == len(_PARAMETERS) and not any(others)


def _split(function: ast.FunctionDef, refuse: _Refusal) -> tuple[list[ast.stmt], ast.expr]:
    """The statements before the return at the end, and what that returns."""
    body = list(function.body)
    if ast.get_docstring(function) is not None:
        del body[0]
    last = body.pop() if body else function
    if not isinstance(last, ast.Return) or last.value is None:
        refuse("the last statement must return the answer", last.lineno)
    return body, last.value


def _fields(
    state: type, wanted: Mapping[str, int], refuse: _Refusal
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The wanted int, float and ring fields, each in the order in which the state declares them."""
    hints = get_type_hints(state)
    for name, line in wanted.items():
        if name not in hints:
            refuse(f"the state has no field {name!r}", line)
        if hints[name] not in (int, float, *RINGS):
            refuse(f"the state's {name!r} is neither int nor float", line)
    fields = [name for name in hints if name in wanted]
    ints, floats, *rings = (
        tuple(name for name in fields if hints[name] == kind) for kind in (int, float, *RINGS)
    )
    return ints, floats, tuple(name for name in fields if name in {*rings[0], *rings[1]})


def _check_names(nodes: Iterable[ast.AST], fields: Iterable[str], refuse: _Refusal) -> None:
    """A step's own names stay as they are, so none may be one that the scan needs."""
    reserved = _NAMES | {f"s_{field}" for field in fields}
    for node in nodes:
        if isinstance(node, ast.Name):
            hides = node.id == "range" and isinstance(node.ctx, ast.Store)
            if hides or node.id in reserved:
                refuse(f"the scan needs the name {node.id} itself; choose another", node.lineno)


def _block(indent: int, lines: Iterable[str]) -> str:
    return textwrap.indent("\n".join(lines), " " * indent)
