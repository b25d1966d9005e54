"""The one door to other people's clients: they have no types, and their imports warn."""

import warnings
from importlib import import_module
from typing import Any


def stranger(module: str) -> Any:
    """Import a module of a client library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(module)
