"""What no field can tell by itself: rules that join the parts of a configuration.

The order of RULES is the order in which a person would look: names first, then what refers to
them, then the world outside. A live daemon has to pass `check_live` too. Warnings never stop
anybody.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from msgspec import convert

from trader.config.loaded import Loaded
from trader.config.schema import Config, DataSource, StrategyConfig
from trader.config.spelling import nearest, shown
from trader.config.tree import distinct
from trader.errors import ConfigError
from trader.strategies.params import PARAMS, BollingerParams, EmaCrossParams, Params

LIMITS_LIVE: Final = (
    "lots_max",
    "notional_max",
    "position_max",
    "gross_max",
    "orders_max",
    "drawdown_max",
)
Exists: TypeAlias = Callable[[Path], bool]
Rule: TypeAlias = Callable[[Loaded], None]


def is_there(path: Path) -> bool:
    """Whether it is a file that can be looked at; a name no disk would take is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def check(loaded: Loaded, exists: Exists = is_there) -> None:
    """Raises a ConfigError for the first broken rule; `exists` says whether a file is there."""
    for rule in RULES:
        rule(loaded)
    _files(loaded, exists)


def check_live(config: Config) -> None:
    """Raises a ConfigError that names what a live daemon must not start without."""
    unset = [name for name in LIMITS_LIVE if getattr(config.risk, name) is None]
    if unset:
        names = ", ".join(f"risk.{name}" for name in unset)
        raise ConfigError(
            f"a live run needs every limit, unset: {names}", where="risk", hint="set each of them"
        )
    if config.account.keys is None:
        raise ConfigError(
            "a live run needs the account's keys",
            where="account.keys",
            hint="add `keys: {env: NAME}` or `keys: {file: PATH}`",
        )
    if config.gateway is None:
        raise ConfigError(
            "a live run needs a gateway", where="gateway", hint="add `gateway: {venue: ...}`"
        )


def warnings(config: Config) -> list[str]:
    """What is allowed but probably not meant, one sentence each."""
    found = []
    if all(getattr(config.risk, name) is None for name in LIMITS_LIVE):
        found.append("risk sets no limit: only plain errors are denied")
    if config.venue.participation is None:
        found.append("venue.participation is null: fills may exceed the market's volume")
    closed = {each.name for each in config.instruments if not each.shortable}
    found.extend(
        f"strategies.{each.name} may turn short, but {each.instrument} is not shortable"
        for each in config.strategies
        if each.instrument in closed and each.params.get("direction") == "both"
    )
    return found


def _names(loaded: Loaded) -> None:
    config = loaded.config
    for section, part, names in (
        ("instruments", "symbol", [each.name for each in config.instruments]),
        ("strategies", "name", [each.name for each in config.strategies]),
    ):
        for label, name, first in _repeated(names):
            key = f"{section}.{label}.{part}"
            twin = "" if first == name else f", upper and lower case aside, as {shown(first)}"
            raise loaded.error(
                key, f"the name {shown(name)} occurs twice in {section}{twin}", "rename one"
            )


def _repeated(names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Label, name and first bearer of each name that is not the first; files ignore its case."""
    first: dict[str, str] = {}
    for label, name in zip(distinct(names), names, strict=True):
        bearer = first.setdefault(name.casefold(), name)
        if label != name or bearer != name:
            yield label, name, bearer


def _window(loaded: Loaded) -> None:
    run = loaded.config.run
    if run.from_ is not None and run.to is not None and run.from_ >= run.to:
        raise loaded.error("run.to", "`to` must be after `from`", "bars at `to` stay out")


def _account(loaded: Loaded) -> None:
    account, gateway = loaded.config.account, loaded.config.gateway
    if account.keys is not None and (account.keys.env is None) == (account.keys.file is None):
        raise loaded.error("account.keys", "give exactly one of `env` and `file`")
    if gateway and account.venue is not None and account.venue != gateway.venue:
        raise loaded.error(
            "gateway.venue", f"the account is held at {shown(account.venue)}", "make them agree"
        )


def _currencies(loaded: Loaded) -> None:
    account = loaded.config.account.currency
    for each in loaded.config.instruments:
        if each.currency != account:
            raise loaded.error(
                f"instruments.{each.name}.currency",
                f"{each.name} is priced in {each.currency}, the account is in {account},"
                " and there is no rate between them",
                f"trade instruments priced in {account}",
            )


def _data(loaded: Loaded) -> None:
    instruments = [each.name for each in loaded.config.instruments]
    first: dict[str, DataSource] = {}
    for index, source in enumerate(loaded.config.data):
        at = f"data.{index}"
        _known_instrument(loaded, f"{at}.instrument", source.instrument, instruments)
        earlier = first.setdefault(source.instrument, source)
        if earlier.interval_ns != source.interval_ns:
            raise loaded.error(
                f"{at}.interval",
                f"several intervals for {source.instrument} are not built yet",
                f"keep {earlier.interval} or {source.interval}",
            )
        if earlier is not source:
            raise loaded.error(
                at,
                f"{source.instrument} has two sources of {source.kind} of {source.interval}",
                "remove one",
            )


def _known_instrument(loaded: Loaded, key: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        raise loaded.error(key, f"unknown instrument {shown(name)}", nearest(name, names))


def _strategies(loaded: Loaded) -> None:
    instruments = [each.name for each in loaded.config.instruments]
    with_data = [each.instrument for each in loaded.config.data]
    for strategy in loaded.config.strategies:
        at = f"strategies.{strategy.name}"
        _kind(loaded, strategy, at)
        _known_instrument(loaded, f"{at}.instrument", strategy.instrument, instruments)
        if strategy.instrument not in with_data:
            raise loaded.error(
                f"{at}.instrument",
                f"there are no data for {strategy.instrument}",
                f"add a source to `data`, which has {', '.join(with_data)}",
            )
        if strategy.type is not None:
            params = convert(strategy.params, PARAMS[strategy.type])
            _params(loaded, params, f"{at}.params")


def _kind(loaded: Loaded, strategy: StrategyConfig, at: str) -> None:
    if (strategy.type is None) == (strategy.file is None):
        given = "neither" if strategy.type is None else "both"
        raise loaded.error(
            at, f"a strategy needs either `type` or `file`, got {given}", f"types: {_types()}"
        )
    if strategy.type is not None and strategy.type not in PARAMS:
        raise loaded.error(
            f"{at}.type",
            f"unknown strategy type {shown(strategy.type)}",
            nearest(strategy.type, PARAMS),
        )


def _types() -> str:
    return ", ".join(PARAMS)


def _params(loaded: Loaded, params: Params, at: str) -> None:
    if (params.lots is None) == (params.weight is None):
        given = "neither" if params.lots is None else "both"
        raise loaded.error(at, f"give exactly one of `lots` and `weight`, got {given}")
    if isinstance(params, EmaCrossParams) and params.fast >= params.slow:
        raise loaded.error(
            f"{at}.fast", f"fast must be below slow, got {params.fast} and {params.slow}"
        )
    if isinstance(params, BollingerParams) and params.exit >= params.entry:
        raise loaded.error(
            f"{at}.exit", f"exit must be below entry, got {params.exit} and {params.entry}"
        )


def _venue(loaded: Loaded) -> None:
    if loaded.config.venue.latency_ns:
        raise loaded.error(
            "venue.latency_ns", "latency is not built yet", "express it as slippage_bps"
        )


def _files(loaded: Loaded, exists: Exists) -> None:
    named = [(f"data.{i}.path", each.path) for i, each in enumerate(loaded.config.data)]
    named += [
        (f"strategies.{each.name}.file", each.file)
        for each in loaded.config.strategies
        if each.file is not None
    ]
    for key, path in named:
        if not exists(Path(path)):
            raise loaded.error(
                key,
                f"there is no file {shown(loaded.written[key])}",
                f"relative paths count from {loaded.config.base_dir}",
            )


RULES: Final[tuple[Rule, ...]] = (
    _names,
    _window,
    _account,
    _currencies,
    _data,
    _strategies,
    _venue,
)
