"""The one door to recorded data that lies beside the project and does not ship with it.

A checkout without that folder is whole: what needs it is set aside here and nowhere else.
"""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared"


def shared(name: str) -> Path:
    """Return a file or folder of the shared data; without such data the calling test is skipped.

    The environment variable TRADERD_SHARED names another folder; then everything must be there.
    """
    told = os.environ.get("TRADERD_SHARED")
    path = (Path(told) if told else BESIDE) / name
    if not path.exists():
        assert not told, f"TRADERD_SHARED has no {name}"
        pytest.skip(f"no recorded data at {path}")
    return path
