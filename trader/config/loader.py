"""From a path, the environment and the command line to one checked configuration.

Defaults < file < environment < `--set`. Relative paths count from `base_dir`, and that from the
file's own folder. The parameters of a bundled strategy are read into its own struct here, so
that their mistakes have places too and their defaults are written out.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, structs, to_builtins

from trader.config.check import check, is_there
from trader.config.loaded import Loaded
from trader.config.overlay import overlay
from trader.config.reader import Reader
from trader.config.schema import Config, StrategyConfig
from trader.config.spelling import escaped
from trader.config.tree import ListNode, MapNode, Node, Origin, Scalar, is_null, labels
from trader.config.yaml_text import BYTES_MAX, parse_file
from trader.errors import ConfigError
from trader.strategies.params import PARAMS

_NO_FILE: Final = Origin("no file")
_TOP: Final = tuple(field.encode_name for field in structs.fields(Config))


def load(
    path: Path | None,
    *,
    sets: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    exists: Callable[[Path], bool] = is_there,
) -> Loaded:
    """The checked configuration; a ConfigError says what is wrong with it, where, and what to do.

    `environ` holds the variables to look at, `exists` says whether a named file is there.
    """
    root = MapNode({}, {}, _NO_FILE)
    folder = Path.cwd()
    if path is not None:
        root = parse_file(_content(path), escaped(str(path)))
        folder = path.absolute().parent
    root = overlay(root, sets=sets, environ=environ or {}, top=_TOP)
    root, base = _based(root, folder)
    reader = Reader(base)
    config = reader.read(root, Config)
    strategies = _with_params(config.strategies, root.entries["strategies"], reader)
    loaded = Loaded(
        config=structs.replace(config, strategies=strategies, base_dir=str(base)),
        origins=reader.origins,
        written=reader.written,
        path=path,
    )
    check(loaded, exists)
    return loaded


def _content(path: Path) -> bytes:
    """The file's bytes, one more than allowed at most."""
    try:
        with path.open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except IsADirectoryError:
        problem, hint = "is a folder", "name the file in it"
    except FileNotFoundError:
        problem, hint = "does not exist", "`traderd init` writes one"
    except PermissionError:
        problem, hint = "may not be read", "look at its permissions"
    except (OSError, ValueError) as error:
        problem, hint = f"cannot be read: {escaped(str(error))}", ""
    raise ConfigError(f"the configuration {problem}", where=escaped(str(path)), hint=hint)


def _based(root: MapNode, folder: Path) -> tuple[MapNode, Path]:
    """The tree with an absolute `base_dir`, if it has one, and the folder that paths count from."""
    node = root.entries.get("base_dir")
    if not isinstance(node, Scalar) or is_null(node):
        return root, folder
    base = folder / node.text
    absolute = Scalar(str(base), quoted=True, origin=node.origin)
    return MapNode({**root.entries, "base_dir": absolute}, root.keys, root.origin), base


def _with_params(
    strategies: Sequence[StrategyConfig], node: Node, reader: Reader
) -> tuple[StrategyConfig, ...]:
    """The strategies with complete parameters, those of one's own left as they are."""
    assert isinstance(node, ListNode), node
    read = []
    for strategy, label, item in zip(strategies, labels(node), node.items, strict=True):
        assert isinstance(item, MapNode), item
        struct = PARAMS.get(strategy.type or "")
        if struct is None:
            read.append(strategy)
            continue
        given = item.entries.get("params", MapNode({}, {}, item.origin))
        params = reader.read(given, struct, f"strategies.{label}.params")
        read.append(structs.replace(strategy, params=_plain(params)))
    return tuple(read)


def _plain(params: Struct) -> dict[str, Any]:
    """The parameters without any struct, decimals as they are."""
    made: dict[str, Any] = to_builtins(params, builtin_types=(Decimal,))
    return made
