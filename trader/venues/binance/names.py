"""What an order of ours is called at the venue.

It leaves under its own id. Where the venue cannot change it, it is canceled and placed anew, and
since an id is never used twice it gets a name then: the id with a count behind it. Whatever the
venue says of a name it says of the order.
"""

import re
from typing import Final

LENGTH_MAX: Final = 36

_NAME: Final = re.compile(r"(.+-[0-9]+-[0-9]+)_([0-9]{1,9})", re.ASCII)


def name_of(client_order_id: str, count: int) -> str:
    """The name of an order that is placed for the `count`th time after the first.

    >>> name_of("main-x-3-1", 0), name_of("main-x-3-1", 2)
    ('main-x-3-1', 'main-x-3-1_2')
    """
    return f"{client_order_id}_{count}" if count else client_order_id


def order_of(name: str) -> tuple[str, int]:
    """The id of the order that has this name, and its count.

    >>> order_of("main-x-3-1_2"), order_of("main-a_b-3-1"), order_of("web_1")
    (('main-x-3-1', 2), ('main-a_b-3-1', 0), ('web_1', 0))
    """
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2])) if found else (name, 0)
