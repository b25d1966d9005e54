"""What a fill does to a position and to cash, exactly: integers in, integers out.

A position is signed lots and their cost in tick x lot (negative for a short). For every position,
at every moment: flow = realized - cost, where flow is minus the sum of lots x ticks of its fills.
"""

from trader.kernels.kernel import kernel


@kernel
def truncated(a: int, b: int) -> int:
    """The quotient a / b rounded toward zero, b > 0."""
    return a // b if a >= 0 else -(-a // b)


@kernel
def closed_lots(position: int, lots: int) -> int:
    """How many lots of the position a fill of `lots` closes (0 if it adds)."""
    if position > 0 > lots:
        return min(position, -lots)
    if position < 0 < lots:
        return min(-position, lots)
    return 0


@kernel
def released_cost(position: int, cost: int, closed: int) -> int:
    """The part of the cost that leaves with `closed` lots, cost * closed / |position| toward zero.

    Split as whole ticks and a remainder, so that the product stays inside int64.
    """
    size = abs(position)
    if closed == size:
        return cost
    whole = truncated(cost, size)
    return whole * closed + truncated((cost - whole * size) * closed, size)


@kernel
def booked(position: int, cost: int, lots: int, ticks: int) -> tuple[int, int]:
    """What a fill realizes, in tick x lot, and the position's cost after it.

    A reducing fill realizes the proceeds of what it closes less the cost released; one through
    zero closes all and opens the rest.
    """
    closed = closed_lots(position, lots)
    if closed == 0:
        return 0, cost + lots * ticks
    released = released_cost(position, cost, closed)
    if position > 0:
        return closed * ticks - released, cost - released + (lots + closed) * ticks
    return -closed * ticks - released, cost - released + (lots - closed) * ticks
