"""What the account holds, told whole: its working orders, its positions, and a word at the end.

An order in doubt could change both while we ask. So the account is asked about only when no order
is under inquiry, and all parts of the answer are asked for at once.
"""

from msgspec import Raw, Struct

from trader.model.account import AccountReported
from trader.model.envelope import Message
from trader.model.units import INT64_MAX, Nanoseconds
from trader.venues.binance import reports, requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.foreign import Foreign, of_open_order
from trader.venues.binance.frames import AccountStatus, OrderState, body
from trader.venues.binance.grid import Grid
from trader.venues.binance.names import order_of
from trader.venues.execution_client import Turn


class _Survey(Struct):
    """One pass over the account: parts still open, and what the others said."""

    missing: int
    orders: dict[str, list[Message]]
    positions: list[Message]


class Holdings:
    """Answers `QueryAccount`, one at a time."""

    def __init__(
        self,
        line: Correspondence,
        grids: tuple[Grid, ...],
        again_ns: Nanoseconds,
        foreign: Foreign,
    ) -> None:
        self._line = line
        self._grids = grids
        self._again_ns = again_ns
        self._foreign = foreign
        self._wanted = ""
        self._survey: _Survey | None = None
        self._again: Nanoseconds = INT64_MAX

    @property
    def due(self) -> Nanoseconds:
        """When to ask anew after a part remained without an answer."""
        return self._again

    def want(self, request_id: str) -> None:
        """Somebody asked; a later question makes an earlier one void."""
        self._wanted = request_id
        self._survey = None
        self._again = 0

    def forget(self) -> None:
        """The connection is gone: whoever asked will ask again."""
        self._wanted = ""
        self._survey = None
        self._again = INT64_MAX

    def tick(self, now: Nanoseconds) -> Turn:
        """Asks if it is time; to be called only while no order is under inquiry."""
        if not self._wanted or self._survey is not None or self._again > now:
            return Turn()
        survey = _Survey(
            missing=len(self._grids) + 1,
            orders={grid.symbol: [] for grid in self._grids},
            positions=[],
        )
        self._survey = survey
        self._again = INT64_MAX
        turn = Turn()
        for grid in self._grids:
            turn += self._ask_orders(survey, grid, now)
        return turn + self._line.ask(
            Question(
                request=requests.account(),
                answered=lambda raw, at: self._on_account(survey, raw, at),
                refused=lambda _, at: self._fail(survey, at),
                unknown=lambda at: self._fail(survey, at),
            ),
            now,
        )

    def _ask_orders(self, survey: _Survey, grid: Grid, now: Nanoseconds) -> Turn:
        return self._line.ask(
            Question(
                request=requests.open_orders(grid),
                answered=lambda raw, at: self._on_orders(survey, grid, raw, at),
                refused=lambda _, at: self._fail(survey, at),
                unknown=lambda at: self._fail(survey, at),
            ),
            now,
        )

    def _on_orders(self, survey: _Survey, grid: Grid, raw: Raw, now: Nanoseconds) -> Turn:
        states = body(raw, tuple[OrderState, ...])
        told: list[Message] = []
        for state in states:
            name = order_of(state.client_id)[0]
            if self._foreign.is_foreign(name):
                told.append(of_open_order(state, name, grid))
            told.append(reports.of_open_order(state, grid))
        survey.orders[grid.symbol] = told
        return self._finish(survey, now)

    def _on_account(self, survey: _Survey, raw: Raw, now: Nanoseconds) -> Turn:
        account = body(raw, AccountStatus)
        survey.positions = [reports.of_account(account, grid, now) for grid in self._grids]
        return self._finish(survey, now)

    def _finish(self, survey: _Survey, now: Nanoseconds) -> Turn:
        survey.missing -= 1
        if survey.missing or survey is not self._survey:
            return Turn()
        told: list[Message] = [each for part in survey.orders.values() for each in part]
        told += survey.positions
        reported = AccountReported(request_id=self._wanted, count=len(told), ts_event=now)
        self.forget()
        return Turn(messages=[*told, reported])

    def _fail(self, survey: _Survey, now: Nanoseconds) -> Turn:
        if survey is self._survey:
            self._survey = None
            self._again = now + self._again_ns
        return Turn()
