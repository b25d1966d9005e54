"""Turns a step over attributes into the text of a scan over columns.

The step's own text is the source: every `s.field` becomes a local that is loaded before the loop
and stored after it, every `bar.field` the column's value in the row, the one `return` at the end
the answer of the row. Answers other than HOLD are kept with their rows and the fields they tell.
What a step may not do is refused by name, with its line.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, get_type_hints

from trader.kernels.kernel import HOLD

COLUMNS: Final = ("open_ticks", "high_ticks", "low_ticks", "close_ticks", "lots")


class NotFusible(ValueError):
    """A step does what a scan cannot; the message names the line and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan's name and text, and the state's fields in the order in which it takes them."""

    name: str
    step: Callable[..., int]
    text: str
    ints: tuple[str, ...]
    floats: tuple[str, ...]
    told: tuple[str, ...]


def scan_of(step: Callable[..., int], state: type, told: Sequence[str]) -> Scan:
    """The scan of a step over this state that tells these fields; raises NotFusible."""
    function = _parse(step)
    s, bar = (argument.arg for argument in function.args.args)
    renamed = _Renamed(s, bar)
    body = [renamed.visit(statement) for statement in function.body]
    answer = body.pop()
    if not isinstance(answer, ast.Return) or answer.value is None:
        raise NotFusible(f"{step.__name__}: the last statement must return the answer")
    if any(isinstance(node, ast.Return) for part in body for node in ast.walk(part)):
        raise NotFusible(f"{step.__name__}: it returns before its end; return once, at the end")
    hints = get_type_hints(state)
    fields = [name for name in hints if name in renamed.fields or name in told]
    ints = tuple(name for name in fields if hints[name] is int)
    floats = tuple(name for name in fields if hints[name] is float)
    if len(ints) + len(floats) < len(fields) or renamed.fields - hints.keys():
        odd = sorted((set(fields) | renamed.fields) - {*ints, *floats})
        raise NotFusible(f"{step.__name__}: {', '.join(odd)} of the state: neither int nor float")
    lines = textwrap.indent("\n".join(ast.unparse(part) for part in body), " " * 8)
    name = f"scan_{step.__name__}"
    text = _TEMPLATE.format(
        name=name,
        columns=", ".join(f"bar_{name}" for name in COLUMNS),
        loads="\n".join(
            f"    s_{field} = _{kind}[{k}]"
            for kind, names in (("ints", ints), ("floats", floats))
            for k, field in enumerate(names)
        ),
        body=lines,
        hold=HOLD,
        answer=ast.unparse(answer.value),
        tells="\n".join(
            f"            _told_{'floats' if field in floats else 'ints'}[{k}, _found] = s_{field}"
            for k, field in enumerate(told)
        ),
    )
    return Scan(name=name, step=step, text=text, ints=ints, floats=floats, told=tuple(told))


# A step's own locals keep their names, so none of these may be one that a person would choose.
_TEMPLATE: Final = """\
def {name}({columns}, _ints, _floats, _rows, _says, _told_ints, _told_floats):
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
    return _found
"""


class _Renamed(ast.NodeTransformer):
    """Renames what a step reads and writes; notes which fields of the state those are."""

    def __init__(self, s: str, bar: str) -> None:
        self.fields: set[str] = set()
        self._s = s
        self._bar = bar

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # noqa: N802
        """`s.x` becomes `s_x`, `bar.x` becomes `bar_x[_row]`."""
        if isinstance(node.value, ast.Name) and node.value.id == self._s:
            self.fields.add(node.attr)
            return ast.copy_location(ast.Name(f"s_{node.attr}", node.ctx), node)
        if isinstance(node.value, ast.Name) and node.value.id == self._bar:
            if node.attr not in COLUMNS:
                raise NotFusible(f"line {node.lineno}: a scan knows no column {node.attr!r}")
            row = ast.Subscript(
                ast.Name(f"bar_{node.attr}", ast.Load()), ast.Name("_row", ast.Load()), node.ctx
            )
            return ast.copy_location(row, node)
        raise NotFusible(f"line {node.lineno}: {ast.unparse(node)} is neither state nor bar")


def _parse(step: Callable[..., int]) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(step))).body[0]
    if not isinstance(tree, ast.FunctionDef) or len(tree.args.args) != 2:
        raise NotFusible(f"{step.__name__}: a step is a function of a state and a bar")
    if isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, ast.Constant):
        del tree.body[0]  # the docstring
    return tree
