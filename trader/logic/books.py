"""What the portfolio remembers: the account's money, holdings by instrument, positions."""

from dataclasses import dataclass

from trader.logic.splits import cash_in_lieu, split_lots
from trader.model.units import NONE, Lots, Money


@dataclass(slots=True)
class Position:
    """One strategy's holding of one instrument; cost and realized are in tick x lot.

    `income` is money that came without a trade: dividends, fractions paid out at a split.
    """

    lots: Lots = 0
    cost: int = 0
    realized: int = 0
    fees: Money = 0
    income: Money = 0


@dataclass(slots=True, kw_only=True)
class Holding:
    """The account's holding of one instrument.

    `mark` is in half ticks (the first fill's price before there is a price), `half` money for one
    of a lot, `worth` for one of all lots; `quoted` once a quote with both sides has come.
    """

    half: Money
    lots: Lots = 0
    worth: Money = 0
    mark: int = NONE
    quoted: bool = False


@dataclass(slots=True, kw_only=True)
class PortfolioState:
    """Everything the account owns, by strategy and in sum.

    `session` is its worth when the session began; somebody must hear of a worth below `alarm`,
    which follows from what it is `allowed` to lose, as fractions.
    """

    cash: Money
    equity: Money
    peak: Money
    session: Money
    alarm: Money
    holdings: dict[str, Holding]
    allowed: dict[str, tuple[int, int] | None]
    positions: dict[str, dict[str, Position]]


def split_position(position: Position, holding: Holding, ratio: tuple[int, int]) -> Money:
    """Changes a position by a split; returns the cash for what is lost of a lot.

    The fraction is sold at the holding's mark, which is that of after the split. Its share of the
    cost is released, rounded toward zero, and both enter the income.
    """
    paid, released = cash_in_lieu(
        position.lots, position.cost, ratio, mark=holding.mark, half=holding.half
    )
    position.lots = split_lots(position.lots, *ratio)
    position.cost -= released
    position.income += paid - 2 * holding.half * released
    return paid
