"""One daemon an account on this machine, whatever folders they keep their state in.

The journal's lock holds a folder. This one holds the account itself: the venue's address and the
key. It is taken back by the system when the process ends, however it ends. Daemons on two machines
do not see each other; the order of the second is then foreign to the first, which halts.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from trader.errors import AccountHeld, ConfigError


@contextmanager
def account_held(venue: str, key: str) -> Iterator[None]:
    """Holds the account as long as the block lasts; raises AccountHeld if somebody else does.

    A ConfigError tells that there is nowhere to hold it.
    """
    name = blake2b(f"{venue}\n{key}".encode(), digest_size=16).hexdigest()
    try:
        folder = Path(tempfile.gettempdir()) / f"traderd-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(folder / f"{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise ConfigError(
            f"the account cannot be locked against a second daemon: {error.strerror}",
            where="the system's folder for temporary files",
            hint="let this process write there; a service needs /tmp among its ReadWritePaths",
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AccountHeld(
                "another daemon on this machine trades this account",
                where=venue,
                hint="stop it, or give this one keys of its own",
            ) from error
        yield
    finally:
        os.close(descriptor)
