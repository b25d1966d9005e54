"""`traderd` without a verb: the daemon."""

from contextlib import ExitStack

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
    from actors.live import Daemon, run_daemon
    from sims.paper import PaperDaemon
    from trader.cli.loopback import loopback
    from trader.research.code_version import code_version

    loaded = options.load()
    gateway = loaded.config.gateway
    with strangers_on_stderr(), ExitStack() as stack:
        if gateway is not None and gateway.loopback:
            loaded = stack.enter_context(loopback(loaded))
        kind = PaperDaemon if gateway is not None and gateway.paper else Daemon
        code = run_daemon(loaded, kind=kind, code_version=code_version())
    if options.as_json:
        document({"stopped": True, "exit_code": code})
    return code
