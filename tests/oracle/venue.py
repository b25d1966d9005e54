"""The simulated venue on bars: every type of order, every time in force, parents and groups.

A bar is met twice. At its opening orders fill at the open; in its inside limits fill at their
limit when the price goes through it (or reaches it, with `touch_fills`) and stops at their stop
when it is reached. One share of the bar's volume serves all orders of an instrument: first those
filled at the opening, then those inside, each time in order of arrival.

Where the rules leave a choice, this is the choice:

* The market, for a stop that asks whether it is already beyond it when it starts, is the last
  price the venue knows: the open of a bar under way, else the close of the last bar; for a child
  that starts to work it is its parent's fill price before slippage. At the stop counts as beyond.
  Such a stop is triggered at once.
* A stop is triggered by the price alone, also in a bar that has no lots left for it. From then on
  it is a market order: what is left waits for openings. A stop-limit that is triggered rests as a
  limit from the next bar on, whatever the bar of its trigger still does.
* At an opening a child works for what its parent had opened before that opening. What the parent
  fills at the opening counts in the inside. What it fills inside counts there only for a stop.
* A limit is TAKER at the first opening it meets, whether or not any lots were left for it there;
  from then on MAKER, and inside a bar always MAKER. A child does not meet openings before it works.
* IOC and FOK end after the fills of the opening they mean, or of the inside that triggered them.
  Before that, but after all fills of an opening, children of what it has filled start, and those of
  orders that are filled by it keep what is opened for them; in an inside that is done at once.
* GTX is judged by the first opening it meets, in its turn; one that starts to work in a bar after
  that bar's opening is judged by it at once. One that is filled in part (and was replaced) is
  CANCELED in place of REJECTED.
* When a parent ends (also FILLED), each child's size becomes what the parent has opened, if that
  is less; a child with nothing left by this is CANCELED.
* A fill reduces its group before anything else happens to its children.
* Cancels, replacements and expiries strictly inside a bar take effect at its close, after its
  fills, in the order in which they came.
* A replacement with another price or more lots is a new arrival: last in the queue, TAKER and GTX
  judged anew, a stop asks for the market. What was triggered stays so. Its children stay behind
  it. With lower lots alone an order keeps its place. After its parent's end an order is never made
  larger than its parent's fills, less what its group has taken.
* A bar in which a parent fills inside is ambiguous, whatever its children do there, unless a limit
  parent and all stops among its children lie on one side of the open.
* With targets first the stops of ambiguous groups, and children of these, come last in an inside.
* A halt strictly inside a bar makes all of its inside unmet; a GTX is not judged by an opening that
  was not met.
"""

from collections.abc import Iterable
from fractions import Fraction

from tests.oracle.life import Life
from tests.oracle.market import Bar, Instrument
from tests.oracle.orders import Accepted, Change, Order, Refused, VenueRules
from tests.oracle.splits import split_price

Late = tuple[str, Order, Change | None]


class Venue(Life):
    def __init__(self, rules: VenueRules, instruments: Iterable[Instrument]) -> None:
        instruments = list(instruments)
        super().__init__(rules, instruments)
        self.ambiguous_bars = 0
        self._late: dict[str, list[Late]] = {each.name: [] for each in instruments}
        self._halted: set[str] = set()

    # -- commands ------------------------------------------------------------------------------

    def arrive(self, order: Order, ts: int) -> None:
        self.orders[order.number] = order
        if order.time_in_force == "GTX" and order.order_type != "limit":
            self._reject(order, "post_only")
        elif order.parent is not None and order.parent not in self._live:
            self._reject(order, "unknown_parent")
        else:
            self._live[order.number] = order
            self.reports.append(Accepted(order))
            self._join(order, ts)

    def cancel(self, order: Order, ts: int) -> None:
        if order.ended:
            self.reports.append(Refused(order, "cancel"))
        elif self._is_inside(order.instrument, ts):
            self.met["cancel inside a bar"] += 1
            self._late[order.instrument].append(("cancel", order, None))
        else:
            self._end(order, "CANCELED", "asked_for")

    def replace(self, order: Order, change: Change, ts: int) -> None:
        if order.ended:
            self.reports.append(Refused(order, "replace"))
        elif self._is_inside(order.instrument, ts):
            self.met["replacement inside a bar"] += 1
            self._late[order.instrument].append(("replace", order, change))
        else:
            self._change(order, change, ts)

    def close_session(self, instruments: Iterable[str], ts: int) -> None:
        """DAY orders that began to work before `ts` expire."""
        for order in list(self._live.values()):
            is_of_the_day = order.time_in_force == "DAY" and order.instrument in instruments
            if is_of_the_day and order.started is not None and order.started < ts:
                if self._is_inside(order.instrument, ts):
                    self.met["session closed inside a bar"] += 1
                    self._late[order.instrument].append(("expire", order, None))
                elif not order.ended:
                    self._end(order, "EXPIRED", "session_closed")

    def split(self, instrument: str, numerator: int, denominator: int) -> None:
        """Carry every order across a split; one that has nothing left by it is CANCELED."""
        self.met["split with working orders"] += bool(self._working(instrument))
        ratio = Fraction(numerator, denominator)
        market = split_price(self._market.get(instrument), ratio)
        if market is not None:
            self._market[instrument] = market
        self._split(instrument, ratio)

    # -- bars ----------------------------------------------------------------------------------

    def opening(self, instrument: str, bar: Bar) -> None:
        self._under_way[instrument] = bar
        self._market[instrument] = bar.open
        self._left[instrument] = self.rules.share(bar)
        self._is_met[instrument] = instrument not in self._halted
        self._begin_pass(instrument)
        if self._is_met[instrument]:
            working = [o for o in self._working(instrument) if self._allowed[o.number] > 0]
            for order in working:
                if not order.ended and self._meet_opening(order, bar):
                    self._over.append(order)
        self._end_pass()

    def inside(self, instrument: str, bar: Bar) -> None:
        self._begin_pass(instrument)
        if self._is_met[instrument]:
            groups = self._ambiguous_groups(instrument, bar)
            self._is_certain = not groups
            for order in self._in_turn(instrument, groups):
                if order.ended or order.is_absent(bar):
                    continue
                if order.is_trigger:
                    if self._meet_stop_inside(order, bar):
                        self._over.append(order)
                elif self.rules.targets_first or order.group not in groups:
                    self._meet_limit_inside(order, bar)
            self.ambiguous_bars += not self._is_certain
            if groups:
                self.met["targets first" if self.rules.targets_first else "stops first"] += 1
            elif not self._is_certain:
                self.met["parent filled inside"] += 1
        self._end_pass()
        del self._under_way[instrument]
        self._market[instrument] = bar.close
        self._do_late(instrument, bar.ts_close)

    def halt(self, instrument: str, *, is_over: bool) -> None:
        """Nothing fills or is triggered; an inside counts only if trading was on all the while."""
        if is_over:
            self._halted.discard(instrument)
        else:
            self.met["halt with working orders"] += bool(self._working(instrument))
            self._halted.add(instrument)
            self._is_met[instrument] = False

    def _begin_pass(self, instrument: str) -> None:
        self._allowed = {order.number: self._room(order) for order in self._working(instrument)}
        self._over = []

    def _in_turn(self, instrument: str, groups: set[str]) -> list[Order]:
        """Orders as an inside serves them: with targets first, stops of these groups come last."""
        orders = self._working(instrument)
        if self.rules.targets_first:
            last = {o.number for o in orders if o.is_trigger and o.group in groups}
            last |= {o.number for o in orders if o.parent in last}
            orders.sort(key=lambda order: order.number in last)
        return orders

    def _meet_opening(self, order: Order, bar: Bar) -> bool:
        """Fill what the open allows; True if this opening was the only one the order may take."""
        if order.is_trigger:
            if not order.is_beyond(bar.open):
                return False
            order.triggered = True
            if order.order_type == "stop_limit":
                order.triggered_in = bar
                return False
        taker = not order.is_limit or not order.met_opening
        if order.is_limit:
            is_first, order.met_opening = not order.met_opening, True
            order.has_rested = True
            if not order.allows(bar.open):
                return order.takes_one_opening
            if order.time_in_force == "GTX":
                if is_first:
                    self._refuse_taking(order)
                    return False
                taker = False
        price = bar.open if order.is_limit else self.rules.worsened(bar.open, order.side)
        before = order.filled
        room = min(self._allowed[order.number], self._room(order))
        self._fill(order, room, price, bar.open, bar.ts_open, taker)
        if order.filled > before:
            order.filled_at_opening_of = bar
        return order.takes_one_opening

    def _meet_stop_inside(self, order: Order, bar: Bar) -> bool:
        """Trigger a stop that is reached, and fill it unless it is a stop-limit.

        True if this inside was the only moment that the order may take.
        """
        room = self._room(order)
        if room <= 0 or not self._is_reached(order, bar):
            return False
        assert order.stop_ticks is not None
        order.triggered = True
        if order.order_type == "stop":
            price = self.rules.worsened(order.stop_ticks, order.side)
            self._fill(order, room, price, order.stop_ticks, bar.ts_close, taker=True)
        return order.order_type == "stop" and order.takes_one_opening

    def _meet_limit_inside(self, order: Order, bar: Bar) -> None:
        room = min(self._allowed[order.number], self._room(order))
        if room <= 0 or not order.is_limit or order.takes_one_opening:
            return
        price = self._price_inside(order, bar)
        if price is not None:
            self._fill(order, room, price, price, bar.ts_close, taker=False)

    def _is_reached(self, order: Order, bar: Bar) -> bool:
        return order.is_beyond(_best(bar, -order.side))

    def _price_inside(self, order: Order, bar: Bar) -> int | None:
        """The price at which the inside of a bar meets a limit, if it does."""
        limit = order.limit_ticks
        assert limit is not None
        best, worst = _best(bar, order.side), _best(bar, -order.side)
        if not order.allows(best) or (best == limit and not self.rules.touch_fills):
            return None
        return min(limit, worst) if order.side > 0 else max(limit, worst)

    def _ambiguous_groups(self, instrument: str, bar: Bar) -> set[str]:
        """The groups of which a stop is reached and a limit gone through in this inside."""
        stops, limits = set(), set()
        for order in self._working(instrument):
            is_absent = order.is_absent(bar) or self._allowed[order.number] <= 0
            if is_absent or not order.group or order.filled_at_opening_of is bar:
                continue
            if order.is_trigger and self._is_reached(order, bar):
                stops.add(order.group)
            rests = order.is_limit and not order.takes_one_opening
            if rests and self._price_inside(order, bar) is not None:
                limits.add(order.group)
        return stops & limits

    def _end_pass(self) -> None:
        """Children of what an opening has filled start; what IOC and FOK have left is CANCELED."""
        for act in self._after_opening:
            act()
        self._after_opening.clear()
        for order in self._over:
            if not order.ended:
                self._end(order, "CANCELED", order.time_in_force.lower())

    def _do_late(self, instrument: str, ts: int) -> None:
        late, self._late[instrument] = self._late[instrument], []
        for what, order, change in late:
            if order.ended:
                continue
            if change is not None:
                self._change(order, change, ts)
            elif what == "cancel":
                self._end(order, "CANCELED", "asked_for")
            else:
                self._end(order, "EXPIRED", "session_closed")


def _best(bar: Bar, side: int) -> int:
    """The bar's best price for one who trades on this side."""
    return bar.low if side > 0 else bar.high
