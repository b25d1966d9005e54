"""A run's data are opened once more only if they are what the run read."""

from pathlib import Path

import msgspec
import pytest

from tests.research import stories
from tests.research.stories import FLAT, script, target
from trader.errors import DataError, VerificationError
from trader.research.folder import RunFolder, open_run
from trader.research.reopening import configuration, reopen

OWN = """\
from msgspec import Struct
from trader.strategies.strategy import Strategy

class Waits(Strategy):
    class Params(Struct):
        pass

    class State(Struct):
        pass

    @property
    def warmup_bars(self):
        return WARMUP

    def on_bar(self, bar):
        return None
"""


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    text = stories.config(stories.strategy(script(at_1=[target(10)])))
    return stories.ran(tmp_path, text, [FLAT] * 4)


def test_the_same_files_are_the_runs_own(folder: RunFolder) -> None:
    reopened = reopen(folder)

    [source] = reopened.sources
    assert (source.start, source.stop) == (0, 4)
    assert reopened.config.run.name == "story"


def test_other_bytes_under_the_same_path_are_refused(folder: RunFolder) -> None:
    stories.write(folder.path.parent / "bars.parquet", [FLAT] * 3 + [(99.0, 99.0, 98.0, 98.0)])

    with pytest.raises(DataError, match="the data have changed since the run"):
        reopen(folder)


def test_data_that_are_gone_are_told(folder: RunFolder) -> None:
    (folder.path.parent / "bars.parquet").unlink()

    with pytest.raises(DataError, match="no such file"):
        reopen(folder)


def test_data_that_have_moved_are_found_from_another_folder(folder: RunFolder) -> None:
    moved = folder.path.parent / "moved"
    moved.mkdir()
    (folder.path.parent / "bars.parquet").rename(moved / "bars.parquet")

    assert reopen(folder, moved).sources[0].path == str(moved / "bars.parquet")


def test_a_configuration_that_was_changed_is_refused(folder: RunFolder) -> None:
    _change(folder, "slippage_ticks: 0", "slippage_ticks: 5")

    with pytest.raises(VerificationError, match="the configuration was changed since the run"):
        configuration(folder)


def test_another_version_may_know_other_keys(folder: RunFolder) -> None:
    """Its digest of the same text is another one, and says nothing."""
    document = {**folder.run, "code_version": "0.0.9", "config_digest": "0" * 64}
    (folder.path / "run.json").write_bytes(msgspec.json.encode(document))

    reopened = reopen(open_run(folder.path))

    assert not reopened.made_by_this_code
    assert reopen(folder).made_by_this_code


def test_a_strategy_that_would_read_other_rows_is_told(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text(OWN.replace("WARMUP", "1"))
    own = "- {name: w, file: waits.py, instrument: X.y}"
    text = stories.config(own).replace("seed: 7", "seed: 7, from: 2024-01-02T00:03:00Z")
    folder = stories.ran(tmp_path, text, [FLAT] * 6)
    (tmp_path / "waits.py").write_text(OWN.replace("WARMUP", "3"))

    with pytest.raises(VerificationError, match="the run read 4 rows and would now read 6"):
        reopen(folder)


def test_a_run_that_does_not_say_what_it_read_is_damaged(folder: RunFolder) -> None:
    broken = RunFolder(path=folder.path, run={**folder.run, "inputs": [{}]}, metrics={})

    with pytest.raises(DataError, match="the run does not say what it read"):
        reopen(broken)


def test_a_source_more_is_told(folder: RunFolder) -> None:
    inputs = folder.run["inputs"]
    more = RunFolder(path=folder.path, run={**folder.run, "inputs": inputs * 2}, metrics={})

    with pytest.raises(VerificationError, match="the run read 2 sources and would now read 1"):
        reopen(more)


def _change(folder: RunFolder, before: str, after: str) -> None:
    path = folder.path / "config.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
