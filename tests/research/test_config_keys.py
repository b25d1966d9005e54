"""Configurations key by key."""

from pathlib import Path

from tests.research import stories
from tests.research.stories import CROSS
from trader.config.loader import load
from trader.research.config_keys import Scalar, differing, keys_of


def keys(folder: Path, text: str) -> dict[str, Scalar]:
    path = folder / "traderd.yaml"
    path.write_text(text)
    return keys_of(load(path, exists=lambda _: True))


def test_items_of_lists_go_by_their_names(tmp_path: Path) -> None:
    found = keys(tmp_path, stories.config(CROSS.replace("EXITS", "[{kind: atr_stop, k: 2.50}]")))

    assert found["instruments.X.y.tick"] == "0.01"
    assert found["data.X.y.bars.1m.path"] == "bars.parquet"
    assert found["strategies.cross.params.fast"] == 1
    assert found["strategies.cross.exits.atr_stop.k"] == "2.5"
    assert found["run.seed"] == 7
    assert "base_dir" not in found


def test_a_strategy_more_makes_only_its_own_keys_differ(tmp_path: Path) -> None:
    one = CROSS.replace("EXITS", "[]")
    first = keys(tmp_path, stories.config(one))
    second = keys(tmp_path, stories.config(one.replace("name: cross", "name: other"), one))

    found = differing(first, second)

    assert {each["key"].split(".")[1] for each in found} == {"other"}
    assert {each["a"] for each in found} == {None}


def test_both_values_are_told_in_the_order_of_the_keys() -> None:
    told = differing({"b": 1, "a": 2, "same": 0}, {"same": 0, "b": 3, "c": None})

    assert told == [{"key": "a", "a": 2, "b": None}, {"key": "b", "a": 1, "b": 3}]
