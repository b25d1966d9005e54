"""Loads a person's own strategy: one Python file, one class, no registration.

The file is code and runs with our rights. Whatever is wrong with it is the file's mistake and is
told with its line; it never ends in a traceback of ours.
"""

import sys
import traceback
from hashlib import blake2b
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import msgspec
from msgspec import Struct

from trader.errors import ConfigError
from trader.logic.tables import INPUTS_MAX
from trader.strategies.strategy import Strategy


def load_strategy(path: str) -> type[Strategy]:
    """The one strategy class defined in the file; raises ConfigError that names file and line."""
    module = _execute(path)
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Strategy)
        and value.__module__ == module.__name__
    ]
    if not found:
        raise ConfigError(
            "the strategy file defines no strategy",
            where=path,
            hint="derive one class from trader.strategies.strategy.Strategy",
        )
    if len(found) > 1:
        names = ", ".join(cls.__name__ for cls in found)
        raise ConfigError(f"the strategy file defines several strategies: {names}", where=path)
    _check_class(found[0], path)
    return found[0]


def make_params(cls: type[Strategy], params: dict[str, Any], where: str) -> Struct:
    """The parameters as the class declares them; raises ConfigError for unknown or wrong ones."""
    known = cls.Params.__struct_fields__
    for name in params:
        if name not in known:
            hint = f"known: {', '.join(known) or 'none'}"
            raise ConfigError(f"unknown parameter {name!r}", where=where, hint=hint)
    try:
        made: Struct = msgspec.convert(params, cls.Params, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"wrong parameter: {error}", where=where) from None
    return made


def _execute(path: str) -> ModuleType:
    name = f"strategy_{blake2b(path.encode(), digest_size=8).hexdigest()}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(
            "the strategy file is not a Python file", where=path, hint="its name must end in .py"
        )
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except OSError as error:
        text = f"the strategy file cannot be read: {error.strerror}"
        raise ConfigError(text, where=path) from None
    except SyntaxError as error:
        text = f"the strategy file has a syntax error: {error.msg}"
        raise ConfigError(text, where=f"{path}:{error.lineno}") from None
    except Exception as error:  # noqa: BLE001  # a stranger's code may raise anything
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        text = f"the strategy file fails when loaded: {type(error).__name__}: {error}"
        raise ConfigError(text, where=f"{path}:{line}") from None
    return module


def _check_class(cls: type[Strategy], path: str) -> None:
    for name in ("Params", "State"):
        declared = getattr(cls, name, None)
        if not (isinstance(declared, type) and issubclass(declared, Struct)):
            raise ConfigError(
                f"strategy {cls.__name__} declares no {name}",
                where=path,
                hint=f"a class {name}(Struct) inside it, even an empty one",
            )
    if cls.on_bar is Strategy.on_bar:
        raise ConfigError(f"strategy {cls.__name__} has no on_bar", where=path)
    unknown = [name for name in cls.inputs if name not in cls.State.__struct_fields__]
    if unknown or len(cls.inputs) > INPUTS_MAX:
        text = f"strategy {cls.__name__} declares wrong inputs: {', '.join(cls.inputs)}"
        raise ConfigError(text, where=path, hint="up to four fields of its State")
