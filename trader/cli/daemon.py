"""`traderd` without a verb: the daemon."""

from trader.cli.options import PROGRAM, Options
from trader.cli.output import document, strangers_on_stderr
from trader.errors import UsageError


def run_live(options: Options) -> int:
    """Trades as the configuration says until somebody stops it, and returns the exit code."""
    if options.config is None:
        raise UsageError(
            "the daemon needs a configuration",
            where=PROGRAM,
            hint="give one with --config F; --sim runs the demonstration, --help lists the verbs",
        )
    from actors.live import run_daemon
    from trader.research.code_version import code_version

    with strangers_on_stderr():
        code = run_daemon(options.load(), code_version=code_version())
    if options.as_json:
        document({"stopped": True, "exit_code": code})
    return code
