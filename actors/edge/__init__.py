"""The actors at the rim: they wait, read clocks and talk to the world, and turn it into inputs."""
