"""The keys that every loopback venue accepts, as their owners have them."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sims.servers.binance.accounts import ACCOUNTS

HMAC, ED25519 = ACCOUNTS
# RFC 8032, section 7.1, test 1.
_SECRET: Final = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PEM: Final = (
    Ed25519PrivateKey.from_private_bytes(_SECRET)
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
