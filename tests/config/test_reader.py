"""Every mistake that concerns one key is told with its line, its key and a way out."""

import pytest

from tests.config.loading import RIGHT, LoadText
from trader.errors import ConfigError

SEED, CASH, TICK = "seed: 7", 'cash: "100000"', 'tick: "0.01"'
FAST, RISK = "fast: 12", "risk: {}"

OWN = "file: my.py\n    instrument: BTCUSDT.binance\n    params: {fast: "
BUNDLED = "type: ema_cross\n    instrument: BTCUSDT.binance\n    params: {fast: 12"


# What is altered, into what, the place in the error, parts of its message and of its hint.
MISTAKES = [
    # Unknown keys: the nearest known one, else all of them.
    (SEED, "sede: 7", ":1 (run.sede)", "unknown key 'sede'", "did you mean seed?"),
    ("risk: {}", "rsk: {}", ":24 (rsk)", "unknown key 'rsk'", "did you mean risk?"),
    (SEED, "Seed: 7", ":1 (run.Seed)", "unknown key 'Seed'", "did you mean seed?"),
    (SEED, "zzz: 7", ":1 (run.zzz)", "unknown key", "known: name, seed, from, to, gear, off_grid"),
    (FAST, "fats: 12", ":16 (strategies.cross.params.fats)", "unknown key", "did you mean fast?"),
    ("entry: 2.5", "entri: 2.5", ":21 (strategies.fade.params.entri)", "unknown", "mean entry?"),
    (FAST, "<<: 12", ":16 (strategies.cross.params.<<)", "unknown key '<<'", "known: fast"),
    (RISK, "risk: {lot_max: 1}", ":24 (risk.lot_max)", "unknown key", "did you mean lots_max?"),
    # Known, but nothing acts upon them yet.
    # Missing keys.
    (SEED, "gear: step", "", "", ""),
    ("name: trial, ", "", ":1 (run.name)", "missing key 'name'", "add `name: ...`"),
    (f", {CASH}", "", ":2 (account.cash)", "missing key 'cash'", "add `cash: ...`"),
    ("account: ", "x-account: ", ":2 (x-account)", "unknown key", "did you mean account?"),
    # Wrong types.
    (SEED, "seed: seven", ":1 (run.seed)", "expected a whole number, got 'seven'", ""),
    (SEED, "seed: 7.5", ":1 (run.seed)", "expected a whole number, got '7.5'", ""),
    (SEED, 'seed: "7"', ":1 (run.seed)", "got the text '7'", "write it without quotes"),
    (SEED, "seed: 1_000", ":1 (run.seed)", "got '1_000'", "write 1000"),
    (SEED, "seed: 1:30", ":1 (run.seed)", "expected a whole number, got '1:30'", ""),
    (SEED, "seed: 007", ":1 (run.seed)", "expected a whole number, got '007'", ""),
    (SEED, "seed: true", ":1 (run.seed)", "expected a whole number, got 'true'", ""),
    (SEED, "seed: ~", ":1 (run.seed)", "expected a whole number, got nothing", ""),
    (SEED, "seed: [7]", ":1 (run.seed)", "expected a single value, got a list", ""),
    (SEED, "seed: {a: 7}", ":1 (run.seed)", "expected a single value, got keys with", ""),
    (SEED, "seed: -1", ":1 (run.seed)", "must be at least 0, got '-1'", ""),
    (SEED, f"seed: {2**63}", ":1 (run.seed)", f"must be at most {2**63 - 1}", ""),
    (SEED, f"seed: {'9' * 400}", ":1 (run.seed)", "expected a whole number", ""),
    ("name: trial", "name: 2024", ":1 (run.name)", "expected a text, got '2024'", "in quotes"),
    ("name: trial", "name: null", ":1 (run.name)", "expected a text, got nothing", ""),
    ("touch_fills: false", "touch_fills: no", ":23 (venue.touch_fills)", "expected true or", ""),
    ("touch_fills: false", 'touch_fills: "true"', ":23 (venue.touch_fills)", "the text 'true'",
     "write it without quotes"),
    ("touch_fills: false", "touch_fills: 1", ":23 (venue.touch_fills)", "true or false", ""),
    (RISK, "risk:", ":24 (risk)", "expected keys with values, got nothing", "leave the key out"),
    (RISK, "risk: 5", ":24 (risk)", "expected keys with values, got '5'", ""),
    (RISK, "risk: []", ":24 (risk)", "expected keys with values, got a list", ""),
    ("strategies:\n", "strategies: {}\nx:\n", ":13 (x)", "unknown key 'x'", ""),
    ("data:\n", "data: 5\nventure:\n", ":11 (venture)", "unknown key", "did you mean venue?"),
    # Bounds and notations of decimals.
    (CASH, "cash: -5", ":2 (account.cash)", "must be above 0, got '-5'", ""),
    (CASH, "cash: 0", ":2 (account.cash)", "must be above 0, got '0'", ""),
    (CASH, "cash: 0.000000001", ":2 (account.cash)", "more than 8 decimal places", ""),
    (CASH, "cash: 92233720369", ":2 (account.cash)", "must be at most 92233720368", ""),
    (CASH, "cash: 1e5", ":2 (account.cash)", "expected a decimal number", "write 100000"),
    (CASH, "cash: 100,000", ":2 (account.000)", "unknown key '000'", ""),
    (CASH, 'cash: "100,000"', ":2 (account.cash)", "expected a decimal", "write 100000"),
    (CASH, "cash: .nan", ":2 (account.cash)", "expected a decimal number, got '.nan'", ""),
    (CASH, 'cash: "NaN"', ":2 (account.cash)", "expected a decimal number, got 'NaN'", ""),
    (CASH, "cash: .inf", ":2 (account.cash)", "expected a decimal number", ""),
    (CASH, "cash: true", ":2 (account.cash)", "expected a decimal number, got 'true'", ""),
    (CASH, "cash: null", ":2 (account.cash)", "expected a decimal number, got nothing", ""),
    (CASH, "cash: 1.0000000000000000000000000001", ":2 (account.cash)", "at most 28 digits", ""),
    (CASH, "cash: 1e999999999", ":2 (account.cash)", "expected a decimal number", ""),
    (TICK, "tick: 0", ":4 (instruments.BTCUSDT.binance.tick)", "must be above 0, got '0'", ""),
    (TICK, "tick: -0.01", ":4 (instruments.BTCUSDT.binance.tick)", "must be above 0", ""),
    ('lot: "0.00001"', "lot: 0", ":4 (instruments.BTCUSDT.binance.lot)", "must be above 0", ""),
    ("participation: null", "participation: 0", ":23 (venue.participation)", "above 0", ""),
    ("participation: null", "participation: 1.1", ":23 (venue.participation)", "at most 1", ""),
    ("slippage_bps: 0", "slippage_bps: -1", ":23 (venue.slippage_bps)", "at least 0", ""),
    ("slippage_bps: 0", "slippage_ticks: -1", ":23 (venue.slippage_ticks)", "at least 0", ""),
    ("slippage_bps: 0", "slippage_bps: 0.0123456789", ":23 (venue.slippage_bps)", "than 9 dec", ""),
    ("weight: 0.25", "weight: 0", ":22 (strategies.fade.params.weight)", "must be above 0", ""),
    ("weight: 0.25", "weight: 11", ":22 (strategies.fade.params.weight)", "at most 10", ""),
    ("lots: 100", "lots: -100", ":16 (strategies.cross.params.lots)", "must be at least 1", ""),
    ("lots: 100", "lots: 0", ":16 (strategies.cross.params.lots)", "must be at least 1", ""),
    (FAST, "fast: twelve", ":16 (strategies.cross.params.fast)", "a whole number", ""),
    (FAST, "fast: 12.0", ":16 (strategies.cross.params.fast)", "a whole number, got '12.0'", ""),
    (RISK, "risk: {drawdown_max: 20}", ":24 (risk.drawdown_max)", "must be at most 1", ""),
    (RISK, "risk: {lots_max: 0}", ":24 (risk.lots_max)", "must be at least 1, got '0'", ""),
    # Choices, names, currencies, intervals, instants.
    (SEED, "gear: fussed", ":1 (run.gear)", "expected one of auto, fused, step", "mean fused?"),
    (SEED, "gear: ~", ":1 (run.gear)", "got nothing", ""),
    ("direction: both", "direction: short", ":16 (strategies.cross.params.direction)", "both", ""),
    ("currency: USD, cash", "currency: usd, cash", ":2 (account.currency)", "capital letters", ""),
    ("currency: USD, cash", "currency: $, cash", ":2 (account.currency)", "capital letters", ""),
    ("name: cross", "name: a/b", ":13 (strategies.a/b.name)", "expected letters, digits", ""),
    ("name: cross", "name: ../x", ":13 (strategies.../x.name)", "a letter first", ""),
    ("name: cross", "name: x2345678901234567", ":13 (strategies.x2345678901234567.name)",
     "at most 16 characters", ""),
    ("name: cross", 'name: "x\\n"', ":13 (strategies.x\\n.name)", "got 'x\\n'", ""),
    ("name: cross", "name: Ж", ":13 (strategies.Ж.name)", "a letter first", ""),
    (CASH, f"{CASH}, id: much-too-long", ":2 (account.id)", "at most 8 characters", ""),
    (CASH, f"{CASH}, id: a b", ":2 (account.id)", "expected letters, digits", ""),
    ("interval: 1m", "interval: 1x", ":11 (data.0.interval)", "an interval, got '1x'", "30s, 5m"),
    ("interval: 1m", "interval: 0m", ":11 (data.0.interval)", "an interval, got '0m'", "30s, 5m"),
    ("interval: 1m", "interval: 60", ":11 (data.0.interval)", "expected a text, got '60'", ""),
    ("interval: 1m", "interval: 999d", ":11 (data.0.interval)", "at most 366 days", ""),
    (RISK, "risk: {stale_after: soon}", ":24 (risk.stale_after)", "an interval, got 'soon'", ""),
    (SEED, "from: yesterday", ":1 (run.from)", "a date or a time", "write it like 2024-01-31"),
    (SEED, "from: 2024", ":1 (run.from)", "got the year 2024", "write 2024-01-01"),
    (SEED, "from: 2024-02-30", ":1 (run.from)", "there is no date '2024-02-30'", ""),
    (SEED, "from: 2024-01-01T10:00:00", ":1 (run.from)", "has no offset", "00Z if it is UTC"),
    (SEED, "from: 1.5", ":1 (run.from)", "expected a date or a time, got '1.5'", ""),
    ("path: bars.parquet", 'path: ""', ":11 (data.0.path)", "got an empty one", ""),
    ("path: bars.parquet", 'path: "a\\0b"', ":11 (data.0.path)", "'a\\x00b' is no path", ""),
    # Parameters without a type of ours.
    ("type: ema_cross", "file: my.py", "", "", ""),
    (BUNDLED, f"{OWN}{2**63}",
     ":16 (strategies.cross.params.fast)", "does not fit into int64", ""),
    (BUNDLED, f"{OWN}1e-99",
     ":16 (strategies.cross.params.fast)", "'1e-99' is too far from 1", ""),
    (BUNDLED, f"{OWN}1.2345678901234567890123456789",
     ":16 (strategies.cross.params.fast)", "has more than 28 digits", ""),
    # A gateway's address.
    (RISK, "risk: {}\ngateway: {venue: x, ws: example.com}", ":25 (gateway.ws)", "a URL of", ""),
    (
        RISK,
        "risk: {}\ngateway: {venue: x, ws_stream: 'https://example.com'}",
        ":25 (gateway.ws_stream)",
        "a URL of ws or wss",
        "",
    ),
    (RISK, "risk: {}\ngateway: {}", ":25 (gateway.venue)", "missing key 'venue'", ""),
]  # fmt: skip


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row[1][-30:] + row[2])
def test_a_mistake_is_named_with_its_place(
    load_text: LoadText, row: tuple[str, str, str, str, str]
) -> None:
    """A row without a place is no mistake: it shows that the alteration around it is none."""
    old, new, where, message, hint = row
    assert old in RIGHT
    text = RIGHT.replace(old, new, 1)
    if not where:
        load_text(text)
        return

    with pytest.raises(ConfigError) as caught:
        load_text(text)

    assert caught.value.where == f"traderd.yaml{where}"
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("section", "text"),
    [("instruments", "[]"), ("data", "[]"), ("strategies", "[]")],
)
def test_an_empty_list_is_told(load_text: LoadText, section: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"'{section}' is empty"):
        load_text(sets=[f"{section}={text}"])


@pytest.mark.parametrize("section", ["instruments", "data", "strategies"])
def test_a_section_in_place_of_a_list_is_told(load_text: LoadText, section: str) -> None:
    with pytest.raises(ConfigError, match="expected a list, got keys with values"):
        load_text(sets=[f"{section}={{a: b}}"])
    with pytest.raises(ConfigError, match="expected a list, got nothing") as caught:
        load_text(sets=[f"{section}=null"])
    assert "leave the key out" in caught.value.hint


SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "change",
    [
        f"account.keys={SECRET}",
        f"account.keys={{env: {SECRET}-}}",
        f"account.keys={{env: [{SECRET}]}}",
        f"strategies.fade.params.api_key={SECRET}",
        f"strategies.fade={{name: x, file: y, instrument: z, params: {{secret: {'7' * 30}}}}}",
        f"gateway={{venue: x, ws: 'wss://me:{SECRET}@example.com/'}}",
        f"gateway={{venue: x, wss: 'wss://me:{SECRET}@example.com/'}}",
        f"run.seed={{a: {SECRET}",
        f"account.keys='{SECRET}",
    ],
)
def test_no_error_repeats_a_secret(load_text: LoadText, change: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(sets=[change])

    assert SECRET not in str(caught.value)
    assert "7" * 30 not in str(caught.value)
