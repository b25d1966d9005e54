"""No order leaves twice, and none of a former epoch.

The order manager counts a strategy's orders within its epoch. They do not always leave in that
order, so the last counts are remembered one by one, and all before them as one number.
"""

from typing import Final

COUNTS_MAX: Final = 1_024
"""How many counts of a strategy are remembered one by one."""


class Once:
    """Lets each client order id of one epoch pass a single time."""

    def __init__(self, epoch: int, counts_max: int = COUNTS_MAX) -> None:
        self._epoch = epoch
        self._counts_max = counts_max
        self._passed: dict[str, dict[int, bool]] = {}
        self._floors: dict[str, int] = {}

    def passes(self, client_order_id: str) -> bool:
        """Whether this id may leave now; from then on it may not.

        >>> once = Once(2)
        >>> [once.passes(f"main-x-2-{count}") for count in (1, 3, 2, 3)]
        [True, True, True, False]
        >>> once.passes("main-x-1-9"), once.passes("main-y-2-1")
        (False, True)
        """
        owner, epoch, digits = client_order_id.rsplit("-", 2)
        count, passed = int(digits), self._passed.setdefault(owner, {})
        if int(epoch) != self._epoch or count in passed or count <= self._floors.get(owner, 0):
            return False
        passed[count] = True
        if len(passed) > self._counts_max:
            eldest = next(iter(passed))
            del passed[eldest]
            self._floors[owner] = max(self._floors.get(owner, 0), eldest)
        return True
