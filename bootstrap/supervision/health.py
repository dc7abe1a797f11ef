"""Asks the API whether it is ready to serve."""

import urllib.error
import urllib.request

READY_PATH = "/health/ready"
_ANSWER_TIMEOUT_SECONDS = 2.0
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


def local_address(host: str, port: int) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    reachable = _ANY_ADDRESS.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def is_ready(address: str) -> bool:
    """Whether the server there answers its readiness check with success."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address + READY_PATH, timeout=_ANSWER_TIMEOUT_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
