"""A run that fails, made as small as it gets while it still fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from tests.oracle.breakers import Breakers
from tests.oracle.gate import Limits
from tests.oracle.market import Happenings, Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleRun
from tests.oracle.strategies import Scripted, Strategy


def shrunk(run: OracleRun, fails: Callable[[OracleRun], bool]) -> OracleRun:
    """The smallest run found, leaving out one thing after the other."""
    for smaller in _smaller(run):
        if fails(smaller):
            return shrunk(smaller, fails)
    return run


def _smaller(run: OracleRun) -> Iterator[OracleRun]:
    """Everything that could be left out, the large things first."""
    for k in range(len(run.strategies)):
        if len(run.strategies) > 1:
            yield replace(run, strategies=_without(run.strategies, k))
    yield from _fewer_markets(run)
    longest = max(len(source.bars) for source in run.sources)
    for count in (longest // 2, longest * 3 // 4, longest - 1):
        if 2 <= count < longest:
            sources = tuple(replace(s, bars=s.bars[:count]) for s in run.sources)
            yield replace(run, sources=sources)
    yield from _plainer(run)
    yield from _fewer_happenings(run)
    for k, strategy in enumerate(run.strategies):
        for smaller in _simpler(strategy):
            changed = (*run.strategies[:k], smaller, *run.strategies[k + 1 :])
            yield replace(run, strategies=changed)


T = TypeVar("T")


def _plainer(run: OracleRun) -> Iterator[OracleRun]:
    """Settings that are not set."""
    rules, bounds = run.rules, run.breakers
    plain = (
        replace(run, happenings=()),
        replace(run, limits=Limits()),
        replace(run, breakers=Breakers()),
        replace(run, breakers=replace(bounds, drawdown_max=None, daily_loss_max=None)),
        replace(run, breakers=replace(bounds, slippage_bps_max=None)),
        replace(run, breakers=replace(bounds, unprotected_max=None)),
        replace(run, latency_ns=0),
        replace(run, decide_from=None),
        replace(run, equity_interval_ns=None),
        replace(run, rules=VenueRules()),
        replace(run, rules=replace(rules, slippage_bps=Fraction(0), slippage_ticks=0)),
        replace(run, rules=replace(rules, participation=None)),
        replace(run, rules=replace(rules, maker_bps=Fraction(0), taker_bps=Fraction(0))),
        replace(run, rules=replace(rules, per_lot=Fraction(0))),
        replace(run, rules=replace(rules, touch_fills=False)),
        replace(run, rules=replace(rules, targets_first=False)),
    )
    yield from (each for each in plain if each != run)


def _without(items: tuple[T, ...], k: int) -> tuple[T, ...]:
    return (*items[:k], *items[k + 1 :])


def _fewer_markets(run: OracleRun) -> Iterator[OracleRun]:
    traded = {each.instrument for each in run.strategies}
    for instrument in run.instruments:
        if instrument.name not in traded and len(run.instruments) > 1:
            sources = tuple(s for s in run.sources if s.instrument != instrument.name)
            if sources:
                yield replace(
                    run,
                    instruments=tuple(i for i in run.instruments if i != instrument),
                    sources=sources,
                    happenings=tuple(h for h in run.happenings if h.instrument != instrument.name),
                )
    for k, source in enumerate(run.sources):
        same: list[Source] = [s for s in run.sources if s.instrument == source.instrument]
        if len(same) > 1 and not any(s.interval_ns == source.interval_ns for s in run.strategies):
            yield replace(run, sources=_without(run.sources, k))


def _fewer_happenings(run: OracleRun) -> Iterator[OracleRun]:
    for k, each in enumerate(run.happenings):
        for row in range(len(each.rows)):
            rows = _without(each.rows, row)
            changed = (Happenings(each.instrument, rows),) if rows else ()
            yield replace(run, happenings=(*run.happenings[:k], *changed, *run.happenings[k + 1 :]))


def _simpler(strategy: Strategy) -> Iterator[Strategy]:
    for k in range(len(strategy.exits)):
        yield replace(strategy, exits=_without(strategy.exits, k))
    plan = strategy.plan
    if isinstance(plan, Scripted):
        for bar, actions in plan.at_bar.items():
            others = {at: each for at, each in plan.at_bar.items() if at != bar}
            yield replace(strategy, plan=Scripted(others))
            for k in range(len(actions) if len(actions) > 1 else 0):
                fewer = Scripted({**plan.at_bar, bar: _without(actions, k)})
                yield replace(strategy, plan=fewer)
