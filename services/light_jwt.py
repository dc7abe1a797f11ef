"""PyJWT without OpenSSL: 9 MB and 50 ms that signatures by a shared secret have no use for.

PyJWT loads `cryptography` wherever it is installed (2.15, `jwt/algorithms.py`), for key pairs. Ours
is there for secrets at rest and for other providers' signatures, and loaded for these alone.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HEAVY = ("cryptography.exceptions", "cryptography.hazmat")


@contextmanager
def _missing(names: tuple[str, ...]) -> Iterator[None]:
    """Modules that are not loaded yet cannot be, until the context ends."""
    modules: dict[str, Any] = sys.modules
    absent = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(absent))
    try:
        yield
    finally:
        for name in absent:
            del modules[name]


with _missing(HEAVY):
    import jwt

__all__ = ["jwt"]
