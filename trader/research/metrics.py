"""The figures of a run: exact text for money, floats for ratios, counts for the rest.

They come from the tables alone: the end of the account from its last equity row, drawdown from
all of them, the strategies' shares from the fills.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from trader.config.schema import Config
from trader.model.money import MoneyScale
from trader.model.orders import OrderStatus
from trader.model.units import Money
from trader.research.outcome import Ledger, Outcome, ledgers

ROWS: Final = ("equity", "cash", "realized", "unrealized")


def account_metrics(outcome: Outcome, cash: Money) -> dict[str, Any]:
    """The account's figures, and how often what happened; `cash` is what it began with."""
    tables, scale = outcome.tables, outcome.scale
    equity = tables.tables["equity"]
    last = equity.row(len(equity) - 1)
    amounts = {name: scale.text(last[name]) for name in ROWS}
    return {
        "equity_final": amounts["equity"],
        "cash_final": amounts["cash"],
        "realized": amounts["realized"],
        "unrealized": amounts["unrealized"],
        "return": (last["equity"] - cash) / cash,
        "max_drawdown": max_drawdown(equity.column("equity"), cash),
        "fills": len(tables.tables["fills"]),
        "orders": len(tables.tables["orders"]),
        "denials": len(tables.tables["denials"]),
        "ambiguous_bars": outcome.ambiguous_bars,
    }


def max_drawdown(rows: Sequence[Money], peak: Money) -> float:
    """The deepest fall below the highest equity so far, as a fraction of it; `peak` comes first."""
    deepest = 0.0
    for equity in rows:
        peak = max(peak, equity)
        deepest = max(deepest, (peak - equity) / peak)
    return deepest


def strategy_metrics(outcome: Outcome, config: Config) -> dict[str, dict[str, Any]]:
    """Each strategy's figures; `return` is on an equal share of the opening cash."""
    scale = outcome.scale
    cash = scale.of(config.account.cash)
    instruments = {each.name: each.instrument for each in config.strategies}
    return {
        name: {"instrument": instruments[name], **_share(ledger, scale, cash, len(instruments))}
        for name, ledger in ledgers(outcome, instruments).items()
    }


def _share(ledger: Ledger, scale: MoneyScale, cash: Money, count: int) -> dict[str, Any]:
    return {
        "fills": ledger.fills,
        "lots": ledger.lots,
        "realized": scale.text(ledger.realized),
        "unrealized": scale.text(ledger.unrealized),
        "return": (ledger.realized + ledger.unrealized) * count / cash,
    }


def orders_by_status(outcome: Outcome) -> dict[str, int]:
    """How many orders ended, or stand, in each status; the most frequent first."""
    tables = outcome.tables
    status = dict.fromkeys(tables.tables["orders"].column("order"), 0)
    changes = tables.tables["statuses"]
    status |= zip(changes.column("order"), changes.column("status"), strict=True)
    return _most(OrderStatus(value).name for value in status.values())


def denials_by_code(outcome: Outcome) -> dict[str, int]:
    """How many orders each rule denied; the most frequent first."""
    codes = list(outcome.tables.names["codes"])
    return _most(codes[code] for code in outcome.tables.tables["denials"].column("code"))


def _most(words: Iterable[str]) -> dict[str, int]:
    counted = Counter(words)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
