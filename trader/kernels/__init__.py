"""Hot arithmetic, written once: steps over declared state, called live and compiled alike."""
