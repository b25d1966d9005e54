"""Columns without a header."""

from pathlib import Path
from typing import Any

import pytest

from trader.data.defects import Source
from trader.data.tables.positions import positioned
from trader.errors import DataError

SOURCE = Source(name="A.x", path=Path("prices.csv"), kind="data")


@pytest.mark.parametrize(
    ("row", "given", "kind", "roles"),
    [
        ("2020-01-02,1,3,0.5,2,9", None, "bars", "time open high low close volume"),
        ("20200102 093000;1;3;0.5;2", None, "bars", "time open high low close"),
        ("2020.01.02,09:30,1,3,0.5,2,9", None, "bars", "time clock open high low close volume"),
        ("20200102,093000,1,3,0.5,2,9", None, "bars", "time clock open high low close volume"),
        ("A,1600000000000,1,3,0.5,2", None, "bars", "- time open high low close"),
        ("1600000000,1.5,2", "trades", "trades", "time price size"),
        ("1600000000,1.50,1.51", "quotes", "quotes", "time bid ask"),
        ("1600000000,1.50,1.51,0", "quotes", "quotes", "time bid ask"),
        ("1600000000,1.50,1.51,20,30", "quotes", "quotes", "time bid ask bid_size ask_size"),
        ("1600000000,1.50,20,1.51,30", "quotes", "quotes", "time bid bid_size ask ask_size"),
        ("7,1.5,2,3.0,1600000000000,true", None, "trades", "trade_id price size - time maker"),
        (
            "7,1.5,2,8,9,1600000000000,False,True",
            None,
            "trades",
            "trade_id price size - - time maker",
        ),
    ],
)
def test_columns_that_prove_themselves(row: str, given: Any, kind: str, roles: str) -> None:
    cells = row.split(";" if ";" in row else ",")
    wanted = {name: at for at, name in enumerate(roles.split()) if name != "-"}

    found, columns, findings = positioned(SOURCE, [cells, cells], given)

    assert (found, dict(columns)) == (kind, wanted)
    assert findings[0].origin == ("given" if given else "found")


@pytest.mark.parametrize(
    ("row", "given"),
    [
        ("1600000000,1.5,2", None),
        ("1600000000,1.51,1.50", "quotes"),
        ("1600000000,1.5,x", "trades"),
        ("1600000000,1,2,3,4,5,6,7", "quotes"),
        ("1,2,3,4,5,6", None),
        ("2020-01-02,1,3,0.5,x,9", None),
        ("2020-01-02,3,1,0.5,2,9", "bars"),
        ("1600000000,1,bid,2,3", "depth"),
    ],
)
def test_columns_that_do_not_are_refused(row: str, given: Any) -> None:
    cells = row.split(",")

    with pytest.raises(DataError, match="there is no header") as caught:
        positioned(SOURCE, [cells, cells], given)

    assert "give it one, such as time," in caught.value.hint
