"""What every run needs, whoever feeds it: delivery, recording, timers, supervision."""
