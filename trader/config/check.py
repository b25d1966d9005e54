"""What no field can tell by itself: rules that join the parts of a configuration.

The order of RULES is the order in which a person would look: names first, then what refers to
them, then the world outside. A live daemon has to pass `check_live` too. Warnings never stop
anybody.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from msgspec import convert

from trader.calendars.sessions import UTC
from trader.calendars.table import calendar, known_calendars
from trader.config.data_rules import heard, known_instrument, sources
from trader.config.loaded import Loaded
from trader.config.notation import instant_text
from trader.config.schema import Config, StrategyConfig
from trader.config.spelling import nearest, shown
from trader.config.tree import distinct
from trader.errors import ConfigError
from trader.logic.external import PREFIX
from trader.model.units import Nanoseconds
from trader.strategies.params import (
    PARAMS,
    BollingerParams,
    EmaCrossParams,
    Params,
    RsiReversionParams,
)

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
    if config.account.keys is None and not (config.gateway and config.gateway.paper):
        raise ConfigError(
            "a live run needs the account's keys",
            where="account.keys",
            hint="add `keys: {env: NAME}` or `keys: {file: PATH}`",
        )
    if config.gateway is None:
        raise ConfigError(
            "a live run needs a gateway", where="gateway", hint="add `gateway: {venue: ...}`"
        )


def streams(config: Config) -> bool:
    """Whether a live run hears its data from the venue itself."""
    gateway = config.gateway
    return gateway is not None and (gateway.ws_stream is not None or gateway.loopback)


def check_sessions(config: Config, now: Nanoseconds) -> None:
    """Raises a ConfigError for a calendar whose table does not reach the present."""
    for each in config.instruments:
        if unknown := calendar(each.calendar or UTC).unknown(now):
            raise ConfigError(
                unknown,
                where=f"instruments.{each.name}.calendar",
                hint=f"`scripts/calendars {instant_text(now)[:4]}` makes the table reach further",
            )


def warnings(config: Config) -> list[str]:
    """What is allowed but probably not meant, one sentence each."""
    found = []
    if all(getattr(config.risk, name) is None for name in LIMITS_LIVE):
        found.append("risk sets no limit: only plain errors are denied")
    if config.venue.latency_ns and any(each.kind == "bars" for each in config.data):
        found.append("venue.latency_ns on bars: a small delay is better told as slippage")
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
    for label, each in zip(
        distinct([one.name for one in config.strategies]), config.strategies, strict=True
    ):
        if each.name.startswith(PREFIX):
            text = f"names that begin with {PREFIX} are those of what people trade by hand"
            raise loaded.error(f"strategies.{label}.name", text, "name it otherwise")
    for section, part, names in (
        ("instruments", "symbol", [each.name for each in config.instruments]),
        ("strategies", "name", [each.name for each in config.strategies]),
        ("alerts", "name", [each.name for each in config.alerts]),
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


def _strategies(loaded: Loaded) -> None:
    instruments = [each.name for each in loaded.config.instruments]
    for strategy in loaded.config.strategies:
        at = f"strategies.{strategy.name}"
        _kind(loaded, strategy, at)
        known_instrument(loaded, f"{at}.instrument", strategy.instrument, instruments)
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
    if isinstance(params, RsiReversionParams):
        _levels(loaded, params, at)


def _levels(loaded: Loaded, params: RsiReversionParams, at: str) -> None:
    adaptive = params.adaptive
    if adaptive is None and not params.low <= params.exit <= params.high:
        raise loaded.error(
            f"{at}.exit",
            f"exit must lie from {params.low} to {params.high}, got {params.exit}",
        )
    if adaptive is not None and adaptive.low_quantile >= adaptive.high_quantile:
        raise loaded.error(
            f"{at}.adaptive.low_quantile",
            "low_quantile must be below high_quantile,"
            f" got {adaptive.low_quantile} and {adaptive.high_quantile}",
        )


def _alerts(loaded: Loaded) -> None:
    for each in loaded.config.alerts:
        if (each.channel is None) == (not each.command):
            given = "neither" if each.channel is None else "both"
            raise loaded.error(
                f"alerts.{each.name}", f"an alert needs `channel` or `command`, got {given}"
            )


def _calendars(loaded: Loaded) -> None:
    for each in loaded.config.instruments:
        if each.calendar is not None and each.calendar not in known_calendars():
            raise loaded.error(
                f"instruments.{each.name}.calendar",
                f"unknown calendar {shown(each.calendar)}",
                nearest(each.calendar, known_calendars()),
            )


def _restricted(loaded: Loaded) -> None:
    names = [each.name for each in loaded.config.instruments]
    for index, name in enumerate(loaded.config.risk.restricted):
        known_instrument(loaded, f"risk.restricted.{index}", name, names)


def _files(loaded: Loaded, exists: Exists) -> None:
    named = [
        (f"data.{i}.path", each.path)
        for i, each in enumerate(loaded.config.data)
        if each.path is not None
    ]
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
    _calendars,
    sources,
    _strategies,
    heard,
    _restricted,
    _alerts,
)
