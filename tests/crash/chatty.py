"""A strategy that prints by every way there is, beside deciding as `flip` does."""

import logging
import sys
import threading

from tests.crash.flip import Flip as Quiet
from trader.model.market import BarClosed
from trader.strategies.strategy import Answer

LOUD = "from a thread"
sys.stdout.write("loaded\n")


class Chatty(Quiet):
    """Says what it hears."""

    def on_bar(self, bar: BarClosed) -> Answer:
        answer = super().on_bar(bar)
        bars = self.state.bars
        sys.stdout.write(f"bar {bars}\nand ")
        sys.stdout.write("more\n")
        sys.stdout.buffer.write(f"raw {bars} in {sys.stdout.encoding}\n".encode())
        sys.stderr.write(f'{{"event": "forged {bars}"}}\n')
        logging.getLogger("chatty").warning("logged %s", bars)
        thread = threading.Thread(target=sys.stderr.write, args=(f"{LOUD}\n",))
        thread.start()
        thread.join()
        sys.stderr.write("\udcff no newline")
        return answer
