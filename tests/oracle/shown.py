"""What stands at one instant, as a quote or a book shows it, and what is left of it for us."""

from dataclasses import dataclass, field


@dataclass
class Shown:
    """What stands there: price to lots for who buys (1) and who sells (-1); None is no limit.

    Our orders take from what is offered; what was displayed stays as it was.
    """

    ts: int
    offers: dict[int, dict[int, int | None]]
    displayed: dict[int, dict[int, int | None]] = field(init=False)

    def __post_init__(self) -> None:
        self.displayed = {side: dict(levels) for side, levels in self.offers.items()}

    def best_first(self, side: int) -> list[int]:
        return sorted(self.offers[side], reverse=side < 0)
