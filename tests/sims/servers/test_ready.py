"""The ready file appears whole, in place of whatever was there."""

import json
from pathlib import Path

from sims.servers.ready import Ready, write_ready


def test_the_file_holds_every_key_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    path.write_text("old")

    write_ready(path, Ready(venue="binance", pid=7, ws="ws://127.0.0.1:1"))

    assert [each.name for each in tmp_path.iterdir()] == ["ready.json"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {
        "venue": "binance",
        "pid": 7,
        "rest": None,
        "ws": "ws://127.0.0.1:1",
        "ws_api": None,
        "ws_stream": None,
        "accounts": [],
        "admin": None,
    }
