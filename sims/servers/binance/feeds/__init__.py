"""Where the prices of a market come from: made up, or recorded and stamped anew."""
