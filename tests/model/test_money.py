"""Money in whole quanta: nothing rounds, and what is written can be read back."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.model.money import FEE_PLACES, MoneyScale, money_scale, places_of, plain

# Up to 18 digits, the point anywhere among them or zeros behind them.
AMOUNTS = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(-(10**18), 10**18),
    st.integers(-12, 4),
)
STEPS = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(1, 10**5),
    st.integers(-8, 1),
)


def scale(places: int) -> MoneyScale:
    return MoneyScale(places=places, half={"X.v": 5})


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("0.00", "0"),
        ("-0.00", "0"),
        ("0E+3", "0"),
        ("0E-30", "0"),
        ("1", "1"),
        ("100", "100"),
        ("1E+2", "100"),
        ("1.50", "1.5"),
        ("-12.500", "-12.5"),
        ("1.2E-7", "0.00000012"),
        ("-1E-30", "-0.000000000000000000000000000001"),
        ("123456789012345678901234567890.10", "123456789012345678901234567890.1"),
    ],
)
def test_money_is_written_plainly(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text


@given(AMOUNTS)
def test_plain_text_has_no_exponent_and_no_trailing_zeros(amount: Decimal) -> None:
    text = plain(amount)

    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", text)
    assert text != "-0"
    assert Decimal(text) == amount


@pytest.mark.parametrize(
    ("amount", "places"),
    [
        ("0", 0),
        ("0.00", 0),
        ("5", 0),
        ("50", 0),
        ("5E+3", 0),
        ("0.5", 1),
        ("0.0100", 2),
        ("-1.005", 3),
    ],
)
def test_places_are_those_an_amount_needs(amount: str, places: int) -> None:
    assert places_of(Decimal(amount)) == places


@given(AMOUNTS)
def test_no_fewer_places_would_do(amount: Decimal) -> None:
    places = places_of(amount)

    assert (Fraction(amount) * 10**places).denominator == 1
    assert places == 0 or (Fraction(amount) * 10 ** (places - 1)).denominator > 1


@pytest.mark.parametrize(
    ("places", "amount", "quanta"),
    [
        (0, "5", 5),
        (2, "5", 500),
        (2, "-0.05", -5),
        (5, "100000", 10_000_000_000),
        (8, "1E-8", 1),
        (2, "1.50", 150),
        (2, "1.5000000", 150),  # zeros behind the quantum round nothing
    ],
)
def test_an_amount_in_quanta(places: int, amount: str, quanta: int) -> None:
    assert scale(places).of(Decimal(amount)) == quanta


@pytest.mark.parametrize(
    ("places", "amount"), [(2, "0.005"), (2, "0.001"), (0, "0.5"), (8, "1E-9"), (2, "-1.234")]
)
def test_what_would_round_is_refused(places: int, amount: str) -> None:
    with pytest.raises(ValueError, match="no multiple"):
        scale(places).of(Decimal(amount))


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 18))
def test_text_is_the_exact_amount_and_reads_back(quanta: int, places: int) -> None:
    text = scale(places).text(quanta)

    assert Fraction(text) == Fraction(quanta, 10**places)
    assert scale(places).of(Decimal(text)) == quanta


def test_a_tick_times_a_lot_is_two_halves() -> None:
    assert scale(3).tick_lot("X.v") == 10


@pytest.mark.parametrize(
    ("grids", "cash", "fees", "places", "half"),
    [
        # Half of 0.0001 x 1 needs five places.
        ([("X.v", "0.0001", "1")], "100000", False, 5, {"X.v": 5}),
        ([("X.v", "0.01", "0.00001")], "1000", False, 8, {"X.v": 5}),
        ([("X.v", "2", "1")], "1000", False, 0, {"X.v": 1}),  # half a tick is whole money
        ([("X.v", "0.5", "100")], "1000", False, 0, {"X.v": 25}),
        ([("X.v", "2", "1")], "1000.25", False, 2, {"X.v": 100}),  # the cash needs the most
        ([("X.v", "2", "1")], "1000", True, FEE_PLACES, {"X.v": 10**8}),  # the fees do
        ([("X.v", "1E-9", "1")], "1000", True, 10, {"X.v": 5}),  # a price finer than any fee
        ([("X.v", "0.01", "1"), ("Y.v", "0.0001", "10")], "1", False, 4, {"X.v": 50, "Y.v": 5}),
        ([], "0.5", False, 1, {}),
    ],
)
def test_scales_worked_by_hand(
    grids: list[tuple[str, str, str]],
    cash: str,
    fees: bool,
    places: int,
    half: dict[str, int],
) -> None:
    made = money_scale(
        [(name, Decimal(tick), Decimal(lot)) for name, tick, lot in grids], Decimal(cash), fees=fees
    )

    assert made == MoneyScale(places=places, half=half)


@given(st.lists(st.tuples(STEPS, STEPS), max_size=4), AMOUNTS, st.booleans())
def test_the_quantum_divides_everything_and_is_no_finer_than_needed(
    steps: list[tuple[Decimal, Decimal]], cash: Decimal, fees: bool
) -> None:
    grids = [(f"X{k}.v", tick, lot) for k, (tick, lot) in enumerate(steps)]
    made = money_scale(grids, cash, fees=fees)
    quantum = Fraction(1, 10**made.places)
    counted = [Fraction(tick) * Fraction(lot) / 2 for _, tick, lot in grids]

    assert {name: count * quantum for name, count in made.half.items()} == dict(
        zip([name for name, _, _ in grids], counted, strict=True)
    )
    assert made.of(cash) * quantum == Fraction(cash)
    counted += [Fraction(cash), *([Fraction(1, 10**FEE_PLACES)] if fees else [])]
    coarser = 10 * quantum
    assert made.places == 0 or any((each / coarser).denominator > 1 for each in counted)
