"""Writes a kernel out where a step calls it with its whole state.

A scan has no state to hand on, only its fields, so `rolled(s, x)` cannot stay a call there. The
kernel's text takes the place of the call: arguments become locals, the kernel's own names get its
name in front, and its state is the step's. Only a call that is a statement, alone or assigned to
a name, is written out; any other stays for the scan to refuse.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from trader.kernels.kernel import REGISTER

Function: TypeAlias = Callable[..., object]


def parsed(function: Function) -> ast.stmt:
    """The function's syntax, its lines counted as its file counts them; OSError without a text."""
    lines, first = inspect.getsourcelines(function)
    tree = ast.parse(textwrap.dedent("".join(lines))).body[0]
    ast.increment_lineno(tree, first - 1)
    return tree


class Inlined:
    """The writing out for a step of this state and bar; `taken` are the kernels that were."""

    def __init__(self, s: str, bar: str, step: Function) -> None:
        self.taken: list[Function] = []
        self._s: Final = s
        self._bar: Final = bar
        self._step: Final = step

    def statements(self, body: Iterable[ast.stmt]) -> list[ast.stmt]:
        """The statements, with the calls among them and in what they hold written out."""
        out: list[ast.stmt] = []
        for statement in body:
            for field in ("body", "orelse"):
                if hasattr(statement, field):
                    setattr(statement, field, self.statements(getattr(statement, field)))
            match statement:
                case ast.Expr(value=ast.Call() as call) if kernel := self._kernel(call):
                    out += self._written_out(kernel, call, None)
                case ast.Assign(targets=[ast.Name() as name], value=ast.Call() as call) if (
                    kernel := self._kernel(call)
                ):
                    out += self._written_out(kernel, call, name)
                case _:
                    out.append(statement)
        return out

    def _kernel(self, call: ast.Call) -> Function | None:
        """The kernel that the call hands the whole state to."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        kernel = REGISTER.get(name)
        handed = [argument.id for argument in call.args if isinstance(argument, ast.Name)]
        is_known = kernel is not None and self._step.__globals__.get(name) is kernel
        return kernel if is_known and self._s in handed else None

    def _written_out(
        self, kernel: Function, call: ast.Call, target: ast.Name | None
    ) -> list[ast.stmt]:
        function = parsed(kernel)
        assert isinstance(function, ast.FunctionDef), kernel
        written, names = self._bound(function, call)
        skipped = 1 if ast.get_docstring(function) is not None else 0
        body = [_Named(names).visit(statement) for statement in function.body[skipped:]]
        value = body.pop().value if isinstance(body[-1], ast.Return) else None
        inner = Inlined(self._s, self._bar, kernel)
        written += inner.statements(body)
        if target is not None:
            written.append(ast.Assign([target], value or ast.Constant(None), lineno=call.lineno))
        self.taken += [each for each in (kernel, *inner.taken) if each not in self.taken]
        return written

    def _bound(
        self, function: ast.FunctionDef, call: ast.Call
    ) -> tuple[list[ast.stmt], dict[str, str]]:
        """The locals that take the arguments, and the names of the kernel's names here."""
        bound: list[ast.stmt] = []
        nodes = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        own = [node.id for node in nodes if isinstance(node.ctx, ast.Store)]
        names = {name: f"_{function.name}_{name}" for name in own}
        for parameter, given in zip(function.args.args, call.args, strict=True):
            if isinstance(given, ast.Name) and given.id in {self._s, self._bar}:
                names[parameter.arg] = given.id
                continue
            names[parameter.arg] = local = f"_{function.name}_{parameter.arg}"
            target = ast.Name(local, ast.Store(), lineno=call.lineno)
            bound.append(ast.Assign([target], given, lineno=call.lineno))
        return bound, names


class _Named(ast.NodeTransformer):
    """Gives names other names."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The other name, where there is one."""
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)
