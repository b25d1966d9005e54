"""The mortal daemon on paper: it dies between the effects that its own venue takes, and reports."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from actors.assembly import Core
from actors.venue_side import OrderGateway, Ports, VenueSide
from sims.paper import PaperSide, PaperVenue
from tests.crash.daemon import POINT, MortalDaemon
from trader.config.schema import Config
from trader.model.envelope import Message


class MortalPaperVenue(PaperVenue):
    """Takes one effect after the other."""

    def perform(self, effects: Iterable[Message]) -> None:
        """Passes points around each effect."""
        for effect in effects:
            POINT.passes("frame_before")
            super().perform([effect])
            POINT.passes("frame_after")


class MortalPaperSide(PaperSide):
    """Passes points around each report, and where an epoch begins."""

    def gateway(self, core: Core, ports: Ports) -> OrderGateway:
        """The way to the simulated venue."""

        def begin() -> int:
            POINT.passes("epoch_before")
            epoch = ports.begin()
            POINT.passes("epoch_after")
            return epoch

        def put(message: Message) -> None:
            POINT.passes("report_before")
            ports.put(message)
            POINT.passes("report_after")

        own = replace(ports, begin=begin, put=put)
        self._venue = MortalPaperVenue(self._config, core, own)
        return self._venue


class MortalPaperDaemon(MortalDaemon):
    """A daemon whose orders never leave the process that dies."""

    def side(self, config: Config, environ: Mapping[str, str]) -> VenueSide:
        """The simulated venue."""
        del environ
        return MortalPaperSide(config)
