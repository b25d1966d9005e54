"""Which rule strikes what: rules in force, each with a stream of chance of its own."""

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from itertools import count
from typing import Final

from msgspec import Struct

from sims.seeds import stream
from sims.servers.binance.scenarios.rules import AnyRule

NS_PER_S: Final = 1_000_000_000
PERMILLION: Final = 1_000_000


class InForce(Struct, kw_only=True):
    """A rule, what it has seen and struck, and since when it holds."""

    number: int
    rule: AnyRule
    chance: Callable[[int], int]
    since_ns: int
    seen: int = 0
    struck: int = 0

    def strikes(self, subject: str, now: int) -> bool:
        """Say whether this subject is struck; each that fits is counted, and drawn for."""
        rule = self.rule
        age_s = (now - self.since_ns) / NS_PER_S
        if age_s < rule.from_s or (rule.to_s is not None and age_s >= rule.to_s):
            return False
        if not fnmatchcase(subject, rule.what):
            return False
        self.seen += 1
        is_drawn = self.chance(PERMILLION) < rule.share * PERMILLION
        if self.seen <= rule.skip or not is_drawn:
            return False
        if rule.times is not None and self.struck >= rule.times:
            return False
        self.struck += 1
        return True


class Scenario:
    """The rules in force; they may come and go while the venue runs.

    What strikes is a matter of the seed, of the rules in their order, and of what passes by.
    """

    def __init__(
        self, now: Callable[[], int], seed: int = 1, rules: Iterable[AnyRule] = ()
    ) -> None:
        self.in_force: list[InForce] = []
        self._now: Final = now
        self._seed: Final = seed
        self._numbers: Final = count(1)
        for rule in rules:
            self.add(rule)

    def add(self, rule: AnyRule) -> int:
        """Put a rule in force; return its number."""
        number = next(self._numbers)
        chance = stream(self._seed, f"scenario/{number}").randrange
        self.in_force.append(InForce(number=number, rule=rule, chance=chance, since_ns=self._now()))
        return number

    def clear(self) -> None:
        """Let no rule hold any more."""
        self.in_force = []

    def strike(self, subject: str, applies: Callable[[AnyRule], bool]) -> AnyRule | None:
        """Return the first rule that strikes `subject`, of those that apply."""
        if not self.in_force:
            return None
        now = self._now()
        for each in self.in_force:
            if applies(each.rule) and each.strikes(subject, now):
                return each.rule
        return None
