"""The test of the tests: a core that broke one rule would be seen by the generated runs.

A core that breaks a rule does what a calculator with that rule broken does. So each rule is broken
in the calculator, and the runs that the core is compared on must come out differently: else they
say nothing about the rule.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import floor
from typing import Any, Final

import pytest

from tests.oracle import ledger, life, rules
from tests.oracle.agenda import Agenda, Event, Kind
from tests.oracle.bare import Bare
from tests.oracle.covering import Covering
from tests.oracle.dealing import Dealing, Trader
from tests.oracle.desk import Desk
from tests.oracle.exits import Held, Policy
from tests.oracle.gate import Gate
from tests.oracle.ledger import Ledger
from tests.oracle.life import Life
from tests.oracle.market import Bar
from tests.oracle.orders import Change, Order, VenueRules
from tests.oracle.rules import ReversionRule
from tests.oracle.run import OracleResult, OracleRun, World, compute
from tests.oracle.signals import Rsi, Sma, Vwap, ZScore
from tests.oracle.slips import Slips
from tests.oracle.states import StateGate
from tests.oracle.stopping import StoppableDesk
from tests.oracle.venue import Venue
from tests.semantics.cases import case

WITNESSES: Final = (*range(400), 716, 4684, 4773, 5071)
"""Seeds; the last are runs in which a stop is refused, or a position is bare twice: rare."""
Method = Callable[..., Any]


def nothing(method: Method) -> Method:
    """In place of what should be done."""
    del method
    return lambda *_, **__: None


def always(value: object) -> Callable[[Method], Method]:
    """The same answer to whatever is asked."""
    return lambda _: lambda *_, **__: value


def twice(method: Method) -> Method:
    def lie(*args: Any) -> None:
        method(*args)
        method(*args)

    return lie


def early(kind: Kind) -> Callable[[Method], Method]:
    """What is recorded of this kind comes first at its instant."""

    def break_(recorded: Method) -> Method:
        def lie(agenda: Agenda, found: Kind, source: int, instants: list[int]) -> None:
            if found is not kind:
                recorded(agenda, found, source, instants)
                return
            for row, ts in enumerate(instants):
                agenda._events.append(Event(ts, -1, kind, source, row))  # noqa: SLF001 - a lie
            agenda._events.sort()  # noqa: SLF001

        return lie

    return break_


def a_row_late(hear: Method) -> Method:
    """Strategies hear the bar before the one that closed."""
    former: dict[int, Bar] = {}

    def lie(desk: Desk, trader: Trader, bar: Bar, now: Any) -> None:
        before = former.get(id(trader), bar)
        former[id(trader)] = bar
        hear(desk, trader, before, now)

    return lie


def slipped_down(worsened: Method) -> Method:
    def lie(settings: VenueRules, ticks: int, side: int) -> int:
        slip = floor(abs(ticks) * settings.slippage_bps / 10_000) + settings.slippage_ticks
        return ticks + slip if side > 0 else max(1, ticks - slip)

    del worsened
    return lie


def fee_down(fee: Method) -> Method:
    def lie(settings: VenueRules, value: Fraction, lots: int, taker: bool) -> Fraction:
        exact = fee(settings, value, lots, taker)
        bps = settings.taker_bps if taker else settings.maker_bps
        owed = value * bps / 10_000 + settings.per_lot * lots
        return Fraction(exact) if exact == owed else exact - Fraction(1, 10**8)

    return lie


def floored(toward_zero: Method) -> Method:
    del toward_zero
    return lambda numerator, denominator: numerator // denominator


def partly(fill: Method) -> Method:
    """FOK is served like IOC."""

    def lie(venue: Life, order: Order, *rest: Any, **named: Any) -> None:
        is_all_or_nothing = order.time_in_force == "FOK"
        order.time_in_force = "IOC" if is_all_or_nothing else order.time_in_force
        fill(venue, order, *rest, **named)
        order.time_in_force = "FOK" if is_all_or_nothing else order.time_in_force

    return lie


def keeps_its_place(go_last: Method) -> Method:
    del go_last
    return lambda *_: None


def a_bar_early(is_over: Method) -> Method:
    def lie(policy: Policy, held: Held) -> bool:
        answer: bool = is_over(policy, replace(held, bars=held.bars + 1))
        return answer

    return lie


def loosened(trail: Method) -> Method:
    """Stops follow the level in both directions."""

    def lie(desk: Covering, trader: Trader, side: int, level: int, now: Any) -> None:
        orders = [o for cover in trader.covers if cover.side == side for o in cover.orders]
        for order in orders:
            if order.works and order.stop_ticks is not None:
                desk._want(order, Change(stop_ticks=level))  # noqa: SLF001 - a lie
        trail(desk, trader, side, level, now)

    return lie


def longs_alone(pay: Method) -> Method:
    """The short pays no dividend."""

    def lie(book: Ledger, instrument: str, amount: Fraction) -> None:
        kept = dict(book.positions)
        book.positions = {key: each for key, each in kept.items() if each.lots > 0}
        pay(book, instrument, amount)
        book.positions = kept

    return lie


def a_rank_higher(quantile: Method) -> Method:
    def lie(values: list[float], share: Fraction) -> float:
        answer: float = quantile(values, min(Fraction(1), share + Fraction(1, len(values))))
        return answer

    return lie


def joined_openings(is_absent: Method) -> Method:
    """What comes or is triggered within a bar takes part in its inside."""
    del is_absent
    return lambda *_: False


def second_opening(meet: Method) -> Method:
    """A limit takes at every opening."""

    def lie(venue: Venue, order: Order, bar: Bar) -> Any:
        order.met_opening = order.met_opening and order.time_in_force == "GTX"
        return meet(venue, order, bar)

    return lie


LIES: Final[list[tuple[str, object, str, Callable[[Method], Method]]]] = [
    ("late by one row", Desk, "_hear", a_row_late),
    ("opening before decision", Agenda, "recorded", early(Kind.OPENING)),
    ("expiry before fills", Agenda, "recorded", early(Kind.SESSION)),
    ("split before its instant's bars", Agenda, "recorded", early(Kind.HAPPENING)),
    ("equity before its instant's bars", Agenda, "recorded", early(Kind.EQUITY)),
    ("fill booked twice", Ledger, "book", twice),
    ("released cost rounded down", ledger, "toward_zero", floored),
    ("slippage rounded down", VenueRules, "worsened", slipped_down),
    ("fee rounded down", VenueRules, "fee", fee_down),
    ("no share of the volume", VenueRules, "share", always(None)),
    ("group reduction forgotten", Life, "_reduce_group", nothing),
    ("parent's room ignored", life, "opened", lambda _: lambda child, _parent: child.size),
    ("children outlive their parents", Life, "_leave_children", nothing),
    ("children never start", Life, "_start", nothing),
    ("FOK in part", Life, "_fill", partly),
    ("IOC and FOK go on", Venue, "_end_pass", nothing),
    ("GTX takes", Life, "_refuse_taking", nothing),
    ("joins the inside of its bar", Order, "is_absent", joined_openings),
    ("taker at every opening", Venue, "_meet_opening", second_opening),
    ("no bar is ambiguous", Venue, "_ambiguous_groups", always(frozenset())),
    ("every parent comes first", Life, "_is_first", always(True)),
    ("a replacement keeps its place", Life, "_go_last", keeps_its_place),
    ("late cancels are lost", Venue, "_do_late", nothing),
    ("halts are ignored", Venue, "halt", nothing),
    ("what is under way is not split", World, "_clear_ways", nothing),
    ("orders are not split", Venue, "split", nothing),
    ("the ledger is not split", Ledger, "split", nothing),
    ("targets and what was seen are not split", Desk, "split", nothing),
    ("dividends to longs alone", Ledger, "pay", longs_alone),
    ("excess stays", Desk, "_take_back", nothing),
    ("protection is not tended", Covering, "_tend_covers", nothing),
    ("covers are not cut", Covering, "_cut", nothing),
    ("bare lots are not adopted", Covering, "_adopt", nothing),
    ("what protects does not grow", Covering, "_let_grow", nothing),
    ("protection outlives its position", Covering, "_uncover", nothing),
    ("children that come late are lost", Covering, "_send_alone", nothing),
    ("refused stops are forgotten", Covering, "_lose", nothing),
    ("what cannot be protected is kept", Covering, "_leave", nothing),
    ("covers are remembered for ever", Covering, "_forget_covers", nothing),
    ("orders are not fitted after a split", Covering, "_fit", nothing),
    ("own lots are nobody's", Covering, "_count_own", nothing),
    ("entries go unprotected", Covering, "_guards", always(())),
    ("what is wanted is not asked for", Dealing, "_ask", nothing),
    ("exits end no target", Desk, "_end_target", nothing),
    ("trailing forgotten", Covering, "_trail", nothing),
    ("trailing loosened", Covering, "_trail", loosened),
    ("time stop a bar early", Policy, "is_over", a_bar_early),
    ("nothing is blocked", ReversionRule, "disarm", nothing),
    ("targets do not wait", Desk, "_is_canceling", always(False)),
    ("quantile a rank higher", rules, "quantile", a_rank_higher),
    ("sessions never begin", Vwap, "start", nothing),
    ("losses are not looked at", StoppableDesk, "look", nothing),
    ("what fills cost is not counted", Slips, "add", nothing),
    ("time without a stop does not count", Bare, "turn", nothing),
    ("what begins to be covered goes on counting", Bare, "ends", nothing),
    ("the alarm of bare positions is not heard", Bare, "due", always(None)),
    ("days of losses never begin", Ledger, "begin_session", nothing),
    ("entries work on in a halt", StoppableDesk, "_cancel_entries", nothing),
    ("targets outlive a flattening", StoppableDesk, "_give_up", nothing),
    ("flattening is tried once", StoppableDesk, "again", nothing),
    ("flattening has no end", StoppableDesk, "_see_if_flat", nothing),
    ("what was let through leaves", StateGate, "recalled", always(None)),
    ("what is halted trades", StateGate, "_refusals", lambda _: Gate._refusals),  # noqa: SLF001
    ("indicators are not split: means", Sma, "split", nothing),
    ("indicators are not split: strength", Rsi, "split", nothing),
    ("indicators are not split: deviations", ZScore, "split", nothing),
]


@cache
def witnesses() -> list[tuple[OracleRun, OracleResult]]:
    """The runs, and what is right."""
    return [(run, compute(run)) for run in (case(seed) for seed in WITNESSES)]


def told(run: OracleRun) -> OracleResult | None:
    """What the broken calculator says; a broken one may also break down."""
    try:
        return compute(run)
    except (AssertionError, KeyError, ValueError, ZeroDivisionError, StopIteration):
        return None


def differing() -> Iterator[OracleRun]:
    """The witnesses that come out differently, whatever is counted beside."""
    for run, right in witnesses():
        wrong = told(run)
        if wrong is None or replace(wrong, met=right.met) != right:
            yield run


@pytest.mark.parametrize(
    ("where", "name", "lie"), [row[1:] for row in LIES], ids=[row[0] for row in LIES]
)
def test_a_broken_rule_is_seen(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, lie: Callable[[Method], Method]
) -> None:
    witnesses()
    monkeypatch.setattr(where, name, lie(getattr(where, name)))

    assert next(differing(), None) is not None


def test_nothing_is_seen_where_nothing_is_broken() -> None:
    assert next(differing(), None) is None
