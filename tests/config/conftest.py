"""A way to load a configuration after something in it was altered."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.config.loading import RIGHT, LoadText
from trader.config.loaded import Loaded
from trader.config.loader import load


@pytest.fixture
def load_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadText:
    """Loads a text as if it stood in `traderd.yaml` in the working folder."""
    monkeypatch.chdir(tmp_path)

    def load_it(
        text: str | bytes = RIGHT,
        *,
        sets: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
        exists: Callable[[Path], bool] = lambda _: True,
    ) -> Loaded:
        path = Path("traderd.yaml")
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load(path, sets=sets, environ=environ, exists=exists)

    return load_it
