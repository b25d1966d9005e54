"""The one door to the compiler: kernels' texts in, a compiled module out.

All text that is compiled together goes into one file whose name is the digest of that text.
The compiler's own cache watches only the file in which a function stands, so a changed helper in
another file would be missed; here a change of any text is another file. A cache folder that
cannot be written costs the compilation anew in each process, and a warning.
"""

import ast
import builtins
import inspect
import math
import os
import sys
import textwrap
import warnings
from collections.abc import Callable, Sequence
from hashlib import blake2b
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final, TypeAlias

from trader.kernels.kernel import REGISTER
from trader.kernels.scalarised import NotFusible, Scan

Function: TypeAlias = Callable[..., object]

_HEAD: Final = '''"""Compiled from the kernels; the file's name is the digest of its text."""
from math import ceil, floor, sqrt
import numba as _numba
_compiled = _numba.njit(cache={cache}, error_model="numpy", fastmath=False, nogil=True)

'''
_HEAD_NAMES: Final = ("ceil", "floor", "sqrt", "_numba", "_compiled")


def compiled(functions: Sequence[Function], scans: Sequence[Scan] = ()) -> ModuleType:
    """A module with these functions and scans and all kernels they call, compiled on first call.

    Raises NotFusible for one that names what is neither a kernel nor a number nor built in.
    """
    parts = _Parts()
    for function in functions:
        parts.take(function)
    for scan in scans:
        parts.take_scan(scan)
    path = _kept(parts.text(cache=True))
    return _made(parts.text(cache=False)) if path is None else _load(path)


class _Parts:
    """What is compiled together: functions, and the numbers of their modules that they name."""

    def __init__(self) -> None:
        self._meanings: dict[str, object] = {name: getattr(math, name, "") for name in _HEAD_NAMES}
        self._numbers: list[str] = []
        self._texts: list[str] = []

    def take(self, function: Function) -> None:
        """Takes a function in, and with it every kernel that it calls."""
        if self._is_new(function.__name__, function):
            text, foreign = _read(function)
            self._texts.append(text)
            for name in foreign:
                self._take_name(name, function)

    def take_scan(self, scan: Scan) -> None:
        """Takes a scan in, and with it every kernel that its step calls."""
        if self._is_new(scan.name, scan):
            self._texts.append(scan.text)
            written_out = {part.__name__ for part in scan.parts}
            for part in scan.parts:
                for name in _read(part)[1]:
                    if name not in written_out:
                        self._take_name(name, part)

    def text(self, *, cache: bool) -> str:
        """The module's text; `cache`: whether the compiler keeps its work beside it."""
        decorated = [f"@_compiled\n{text}\n" for text in self._texts]
        return _HEAD.format(cache=cache) + "\n".join((*self._numbers, "", *decorated))

    def _take_name(self, name: str, user: Function) -> None:
        built_in = getattr(builtins, name, None)
        value = user.__globals__.get(name, built_in)
        if value is not None and value is REGISTER.get(name):
            self.take(REGISTER[name])
        elif isinstance(value, int | float) and math.isfinite(value):
            number = repr(float(value) if isinstance(value, float) else int(value))
            if self._is_new(name, number):
                self._numbers.append(f"{name} = {number}")
        elif value is None or (value is not built_in and value is not self._meanings.get(name)):
            raise NotFusible(
                f"{user.__name__}: {name} is neither a kernel nor a number nor built in"
            )

    def _is_new(self, name: str, meaning: object) -> bool:
        """Whether nothing has that name yet; raises NotFusible if something else has it."""
        known = self._meanings.get(name)
        if known is None:
            self._meanings[name] = meaning
        elif known != meaning:
            raise NotFusible(f"{name} means two things in what is compiled together")
        return known is None


def _read(function: Function) -> tuple[str, list[str]]:
    """The text without decorators and annotations, and the names that it takes from outside."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef), function
    tree.decorator_list, tree.returns = [], None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return ast.unparse(tree), list(dict.fromkeys(n.id for n in names if n.id not in own))


def _kept(text: str) -> Path | None:
    """The file of this text in the cache folder; None where none can be kept."""
    try:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{_name(text)}.py"
        if not path.exists() or path.read_bytes() != text.encode():
            _write(path, text)
        return path if os.access(folder, os.W_OK) else None
    except (OSError, RuntimeError):  # the latter: nobody knows where home is
        return None


def _folder() -> Path:
    base = os.environ.get("TRADERD_CACHE") or os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache").absolute() / "traderd"


def _name(text: str) -> str:
    return f"traderd_kernels_{blake2b(text.encode(), digest_size=12).hexdigest()}"


def _write(path: Path, text: str) -> None:
    """Writes the file whole or not at all, whoever else may be writing it."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_bytes(text.encode())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _load(path: Path) -> ModuleType:
    if path.stem not in sys.modules:
        spec = spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[path.stem] = module
    return sys.modules[path.stem]


def _made(text: str) -> ModuleType:
    """The module made in memory, for this process alone."""
    name = _name(text)
    if name not in sys.modules:
        warnings.warn(
            "compiled kernels can be kept nowhere, so each run compiles them;"
            " TRADERD_CACHE names a folder for them",
            stacklevel=3,
        )
        module = ModuleType(name)
        exec(compile(text, f"<{name}>", "exec"), vars(module))  # noqa: S102 - our own text
        sys.modules[name] = module
    return sys.modules[name]
