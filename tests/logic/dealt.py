"""A dealer with one desk and one order, so that a test names only what it is about."""

from typing import Final

from trader.logic.dealing import Dealing, Orders
from trader.logic.desk import Desk, Order
from trader.model.orders import OrderRole

ID: Final = "main-one-3-1"


def dealing(**given: object) -> tuple[Dealing, Desk, Order]:
    """A dealer in its third life, with one desk and one order of ten lots on it."""
    desk = Desk(instrument="A.v", count=1, working=[ID])
    order = Order(strategy="one", lots=10, role=OrderRole.TARGET)
    for name, value in given.items():
        setattr(order, name, value)
    return Dealing(Orders(orders={ID: order}, desks={"one": desk}, epoch=3), "main"), desk, order
