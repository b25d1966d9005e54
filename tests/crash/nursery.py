"""A process that has imported the daemon and forks a fresh one for whoever asks, ready to run.

`python nursery.py SOCKET`: each connection says in one line, as JSON, the words of the daemon's
command line, whether it trades on paper, and its environment. What was forked writes its process
id there first and then what a daemon writes on standard error; when it has ended, its keeper writes
how. It is a process with sockets and files of its own and dies like any other; only its imports are
not done anew.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from typing import Final

from tests.crash.daemon import HASTY, MortalDaemon, live
from tests.crash.paper_daemon import MortalPaperDaemon

ERROR: Final = 2
"""The file descriptor of standard error."""


def keep(connection: socket.socket) -> None:
    """Forks the daemon that is asked for, and tells how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection, connection.makefile("rb") as words:
        asked = json.loads(words.readline())
        child = os.fork()
        if not child:
            os.dup2(connection.fileno(), ERROR)
            be_born(asked["words"], asked["environ"], on_paper=asked["on_paper"])
        _, status = os.waitpid(child, 0)
        connection.sendall(b'{"exit": %d}\n' % os.waitstatus_to_exitcode(status))


def be_born(words: list[str], environ: dict[str, str], *, on_paper: bool) -> None:
    """Lives as a daemon; never returns."""
    sys.stderr.write(json.dumps({"pid": os.getpid()}) + "\n")
    sys.stderr.flush()
    os.environ.clear()
    os.environ.update(environ)
    code = 1
    try:
        code = live(words, MortalPaperDaemon if on_paper else MortalDaemon, HASTY)
    finally:
        sys.stderr.flush()
        os._exit(code)


def serve(listener: socket.socket) -> None:
    """Until whoever started it is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        connection, _ = listener.accept()
        if not os.fork():
            listener.close()
            keep(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        serve(listener)
