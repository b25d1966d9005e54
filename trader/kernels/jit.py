"""The one door to the compiler: kernels' texts in, a compiled module out.

All text that is compiled together goes into one file whose name is the digest of that text.
The compiler's own cache watches only the file in which a function stands, so a changed helper in
another file would be missed; here a change of any text is another file. A cache folder that
cannot be written costs the compilation anew in each process, and a warning.
"""

import ast
import inspect
import os
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Callable, Sequence
from hashlib import blake2b
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

from trader.kernels.kernel import REGISTER
from trader.kernels.scalarised import Scan

_HEAD: Final = '''"""Compiled from the kernels; the file's name is the digest of its text."""
from math import ceil, floor, sqrt
import numba
compiled = numba.njit(cache={cache}, error_model="numpy", fastmath=False, nogil=True)
'''


def compiled(functions: Sequence[Callable[..., object]], scans: Sequence[Scan] = ()) -> ModuleType:
    """A module with these functions and scans and all kernels they call, compiled on first call."""
    wanted = _with_helpers([*functions, *(scan.step for scan in scans)])
    steps = {scan.step for scan in scans}
    parts = [_source(function) for function in wanted if function not in steps]
    body = "\n\n".join(f"@compiled\n{part}" for part in (*parts, *(scan.text for scan in scans)))
    constants = "\n".join(f"{name} = {value!r}" for name, value in _constants(wanted).items())
    folder = _folder()
    head = _HEAD.format(cache=folder is not None)
    text = f"{head}{constants}\n\n{body}"
    name = f"traderd_kernels_{blake2b(text.encode(), digest_size=12).hexdigest()}"
    if name in sys.modules:
        return sys.modules[name]
    if folder is None:
        warnings.warn("no folder for compiled kernels: they are compiled in each run", stacklevel=2)
        folder = Path(tempfile.mkdtemp(prefix="traderd-"))
    return _load(name, _write(folder, name, text))


def _with_helpers(functions: Sequence[Callable[..., object]]) -> list[Callable[..., object]]:
    """The functions and every kernel they name, callees first."""
    found: dict[str, Callable[..., object]] = {}

    def take(function: Callable[..., object]) -> None:
        for name in function.__code__.co_names:
            if name in REGISTER and name not in found and name != function.__name__:
                take(REGISTER[name])
        found.setdefault(function.__name__, function)

    for function in functions:
        take(function)
    return list(found.values())


def _constants(functions: Sequence[Callable[..., object]]) -> dict[str, float]:
    """The numbers of their modules that the functions name."""
    found: dict[str, float] = {}
    for function in functions:
        for name in function.__code__.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, int | float):
                number = float(value) if isinstance(value, float) else int(value)
                assert found.setdefault(name, number) == number, name
    return found


def _source(function: Callable[..., object]) -> str:
    """The function's text without decorators and annotations, whose names are its module's own."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    tree.decorator_list, tree.returns = [], None
    for argument in tree.args.args:
        argument.annotation = None
    return ast.unparse(tree)


def _folder() -> Path | None:
    """Where compiled modules are kept, or None where nothing can be written."""
    base = os.environ.get("TRADERD_CACHE") or os.environ.get("XDG_CACHE_HOME")
    folder = Path(base) / "traderd" if base else Path.home() / ".cache" / "traderd"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _write(folder: Path, name: str, text: str) -> Path:
    """Writes the module unless it is there; whole or not at all."""
    path = folder / f"{name}.py"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, suffix=".part") as part:
            part.write(text)
        Path(part.name).replace(path)
    return path


def _load(name: str, path: Path) -> ModuleType:
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
