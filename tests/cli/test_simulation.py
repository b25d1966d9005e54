"""`traderd --sim`."""

from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Command
from tests.research.making import CROSS, configuration
from trader.research.folder import open_run


def test_without_a_configuration_the_demonstration_runs(traderd: Command, tmp_path: Path) -> None:
    said = traderd("--sim")

    assert said.code == 0
    for part in ("demo-1", "apple-cross", "buy_and_hold", "gross_exceeds_max", "runs/demo-1"):
        assert part in said.out
    commands = [line.strip() for line in said.out.splitlines() if "traderd" in line]
    assert len(commands) == 3
    assert (tmp_path / "runs" / "demo-1" / "run.json").is_file()


def test_the_demonstration_ends_with_the_bar_of_the_first_of_march(traderd: Command) -> None:
    said = traderd("--sim", "--json", "--set", "report.baselines=false")
    run = said.document

    assert run["period"] == {"from": "2006-01-03T00:00:00Z", "to": "2013-03-01T05:00:00Z"}
    assert run["metrics"]["denials"] > 0
    assert run["trading_state"] == "ACTIVE"


def test_json_is_the_run_with_its_metrics_and_its_folder(traderd: Command, tmp_path: Path) -> None:
    said = traderd("--json", "--sim", "--config", "traderd.yaml", "--out", "here")
    document = said.document
    folder = open_run(tmp_path / "here")

    assert said.code == 0
    assert document.pop("metrics") == folder.metrics
    assert document.pop("out") == "here"
    assert document == folder.run
    assert document["command"] == "traderd --json --sim --config traderd.yaml --out here"
    assert said.err.startswith("running: 0 of 1500 rows")


def test_json_may_come_anywhere_before_the_verb(traderd: Command) -> None:
    assert traderd("--sim", "--config", "traderd.yaml", "--json").document["id"] == "trial-1"


def test_options_go_over_the_file(traderd: Command) -> None:
    document = traderd(
        *("--sim", "--config", "traderd.yaml", "--set", "account.cash=5000"),
        *("--seed", "12", "--gear", "step", "--json"),
    ).document

    assert document["seed"] == 12
    assert document["gear_why"] == "asked for"
    assert document["account"]["cash"] == "5000"


def test_the_environment_goes_over_the_file_and_under_the_options(
    traderd: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADERD_RUN__SEED", "9")
    words = ("--sim", "--config", "traderd.yaml", "--json")

    assert traderd(*words).document["seed"] == 9
    assert traderd(*words, "--seed", "3").document["seed"] == 3


def test_the_summary_says_that_nothing_limits(traderd: Command, tmp_path: Path) -> None:
    text = configuration(more="risk: {}\nreport: {baselines: false}")
    (tmp_path / "traderd.yaml").write_text(text)

    assert "risk sets no limit" in traderd("--sim", "--config", "traderd.yaml").out


def test_a_quarantined_strategy_ends_with_5_and_its_error(traderd: Command, tmp_path: Path) -> None:
    falls = "{name: falls, file: falls.py}"
    (tmp_path / "traderd.yaml").write_text(configuration([falls, CROSS]))

    said = traderd("--sim", "--config", "traderd.yaml")
    document = traderd("--sim", "--config", "traderd.yaml", "--json")

    assert said.code == document.code == 5
    assert "ValueError: seven hundred is enough" in said.out
    assert document.document["quarantined"].keys() == {"falls"}
    assert document.document["metrics"]["strategies"]["cross"]["fills"] > 20


def test_a_halted_run_ends_with_5(traderd: Command) -> None:
    said = traderd(
        "--sim", "--config", "traderd.yaml", "--set", "risk={drawdown_max: 0.0001}", "--json"
    )

    assert said.code == 5
    assert said.document["trading_state"] == "HALTED"
    assert "warning: ended HALTED: drawdown_max" in said.err


def test_fused_on_what_it_does_not_cover_is_refused_by_name(
    traderd: Command, tmp_path: Path
) -> None:
    said = traderd("--sim", "--gear", "fused")

    assert said.code == 2
    assert "the fused gear cannot do this run" in said.err
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_is_taken_is_refused(traderd: Command) -> None:
    words = ("--sim", "--config", "traderd.yaml", "--out", "here")
    traderd(*words)

    said = traderd(*words)

    assert said.code == 2
    assert "not empty" in said.err


def test_the_minimal_configuration_runs(traderd: Command, tmp_path: Path) -> None:
    """The one that is promised to keep working, on bars of its own grid."""
    (tmp_path / "minimal.yaml").write_text(
        """\
run: {name: trial, seed: 7}
account: {currency: USD, cash: "100000"}
instruments:
  - {symbol: BTCUSDT, venue: binance, tick: "0.01", lot: "0.00001", currency: USD}
data:
  - {kind: bars, instrument: BTCUSDT.binance, interval: 1m, path: bars.parquet}
strategies:
  - {name: cross, type: ema_cross, instrument: BTCUSDT.binance,
     params: {fast: 12, slow: 26, lots: 100, direction: both}}
venue: {slippage_bps: 0, slippage_ticks: 0, participation: null, latency_ns: 0,
        touch_fills: false, maker_bps: 0, taker_bps: 0}
risk: {}
"""
    )

    said = traderd("--sim", "--config", "minimal.yaml", "--json")

    assert said.code == 0
    assert said.document["metrics"]["fills"] > 10
    assert said.document["gear"] == "fused"
    assert msgspec.json.decode((tmp_path / "runs/trial-1/run.json").read_bytes())


TALKS = """\
from msgspec import Struct
from trader.strategies.strategy import Strategy, Target

print("loaded")

class Talks(Strategy):
    class Params(Struct):
        pass

    class State(Struct):
        pass

    def on_bar(self, bar):
        print("a bar")
        return Target(1, "always")
"""


def test_what_a_strategy_prints_stays_out_of_the_document(traderd: Command, tmp_path: Path) -> None:
    (tmp_path / "talks.py").write_text(TALKS)
    (tmp_path / "traderd.yaml").write_text(configuration(["{name: talks, file: talks.py}"]))

    checked = traderd("config", "check", "traderd.yaml", "--json")
    said = traderd("--sim", "--config", "traderd.yaml", "--json")
    again = traderd("replay", "trial-1", "--json")

    assert checked.document["ok"]
    assert said.document["id"] == "trial-1"
    assert again.document["agrees"]
    assert "loaded" in checked.err
    assert said.err.count("a bar") == again.err.count("a bar") == 1_500


def commands(page: str) -> list[str]:
    return [line.partition("  #")[0].strip() for line in page.splitlines() if "traderd " in line]


def test_the_commands_to_type_next_repeat_what_was_changed(traderd: Command) -> None:
    said = traderd(
        *("--sim", "--config", "traderd.yaml", "--set", "account.cash=5000", "--seed", "9"),
        *("--set", "venue.slippage_bps=3", "--out", "here"),
    )

    [replay, worse, show] = commands(said.out)

    assert replay.endswith("replay here")
    assert worse.endswith(
        "--sim --config traderd.yaml --set account.cash=5000 --set run.seed=9"
        " --set venue.slippage_bps=20"
    )
    assert show.endswith("runs show here")


@pytest.mark.parametrize("sets", [(), ("--set", "state_dir=state")])
def test_the_command_for_runs_finds_this_one(traderd: Command, sets: tuple[str, ...]) -> None:
    said = traderd("--sim", "--config", "traderd.yaml", *sets)

    words = commands(said.out)[-1].split()

    assert "trial-1" in traderd(*words[1:]).out


def test_the_first_fused_run_says_that_it_compiles(traderd: Command) -> None:
    said = traderd(
        *(
            "--sim",
            "--config",
            "traderd.yaml",
            "--gear",
            "fused",
            "--set",
            "venue={participation: null}",
        ),
        *("--set", f"strategies=[{CROSS.replace('{', '{instrument: WAVE.x, ', 1)}]"),
    )

    assert said.code == 0, said.err
    assert said.err.startswith("running: 0 of 1500 rows, compiling kernels, once,")
