"""Which rule strikes what: by its pattern, its share, its count and its time."""

import pytest

from sims.servers.binance.scenarios.rules import AnyRule, Drop, Lose
from sims.servers.binance.scenarios.scenario import Scenario

SECOND = 1_000_000_000


def struck(scenario: Scenario, subjects: list[str]) -> list[str | None]:
    def word(rule: AnyRule | None) -> str | None:
        return None if rule is None else type(rule).__name__

    return [word(scenario.strike(subject, lambda _: True)) for subject in subjects]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Drop(what="order.*"), ["Drop", "Drop", None]),
        (Drop(what="order.place"), ["Drop", None, None]),
        (Drop(what="*", skip=1), [None, "Drop", "Drop"]),
        (Drop(what="*", times=2), ["Drop", "Drop", None]),
        (Drop(what="*", share=0), [None, None, None]),
        (Drop(what="*", skip=1, times=1), [None, "Drop", None]),
    ],
)
def test_a_rule_strikes_what_fits(rule: AnyRule, expected: list[str | None]) -> None:
    scenario = Scenario(lambda: 0, rules=[rule])

    assert struck(scenario, ["order.place", "order.cancel", "ping"]) == expected


def test_the_first_rule_that_strikes_does() -> None:
    scenario = Scenario(lambda: 0, rules=[Drop(what="order.*", times=1), Lose(what="*")])

    assert struck(scenario, ["ping", "order.place", "order.place"]) == ["Lose", "Drop", "Lose"]


def test_a_rule_holds_between_two_instants_after_it_came_into_force() -> None:
    now = [5 * SECOND]
    scenario = Scenario(lambda: now[0])
    scenario.add(Drop(what="*", from_s=1, to_s=2))
    told = []
    for at_ms in (0, 999, 1_000, 1_999, 2_000):
        now[0] = 5 * SECOND + at_ms * 1_000_000
        told += struck(scenario, ["ping"])

    assert told == [None, None, "Drop", "Drop", None]


def test_a_share_is_drawn_for_each_rule_by_itself() -> None:
    alone = Scenario(lambda: 0, seed=9, rules=[Drop(what="a", share=0.5)])
    beside = Scenario(
        lambda: 0, seed=9, rules=[Drop(what="a", share=0.5), Lose(what="b", share=0.5)]
    )

    mixed = struck(beside, ["a", "b"] * 50)
    assert struck(alone, ["a"] * 50) == mixed[::2]
    assert set(mixed[1::2]) == {None, "Lose"}
    assert mixed[::2].count("Drop") in range(15, 36)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_a_part_of_one(share: float) -> None:
    with pytest.raises(ValueError, match="no part of one"):
        Drop(what="*", share=share)
