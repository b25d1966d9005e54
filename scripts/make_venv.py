"""Make `.venv` hold exactly what a hashed lock names, once, whoever asks at the same time.

The lock is copied into `.venv` as the very last act, and the scripts compare that copy with the
lock: a venv whose making was interrupted has no copy and is made anew. pip brings uv, which it
checks against a hash like everything else; uv installs the rest in seconds, and pip does it if
uv cannot. Runs on a bare Python of the system, so it imports nothing beyond the standard library.
"""

import ast
import fcntl
import filecmp
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
UV: Final = VENV / "bin" / "uv"
LOCKS: Final = ROOT / "requirements"
KINDS: Final = ("core", "dev")
HASHED: Final = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "-r")
"""A lock is whole: what it leaves out, the lock's overrides say that nobody needs."""

# uv reads none of pip's settings; without these two it cannot reach an index pip reaches.
UV_NAMES: Final = {"cert": "SSL_CERT_FILE", "index-url": "UV_DEFAULT_INDEX"}


def main(kind: str) -> None:
    """Install the lock `kind` ("core" or "dev"; dev holds core), unless that was done already."""
    with _alone():
        if _holds(kind):
            return
        if _holds("core"):
            _say(f"adding the {kind} tools to .venv (first use, about half a minute)")
        else:
            _say("making .venv (first use, about a minute)")
            _make_empty()
        _install(LOCKS / f"{kind}.txt")
        for done in {"core", kind}:
            shutil.copyfile(LOCKS / f"{done}.txt", _stamp(done))


@contextmanager
def _alone() -> Iterator[None]:
    """Hold a lock which the system takes back when this process ends, however it ends."""
    folder = os.open(LOCKS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _stamp(kind: str) -> Path:
    return VENV / f"{kind}.lock"


def _holds(kind: str) -> bool:
    stamp = _stamp(kind)
    wanted = LOCKS / f"{kind}.txt"
    return PYTHON.exists() and stamp.exists() and filecmp.cmp(wanted, stamp, shallow=False)


def _make_empty() -> None:
    # The interpreter's real name: when the system replaces it by another version the link
    # dangles and the venv is made anew, instead of running without its libraries.
    if VENV.exists():
        shutil.rmtree(VENV)
    _run([os.path.realpath(sys.executable), "-m", "venv", str(VENV)])


def _install(lock: Path) -> None:
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *HASHED]
    uv = [str(UV), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
    try:
        _run([*pip, str(LOCKS / "uv.txt")])
        _run([*uv, *HASHED, str(lock)], _uv_env())
    except (OSError, subprocess.CalledProcessError):
        _say("uv could not install; pip does it, which takes a minute")
        _run([*pip, str(lock)])


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    # The caller's standard output belongs to the program that runs after us.
    subprocess.run(command, check=True, env=env, stdout=sys.stderr)


def _uv_env() -> dict[str, str]:
    told = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    settings = dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
    env = dict(os.environ)
    for section in (":env:", "install", "global"):  # as in pip, the earlier goes over the later
        for key, name in UV_NAMES.items():
            if value := settings.get(f"{section}.{key}"):
                env.setdefault(name, ast.literal_eval(value))
    return env


def _say(text: str) -> None:
    sys.stderr.write(f"traderd: {text}\n")


if __name__ == "__main__":
    if sys.argv[1:] not in ([kind] for kind in KINDS):
        _say(f"usage: scripts/setup {'|'.join(KINDS)}")
        sys.exit(2)
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as error:
        _say(f"cannot make .venv: {' '.join(error.cmd[:4])} ended with {error.returncode}")
        _say("  hint: it needs a package index in reach, and Python's own venv and pip")
        sys.exit(1)
    except OSError as error:
        _say(f"cannot make .venv: {error}")
        sys.exit(1)
