"""`python -m trader`: the command line, in a process that keeps its assertions."""

import os
import sys
from types import TracebackType

from trader.cli.main import internal_error, main


def _on_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Our own mistake in one line; the traceback is for those who ask for it."""
    if os.environ.get("TRADERD_DEBUG"):
        sys.__excepthook__(kind, error, trace)
    else:
        internal_error(error, sys.argv[1:])


if not __debug__:
    sys.exit("error: traderd does not run without its assertions, python -O, leave out -O")

if __name__ == "__main__":
    sys.excepthook = _on_crash
    sys.exit(main())
