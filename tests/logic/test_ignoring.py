"""What strategies asked in vain is counted."""

from trader.logic.ignoring import Ignored, Ignoring
from trader.model.orders import CancelKey, ReplaceKey


def test_each_kind_of_each_strategy_has_its_first_key_and_instant() -> None:
    ignoring = Ignoring()
    for now, (strategy, key) in enumerate((("one", "k"), ("one", "j"), ("two", "i"))):
        assert ignoring.note(CancelKey(strategy=strategy, key=key), now) == ()
    ignoring.note(ReplaceKey(strategy="one", key="h", lots=1), 9)

    assert ignoring == {
        ("one", CancelKey): Ignored("k", 0, 2),
        ("two", CancelKey): Ignored("i", 2, 1),
        ("one", ReplaceKey): Ignored("h", 9, 1),
    }
