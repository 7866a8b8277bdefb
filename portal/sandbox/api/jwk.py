"""GET /v1/jwk: the public keys of the service."""

import base64
import hashlib
import json
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa

from portal.sandbox.call import Answer, Call, simulates


@simulates("getV1Jwk")
def list_keys(_call: Call) -> Answer:
    return Answer(body=[{"keys": [_public_key()]}])


@cache
def _public_key() -> dict[str, str]:
    """One key a process: the simulator signs nothing, so nothing has to fit it."""
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers()
    key = {"e": _encoded(numbers.e), "kty": "RSA", "n": _encoded(numbers.n)}
    thumbprint = hashlib.sha256(json.dumps(key, separators=(",", ":"), sort_keys=True).encode()).digest()
    return key | {"kid": _text(thumbprint)}


def _encoded(number: int) -> str:
    return _text(number.to_bytes((number.bit_length() + 7) // 8))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
