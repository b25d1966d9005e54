"""What is compiled for these tests is kept in a folder of the session's own, and compiled once."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def compiled_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The user's own cache is left alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADERD_CACHE", str(tmp_path_factory.mktemp("compiled")))
        yield
