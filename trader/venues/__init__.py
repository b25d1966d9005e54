"""Wire protocols of venues without their sockets: bytes and the time in, bytes and messages out."""
