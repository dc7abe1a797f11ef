"""Shows the metrics of a worker's processes to Prometheus, at a port of their own."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bootstrap.settings import Settings
from connectors.telemetry.exposition import CONTENT_TYPE, exposition

PATH = "/metrics"


class MetricsHandler(BaseHTTPRequestHandler):
    """Answers `GET /metrics`, for who has the token; it is said by a subclass.

    Attributes:
        token: Empty for anybody.
        is_closed: Whether nobody may read.
    """

    token = ""
    is_closed = False

    def do_GET(self) -> None:
        """Sends what all processes of the shared folder counted."""
        if self.path.partition("?")[0] != PATH:
            self._send(HTTPStatus.NOT_FOUND, b"There is only /metrics here.\n")
        elif not self._is_open():
            self._send(HTTPStatus.UNAUTHORIZED, b"Send NEUROSHIKSHA_METRICS_TOKEN as Bearer.\n")
        else:
            self._send(HTTPStatus.OK, exposition(None, {}))

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its base's name
        """Says nothing: it is asked every few seconds."""

    def _is_open(self) -> bool:
        sent = self.headers.get("Authorization", "")
        expected = f"Bearer {self.token}"
        if not self.token:
            return not self.is_closed
        return secrets.compare_digest(sent.encode(), expected.encode())

    def _send(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def metrics_server(settings: Settings) -> Iterator[int]:
    """Serves while the context is open, in threads; gives the port."""
    options = {
        "token": settings.metrics_token.get_secret_value(),
        "is_closed": settings.environment == "production",
    }
    handler = type("GuardedMetricsHandler", (MetricsHandler,), options)
    address = (settings.worker_metrics_host, settings.worker_metrics_port)
    with ThreadingHTTPServer(address, handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
