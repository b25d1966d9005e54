"""Loads a person's own strategy: one Python file, one class, no registration.

The file is code and runs with our rights. Whatever is wrong with it is the file's mistake and is
told with its line; it never ends in a traceback of ours.
"""

import sys
import traceback
from dataclasses import is_dataclass
from hashlib import blake2b
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from trader.errors import ConfigError
from trader.logic.tables import INPUTS_MAX
from trader.strategies.faults import told
from trader.strategies.strategy import Strategy


def load_strategy(path: str) -> type[Strategy]:
    """The one strategy class defined in the file; raises ConfigError that names file and line."""
    module = _execute(path)
    found: list[type[Strategy]] = []
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Strategy) and value not in found:
            found += [value] if value.__module__ == module.__name__ else []
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


def start(cls: type[Strategy], params: Struct, where: str) -> Strategy:
    """The strategy with these parameters; raises ConfigError if it fails before its first row."""
    try:
        return cls(params)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's code may raise anything
        text = f"strategy {cls.__name__} cannot start: {told(error)}"
        raise ConfigError(text, where=where) from None


def _execute(path: str) -> ModuleType:
    name = f"strategy_{blake2b(path.encode(), digest_size=8).hexdigest()}"
    spec = spec_from_file_location(name, path)
    if spec is None or not isinstance(spec.loader, SourceFileLoader):
        raise ConfigError(
            "the strategy file is not a Python file", where=path, hint="its name must end in .py"
        )
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        # Not through the loader's cache: it takes a file for unchanged that was saved twice within
        # a second at the same size.
        source = spec.loader.get_data(path)
        exec(compile(source, path, "exec"), vars(module))  # noqa: S102  # that is what it is for
    except SyntaxError as error:
        text = f"the strategy file has a syntax error: {error.msg}"
        raise ConfigError(text, where=_place(path, error.lineno)) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's code may raise anything
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
        if isinstance(error, OSError) and not lines:
            text = f"the strategy file cannot be read: {error.strerror}"
            raise ConfigError(text, where=path) from None
        text = f"the strategy file fails when loaded: {type(error).__name__}: {error}"
        raise ConfigError(text, where=_place(path, lines[-1] if lines else None)) from None
    return module


def _place(path: str, line: int | None) -> str:
    return f"{path}:{line}" if line else path


def _check_class(cls: type[Strategy], path: str) -> None:
    for name, is_declared in (("Params", _is_struct), ("State", _is_state)):
        declared = getattr(cls, name, None)
        if not isinstance(declared, type) or not is_declared(declared):
            raise ConfigError(
                f"strategy {cls.__name__} declares no {name}",
                where=path,
                hint=f"a class {name}(Struct) inside it, even an empty one",
            )
    if not any(cls.hears(method) for method in ("on_bar", "on_quote", "on_trade")):
        hint = "or on_quote, or on_trade"
        raise ConfigError(f"strategy {cls.__name__} has no on_bar", where=path, hint=hint)
    for declared in ("inputs", "prices", "volumes"):
        names = getattr(cls, declared)
        if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
            text = f"strategy {cls.__name__}: {declared} must be a tuple of names"
            raise ConfigError(text, where=path)
    try:
        get_type_hints(cls.Params)
        known = get_type_hints(cls.State)
    except NameError as error:
        text = f"strategy {cls.__name__} declares a field of an unknown type: {error}"
        raise ConfigError(text, where=path) from None
    if len(cls.inputs) > INPUTS_MAX or not known.keys() >= {*cls.inputs}:
        text = f"strategy {cls.__name__} declares wrong inputs: {', '.join(cls.inputs)}"
        raise ConfigError(text, where=path, hint=f"up to {INPUTS_MAX} fields of its State")
    if unknown := [name for name in (*cls.prices, *cls.volumes) if name not in known]:
        text = f"strategy {cls.__name__}: no field of its State: {', '.join(unknown)}"
        raise ConfigError(text, where=path, hint="prices and volumes name fields of the State")
    try:
        cls.State() if cls.initial is Strategy.initial else None
    except TypeError as error:
        text = f"strategy {cls.__name__} cannot start: {error}"
        hint = "give each field of its State a default, or write initial()"
        raise ConfigError(text, where=path, hint=hint) from None


def _is_struct(declared: type) -> bool:
    return issubclass(declared, Struct)


def _is_state(declared: type) -> bool:
    return issubclass(declared, Struct) or is_dataclass(declared)
