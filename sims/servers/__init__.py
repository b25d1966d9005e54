"""Loopback venues: servers on this machine that speak a real venue's wire protocol.

Each venue is a package of its own. Inside it the engine (accounts, orders, matching) and the
protocol (a request in, an answer and events out) are plain functions of their arguments and the
time; only `server.py` knows sockets. So most of a venue can be tested without a network, and
its state outlives every client that talks to it.
"""
