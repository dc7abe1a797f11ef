"""What is turned away before any route: other hosts, and plain HTTP where only HTTPS is served."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import problem

HEALTH, METRICS = "/health", "/metrics"
"""Load balancers and Prometheus ask for them by address, and in plain HTTP."""
SECURE_SCHEMES = frozenset({"https", "wss"})


class TrustedHosts:
    """Serves only the names given; `*.` at the beginning stands for any names below."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        names = [host.lower().rstrip(".") for host in hosts]
        self._names = frozenset(names)
        self._endings = tuple(name[1:] for name in names if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app for its own names; 400 for others, for none and for several."""
        if is_exempt(scope) or self._is_trusted(Headers(scope=scope).getlist("host")):
            await self._app(scope, receive, send)
            return
        detail = "This service is not called by that name. Use its own address."
        await problem(scope, HTTPStatus.BAD_REQUEST, "unknown_host", detail)(scope, receive, send)

    def _is_trusted(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        name = host_name(hosts[0])
        return name in self._names or (bool(self._endings) and name.endswith(self._endings))


class HttpsOnly:
    """Sends plain HTTP to HTTPS, and refuses plain WebSockets, which no browser redirects."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app for what came encrypted, or through a trusted proxy to which it did."""
        if is_exempt(scope) or scope["scheme"] in SECURE_SCHEMES:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            detail = "Open it with wss:// instead of ws://."
            refusal = problem(scope, HTTPStatus.FORBIDDEN, "https_required", detail)
            await refusal(scope, receive, send)
        else:
            host = host_name(Headers(scope=scope).get("host", ""))
            path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
            query = scope["query_string"].decode("latin-1")
            address = f"https://{host}{path}{'?' if query else ''}{query}"
            redirect = RedirectResponse(address, HTTPStatus.PERMANENT_REDIRECT)
            await redirect(scope, receive, send)


def is_exempt(scope: Scope) -> bool:
    """Whether a call passes whatever its host and scheme."""
    if scope["type"] not in {"http", "websocket"}:
        return True
    path: str = scope["path"]
    return path in (HEALTH, METRICS) or path.startswith(f"{HEALTH}/")


def host_name(host: str) -> str:
    """The name in a Host header, lower-case, without its port."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower().rstrip(".")
