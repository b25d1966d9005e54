"""No order leaves twice, and none of a former epoch.

The order manager counts a strategy's orders within an epoch, and they leave in that order. So one
number for each strategy is enough to know every id that has passed.
"""


class Once:
    """Lets each client order id of one epoch pass a single time."""

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch
        self._passed: dict[str, int] = {}

    def passes(self, client_order_id: str) -> bool:
        """Whether this id may leave now; from then on it may not.

        >>> once = Once(2)
        >>> [once.passes(id) for id in ("main-x-2-1", "main-x-2-1", "main-x-1-9", "main-x-2-3")]
        [True, False, False, True]
        """
        owner, epoch, count = client_order_id.rsplit("-", 2)
        if int(epoch) != self._epoch or int(count) <= self._passed.get(owner, 0):
            return False
        self._passed[owner] = int(count)
        return True
