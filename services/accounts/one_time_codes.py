"""Codes of authenticator apps (TOTP), and recovery codes."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

SECONDS_PER_CODE = 30
STEPS_OFF = 1
"""How far the clocks may be apart. Sources: RFC 6238, sections 4.1 and 5.2."""
RECOVERY_CODE_BYTES = 10
"""80 bits, which need no slow hash."""


def matching_counter(secret: str, code: str, now: datetime) -> int | None:
    """Which counter a code belongs to, of those that are good at this moment; None for none."""
    import pyotp

    totp = pyotp.TOTP(secret, interval=SECONDS_PER_CODE)
    current = int(now.timestamp()) // SECONDS_PER_CODE
    matching = None
    for counter in range(current - STEPS_OFF, current + STEPS_OFF + 1):
        if hmac.compare_digest(totp.generate_otp(counter), code):
            matching = counter
    return matching


def new_recovery_code() -> str:
    """Sixteen letters and digits in four groups."""
    plain = base64.b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode().lower()
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def recovery_code_hash(code: str) -> bytes:
    """What is kept of a recovery code, however it is written."""
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(plain.encode()).digest()
