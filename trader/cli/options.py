"""What is said before the verb, and the one option that may also come after it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from trader.config.loaded import Loaded

PROGRAM: Final = "traderd"
DEMONSTRATION: Final = Path(__file__).resolve().parent.parent.parent / "config" / "demo.yaml"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options at the top, as they were given, and all words of the command line."""

    words: tuple[str, ...] = ()
    config: Path | None = None
    sets: tuple[str, ...] = ()
    as_json: bool = False
    out: Path | None = None
    pace: str = "max"

    def load(self, path: Path | None = None, sets: tuple[str, ...] = ()) -> "Loaded":
        """The configuration that is meant: of `path`, else of --config, else the demonstration."""
        from trader.config.loader import load

        path = path or self.config or DEMONSTRATION
        return load(path, sets=(*self.sets, *sets), environ=os.environ)


def json_option(command: F) -> F:
    """Lets --json come after the verb too."""

    def note_it(context: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
        del parameter
        if value:
            context.obj = replace(context.obj, as_json=True)

    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=note_it,
        help="Exactly one JSON document on stdout.",
    )(command)
