"""Which code made a run."""

import re
import tomllib

from trader.research.code_version import PACKAGE_VERSION, ROOT, code_version


def test_it_is_the_version_and_a_digest_of_the_sources() -> None:
    assert re.fullmatch(re.escape(PACKAGE_VERSION) + r"\+[0-9a-f]{16}", code_version())


def test_the_package_says_the_same_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["version"] == PACKAGE_VERSION
