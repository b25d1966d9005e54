"""What risk refuses: an order is held against every rule, and the first that says no decides.

It knows of fills and ends what was reported, like the desk, and counts an order as working until
its end is reported, also if its cancel was sent. The worst case of an instrument is the largest
position, on either side, that any subset of its working orders could make: of a group only the
order that has most, of a child on the other side of its parent what that has opened. Protection
counts in it, but no rule on exposure or pace concerns it, and none on size if it has a parent.

Where the rules leave a choice, this is the choice:

* The price of an instrument is its last close. It is stale if the market was open for longer than
  the limit since, and there is none before the first close.
* An order could trade with a working order of the other side that has a limit if it is a market
  order, or has a limit at that limit or through it: a stop-limit may rest one day, and the limits
  that count are the one in force and those that were asked for. A stop could not. A market order
  could not trade with a stop-limit whose stop the last price has not reached, unless its limit lies
  short of its stop: that one may have been triggered before.
* An order is worth its own price, limit or stop, times its size; without one, the last close.
* What only makes a position smaller (with all that works on its side it does not go through zero)
  may be of any size and worth. What does not raise the worst case passes the limits on it, also
  where they are broken already.
* A pace of n orders counts those that were approved less than a window ago.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from tests.oracle.crossing import could_trade
from tests.oracle.filters import Filters
from tests.oracle.ledger import Ledger
from tests.oracle.market import DAY_NS, Sessions, Source, open_between
from tests.oracle.means import Means
from tests.oracle.orders import Change
from tests.oracle.repeats import Repeats
from tests.oracle.splits import split_lots, split_mark
from tests.oracle.tickets import Role, Ticket


@dataclass(frozen=True)
class Limits:
    """None is no limit; `stale_ns` goes by instrument, one that is missing has none."""

    stale_ns: Mapping[str, int] = field(default_factory=dict)
    lots_max: int | None = None
    notional_max: Fraction | None = None
    position_max: int | None = None
    gross_max: Fraction | None = None
    orders_max: int | None = None
    orders_window_ns: int = 1_000_000_000
    long_only: tuple[str, ...] = ()
    collar: Fraction | None = None
    restricted: tuple[str, ...] = ()
    open_orders_max: int | None = None
    open_orders_total_max: int | None = None
    denies_closed: bool = False
    filters: Mapping[str, Filters] = field(default_factory=dict)
    concentration_max: Fraction | None = None
    sector_max: Fraction | None = None
    sectors: Mapping[str, str] = field(default_factory=dict)
    borrow: bool = True
    intent_window_ns: int | None = None
    repeats_max: int | None = None
    repeats_window_ns: int = 60_000_000_000


def stale_after_two_bars(
    sources: Iterable[Source], longest_ns: Mapping[str, int] | None = None
) -> dict[str, int]:
    """The age at which a price is stale where nothing else is asked for: two of its shortest bars.

    A day's bar is no longer than its market is open; `longest_ns` are such longest sessions.
    """
    found: dict[str, int] = {}
    for source in sources:
        name = source.instrument
        days, rest = divmod(source.interval_ns, DAY_NS)
        longest = (longest_ns or {}).get(name, DAY_NS)
        age = 2 * (days * longest + min(rest, longest))
        found[name] = min(age, found.get(name, age))
    return found


@dataclass(eq=False)
class Working:
    """An order that passed and has not ended, with the parent that worked when it came.

    `opened` is the most that the parent has opened for it so far, None without such a parent.
    """

    ticket: Ticket
    parent: Ticket | None = None
    parent_size: int = 0
    opened: int | None = None

    @property
    def size(self) -> int:
        """The most that it may be in all, with a change that is asked for."""
        ticket, asked = self.ticket, self.ticket.asked
        return ticket.size if asked is None or asked.size is None else max(ticket.size, asked.size)

    @property
    def lots(self) -> int:
        """Signed lots that it may fill now: a child on the other side what its parent opened."""
        room = self.size if self.opened is None else min(self.size, self.opened)
        return self.ticket.side * max(0, room - self.ticket.booked)

    @property
    def room(self) -> int:
        """Unsigned lots that it may fill as the venue has it, without changes on their way."""
        size = self.ticket.size
        size = size if self.opened is None else min(size, self.opened)
        return max(0, size - self.ticket.booked)

    def look(self) -> None:
        """Counts what its parent has opened; one that is larger first closes what is left over."""
        if self.parent is not None:
            opened = self.parent.booked - max(0, self.parent_size - self.size)
            self.opened = max(self.opened or 0, opened)

    def grow(self, size: int) -> None:
        """It may be of this size soon; nobody knows what more a past parent has opened."""
        if self.opened is not None and self.parent is not None:
            opened = self.parent.booked - max(0, self.parent_size - size)
            self.opened = None if self.parent.is_over else max(self.opened, opened)

    def split(self, ratio: Fraction) -> None:
        self.parent_size = split_lots(self.parent_size, ratio)
        self.opened = None if self.opened is None else split_lots(self.opened, ratio)


@dataclass
class Market:
    """An instrument as the gate sees it, with the orders that passed and have not ended."""

    name: str
    ledger: Ledger
    close: Fraction | int | None = None
    closed_at: int = 0
    is_halted: bool = False
    working: list[Working] = field(default_factory=list)

    @property
    def lots(self) -> int:
        """What the account holds."""
        held = self.ledger.positions.items()
        return sum(position.lots for (_, name), position in held if name == self.name)

    def sides(self, more: int = 0, *, guarded: bool = True) -> tuple[int, int]:
        """The largest and the smallest position that working orders and `more` could make.

        Of each group only the order that has most counts. `guarded` counts protection too.
        """
        buys, sells = max(0, more), min(0, more)
        together: dict[tuple[str, int], list[int]] = {}
        for number, each in enumerate(self.working):
            if guarded or each.ticket.role is not Role.PROTECTIVE:
                group = each.ticket.order.group
                key = (f"of {group}", 0) if group else ("alone", number)
                together.setdefault(key, []).append(each.lots)
        for lots in together.values():
            buys += max(0, *lots, 0)
            sells += min(0, *lots, 0)
        return self.lots + buys, self.lots + sells

    def worst(self, more: int = 0) -> int:
        long, short = self.sides(more)
        return max(long, -short)

    def worth(self, more: int = 0) -> Fraction:
        """What the worst case is worth in money; nothing without a price."""
        return self.worst(more) * Fraction(self.close or 0) * self.ledger.units[self.name]

    def is_lowered_by(self, lots: int) -> bool:
        """True if the order, with all that works on its side, brings the position toward zero."""
        long, short = self.sides(lots, guarded=False)
        if lots > 0:
            return self.lots < 0 and long <= 0
        return self.lots > 0 and short >= 0


class Gate:
    def __init__(
        self,
        limits: Limits,
        ledger: Ledger,
        calendars: Mapping[str, Sessions | None] | None = None,
    ) -> None:
        """`calendars` are the sessions of instruments; others are open at all times."""
        self._limits = limits
        self._calendars = calendars or {}
        self._ledger = ledger
        self._markets = {name: Market(name, ledger) for name in ledger.units}
        self._means = Means(limits, ledger, self._markets)
        self._approved_at: list[int] = []
        self._repeats = Repeats()
        self.ts = 0  # the instant that the run is at

    def on_close(self, instrument: str, close: Fraction | int, ts: int) -> None:
        market = self._markets[instrument]
        market.close, market.closed_at = close, ts

    def on_fill(self, ticket: Ticket) -> None:
        """A fill of the order is booked: its children may fill what it has opened."""
        for each in self._markets[ticket.order.instrument].working:
            if each.parent is ticket:
                each.look()

    def on_gone(self, ticket: Ticket) -> None:
        """An order is over, as far as we know."""
        working = self._markets[ticket.order.instrument].working
        working[:] = [each for each in working if each.ticket is not ticket]

    def on_halt(self, instrument: str, *, is_over: bool) -> None:
        self._markets[instrument].is_halted = not is_over

    def split(self, instrument: str, ratio: Fraction) -> None:
        market = self._markets[instrument]
        if market.close is not None:
            market.close = split_mark(Fraction(market.close), ratio)
        for each in market.working:
            each.split(ratio)
        self._repeats.split(instrument, ratio)

    def judge(self, ticket: Ticket, ts: int) -> str | None:
        """The rule that refuses the order; None lets it pass and counts it from now on."""
        code = self._refusal(ticket, ts)
        if code is not None:
            return code
        working = self._markets[ticket.order.instrument].working
        working.append(_working(ticket, working))
        if ticket.role is not Role.PROTECTIVE:
            self._count(ticket, ts)
        return None

    def judge_change(self, ticket: Ticket, change: Change, ts: int) -> str | None:
        """The rule that refuses a change; None lets it pass.

        What only lowers an order, or moves protection, passes. Else the order is judged as it would
        be, and while it is, it counts for nothing.
        """
        market = self._markets[ticket.order.instrument]
        own = next((each for each in market.working if each.ticket is ticket), None)
        size = change.size or ticket.size
        limit = ticket.limit_ticks if change.limit_ticks is None else change.limit_ticks
        stop = ticket.stop_ticks if change.stop_ticks is None else change.stop_ticks
        is_moved = (limit, stop) != (ticket.limit_ticks, ticket.stop_ticks)
        is_guard = ticket.role is Role.PROTECTIVE
        if own is None or size <= ticket.booked:
            return None
        if size <= ticket.size and (is_guard or not is_moved):
            return None
        place = market.working.index(own)
        market.working.remove(own)
        wanted = replace(ticket, size=size, limit_ticks=limit, stop_ticks=stop)
        wanted.booked = ticket.booked
        code = self._refusal(wanted, ts)
        market.working.insert(place, own)
        if code is None and size > ticket.size:
            own.grow(size)
        if code is None and not is_guard:
            self._count(wanted, ts)
        return code

    def _refusal(self, ticket: Ticket, ts: int) -> str | None:
        """The first rule that says no; a strategy that repeats itself is disabled by that."""
        code = next(self._refusals(ticket, ts), None)
        if code == "repeat_exceeds_max":
            self._repeats.disable(ticket)
        return code

    def _count(self, ticket: Ticket, ts: int) -> None:
        """It was approved, or a change by which it is this."""
        self._approved_at.append(ts)
        self._repeats.add(ticket, self._held(ticket), ts)

    def _held(self, ticket: Ticket) -> int:
        return self._ledger.lots((ticket.order.strategy, ticket.order.instrument))

    def _refusals(self, ticket: Ticket, ts: int) -> Iterator[str]:
        instrument = ticket.order.instrument
        market = self._markets[instrument]
        is_guard = ticket.role is Role.PROTECTIVE
        is_lowered = market.is_lowered_by(ticket.lots_left)
        yield from self._sent_again(ticket, ts)
        if instrument in self._limits.restricted and not is_guard and not is_lowered:
            yield "instrument_restricted"
        if market.is_halted and not is_guard:
            yield "instrument_halted"
        if self._limits.denies_closed and not is_guard and not self._is_open(instrument, ts):
            yield "market_closed"
        if (market.close is None or self._is_old(market, ts)) and not is_lowered:
            yield "price_stale"
        if not is_guard and self._is_off_market(ticket.limit_ticks, market.close):
            yield "price_off_market"
        if any(could_trade(ticket, other.ticket, market.close) for other in market.working):
            yield "self_trade"
        if not self._is_taken(ticket, market):
            yield "filter_violated"
        if not is_guard:
            yield from self._beyond_limits(ticket, market, ts)
        elif ticket.sent.parent is None:
            yield from self._too_far(ticket, market)

    def _beyond_limits(self, ticket: Ticket, market: Market, ts: int) -> Iterator[str]:
        limits, lots = self._limits, ticket.lots_left
        if not market.is_lowered_by(lots):
            if _above(abs(lots), limits.lots_max):
                yield "lots_exceed_max"
            if _above(self._notional(ticket, market), limits.notional_max):
                yield "notional_exceeds_max"
        yield from self._too_far(ticket, market)
        worth = self._means.worth(self._markets, market.name, lots)
        if worth > self._means.worth(self._markets) and _above(worth, limits.gross_max):
            yield "gross_exceeds_max"
        yield from self._means.beyond_shares(market, lots)
        if not limits.borrow and not self._means.is_paid_for(ticket, market):
            yield "balance_insufficient"
        is_sale = market.name in limits.long_only and lots < 0
        if is_sale and market.sides(lots, guarded=False)[1] < 0:
            yield "short_forbidden"
        if not market.is_lowered_by(lots) and self._is_full(market):
            yield "open_orders_exceed_max"
        if limits.orders_max is not None and self._recent(ts) >= limits.orders_max:
            yield "rate_exceeds_max"
        most, window_ns = limits.repeats_max, limits.repeats_window_ns
        if self._repeats.is_repetition(ticket, self._held(ticket), ts, most, window_ns):
            yield "repeat_exceeds_max"

    def _is_old(self, market: Market, ts: int) -> bool:
        stale_ns = self._limits.stale_ns.get(market.name)
        if stale_ns is None:
            return False
        return open_between(self._calendars.get(market.name), market.closed_at, ts) > stale_ns

    def _sent_again(self, ticket: Ticket, ts: int) -> Iterator[str]:
        is_same = self._repeats.is_duplicate(ticket, ts, self._limits.intent_window_ns)
        if is_same and ticket.role is not Role.PROTECTIVE:
            yield "intent_duplicate"

    def _is_open(self, instrument: str, ts: int) -> bool:
        """Without a calendar always; the instant of a close is outside."""
        sessions = self._calendars.get(instrument)
        return sessions is None or any(opens <= ts < closes for opens, closes in sessions)

    def _is_off_market(self, limit_ticks: int | None, close: Fraction | int | None) -> bool:
        collar = self._limits.collar
        if collar is None or limit_ticks is None:
            return False
        last = Fraction(close or 0)
        return abs(limit_ticks - last) > collar * last

    def _is_taken(self, ticket: Ticket, market: Market) -> bool:
        """A venue looks at the whole of an order, also where a change of it is judged."""
        filters = self._limits.filters.get(market.name)
        if filters is None:
            return True
        worth = ticket.size * self._price(ticket, market) * self._ledger.units[market.name]
        return filters.takes(ticket.size, (ticket.limit_ticks, ticket.stop_ticks), worth)

    def _is_full(self, market: Market) -> bool:
        """True if as many orders are open as there may be, protection included."""
        in_all = sum(len(each.working) for each in self._markets.values())
        here_max, in_all_max = self._limits.open_orders_max, self._limits.open_orders_total_max
        return (here_max is not None and len(market.working) >= here_max) or (
            in_all_max is not None and in_all >= in_all_max
        )

    def _too_far(self, ticket: Ticket, market: Market) -> Iterator[str]:
        lots = ticket.lots_left
        long, short = market.sides(lots)
        reach = long if lots > 0 else -short
        if _above(reach, self._limits.position_max) and not market.is_lowered_by(lots):
            yield "position_exceeds_max"

    def _price(self, ticket: Ticket, market: Market) -> Fraction | int:
        price = ticket.limit_ticks or ticket.stop_ticks or market.close
        assert price is not None
        return price

    def _notional(self, ticket: Ticket, market: Market) -> Fraction:
        worth = abs(ticket.lots_left) * self._price(ticket, market)
        return worth * self._ledger.units[market.name]

    def _recent(self, ts: int) -> int:
        return sum(1 for each in self._approved_at if each > ts - self._limits.orders_window_ns)


def _above(value: Fraction | int, limit: Fraction | int | None) -> bool:
    return limit is not None and value > limit


def _working(ticket: Ticket, others: Iterable[Working]) -> Working:
    for each in others:
        if each.ticket.order.number == ticket.sent.parent and each.ticket.side != ticket.side:
            child = Working(ticket, each.ticket, each.ticket.ordered)
            child.look()
            return child
    return Working(ticket)
