"""What the market streams say, and when: channels, their events, and who listens."""
