"""Strategies driven bar by bar, the way their actor drives them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from tests.kernels.slow import bar
from trader.kernels.kernel import HOLD
from trader.model.market import BarClosed
from trader.strategies.library import BUNDLED
from trader.strategies.params import PARAMS
from trader.strategies.strategy import Answer, Side, Strategy


def bundled(name: str, **params: Any) -> Strategy:
    """A bundled strategy, for one lot where nothing else is said."""
    given = {"lots": 1, **params}
    return BUNDLED[name](msgspec.convert(given, PARAMS[name], strict=False))


def ask(strategy: Strategy, closed: BarClosed) -> Answer:
    """Its answer: from the step where the rule is one, else from `on_bar`."""
    step = strategy.short_way
    if step is None:
        return strategy.on_bar(closed)
    says = step(strategy.state, closed)
    return None if says == HOLD else strategy.answer(says, closed.close_ticks)


def answers(
    strategy: Strategy, closes: Sequence[int], *, ended: Sequence[int] = (), lots: int = 1_000
) -> list[Answer]:
    """One answer a close; after the rows in `ended` an exit ends what the strategy aims at.

    Each bar has so many `lots`.
    """
    out = []
    aim = 0
    for row, close in enumerate(closes):
        answer = ask(strategy, bar(close, row=row, lots=lots))
        out.append(answer)
        aim = answer.sign if isinstance(answer, Side) else aim
        if aim and row in ended:
            strategy.on_flat(exited=True)
            aim = 0
    return out


def signs(said: Sequence[Answer]) -> list[int | None]:
    """The sides alone."""
    return [answer.sign if isinstance(answer, Side) else None for answer in said]


def reasons(said: Sequence[Answer]) -> list[str]:
    """Why, without the silent bars."""
    return [answer.reason for answer in said if isinstance(answer, Side)]
