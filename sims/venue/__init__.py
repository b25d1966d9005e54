"""The simulated venue: it takes orders in, matches them against the recorded market, and reports.

`life` holds what happens to an order whatever it is matched on, `changes` what is asked of one
that works, `bars` when, at what price and for how many lots a bar fills it. `Venue` is the front.
"""

from sims.venue.rules import VenueRules
from sims.venue.venue import Venue

__all__ = ["Venue", "VenueRules"]
