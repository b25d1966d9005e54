"""The rules that join the sources of data with the instruments and strategies that need them."""

from collections import defaultdict
from collections.abc import Iterable

from trader.config.loaded import Loaded
from trader.config.notation import interval_ns
from trader.config.schema import DataSource, ExitConfig, StrategyConfig
from trader.config.spelling import nearest, shown


def sources(loaded: Loaded) -> None:
    """Each source is of a known instrument, says what its kind needs, and has no twin."""
    instruments = [each.name for each in loaded.config.instruments]
    first: dict[tuple[str, str, int], DataSource] = {}
    for index, source in enumerate(loaded.config.data):
        at = f"data.{index}"
        known_instrument(loaded, f"{at}.instrument", source.instrument, instruments)
        _shape(loaded, source, at)
        key = (source.instrument, source.kind, source.interval_ns)
        if first.setdefault(key, source) is not source:
            of = f" of {source.interval}" if source.interval else ""
            raise loaded.error(
                at, f"{source.instrument} has two sources of {source.kind}{of}", "remove one"
            )
        if all((source.instrument, kind, 0) in first for kind in ("quotes", "depth")):
            raise loaded.error(
                at,
                f"{source.instrument} has quotes and depth, and a book is told as quotes",
                "remove one",
            )


def _shape(loaded: Loaded, source: DataSource, at: str) -> None:
    if (source.kind == "bars") != (source.interval is not None):
        if source.kind == "bars":
            raise loaded.error(at, "bars need an `interval`", "add `interval: 1m` or the like")
        raise loaded.error(
            f"{at}.interval", f"{source.kind} have no interval", "remove it, or say `kind: bars`"
        )
    if source.path is not None and source.synthetic is not None:
        raise loaded.error(at, "give one of `path` and `synthetic`, not both", "remove one")
    if source.synthetic is not None and source.kind in {"depth", "actions"}:
        raise loaded.error(
            f"{at}.synthetic",
            f"{source.kind} cannot be made up",
            "bars, quotes and trades can",
        )
    if source.kind == "actions" and source.path is None:
        raise loaded.error(at, "actions need a `path`", "a CSV or Parquet file of them")


def known_instrument(loaded: Loaded, key: str, name: str, known: Iterable[str]) -> None:
    """Raises a ConfigError at `key` for an instrument that nobody configured."""
    names = list(known)
    if name not in names:
        raise loaded.error(key, f"unknown instrument {shown(name)}", nearest(name, names))


def heard(loaded: Loaded) -> None:
    """Each strategy's instrument has data, and the bars that it and its exits ask for."""
    intervals: dict[str, list[DataSource]] = defaultdict(list)
    prices = set()
    for source in loaded.config.data:
        if source.kind != "actions":
            prices.add(source.instrument)
        if source.kind == "bars":
            intervals[source.instrument].append(source)
    for strategy in loaded.config.strategies:
        at = f"strategies.{strategy.name}"
        if strategy.instrument not in prices:
            raise loaded.error(
                f"{at}.instrument",
                f"there are no data for {strategy.instrument}",
                f"add a source to `data`, which has {', '.join(sorted(prices))}",
            )
        _interval(loaded, strategy, intervals[strategy.instrument], at)
        for index, exit_ in enumerate(strategy.exits):
            _exit(loaded, exit_, f"{at}.exits.{index}")


def _interval(loaded: Loaded, strategy: StrategyConfig, bars: list[DataSource], at: str) -> None:
    if strategy.interval is not None:
        known = [each.interval or "" for each in bars]
        if interval_ns(strategy.interval) not in {each.interval_ns for each in bars}:
            raise loaded.error(
                f"{at}.interval",
                f"there are no bars of {strategy.interval} for {strategy.instrument}",
                f"its bars: {', '.join(known)}" if known else "it has no bars",
            )
    if bars:
        return
    if strategy.exits:
        raise loaded.error(
            f"{at}.exits", f"exits need bars, and {strategy.instrument} has none", "add a source"
        )
    if strategy.type is not None:
        raise loaded.error(
            f"{at}.type",
            f"{strategy.type} decides on bars, and {strategy.instrument} has none",
            "add a source of bars",
        )


def _exit(loaded: Loaded, exit_: ExitConfig, at: str) -> None:
    if exit_.kind == "time_stop" and exit_.bars is None:
        raise loaded.error(at, "a time_stop needs `bars`", "add `bars: 20` or the like")
    if exit_.kind != "time_stop" and exit_.bars is not None:
        raise loaded.error(f"{at}.bars", f"{exit_.kind} counts no bars", "remove it")
    if exit_.kind != "trailing" and exit_.activate:
        raise loaded.error(f"{at}.activate", f"{exit_.kind} is not activated", "remove it")
