"""A person at a daemon: the program's own verbs, told in this process, and what they answered."""

import json
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread

from trader.cli.main import main


async def told(capsys: pytest.CaptureFixture[str], state: Path, *words: str) -> tuple[int, Any]:
    """The exit code of a verb for the daemon of this `state_dir`, and its document."""
    code = await to_thread.run_sync(main, [*words, "--state-dir", str(state), "--json"])
    return code, json.loads(capsys.readouterr().out)


async def said(capsys: pytest.CaptureFixture[str], state: Path, *words: str) -> Any:
    """The document alone."""
    return (await told(capsys, state, *words))[1]
