"""A learning platform for tests: serves a package, has a SCORM API, and records xAPI statements."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

AGENT = {"objectType": "Agent", "account": {"homePage": "https://school.example", "name": "7"}}
REGISTRATION = "5b6d8f63-9a5c-4cde-8f4e-0f0a1d3a2b11"


class LearningPlatform:
    """Where it is, and what it was told."""

    def __init__(self, address: str, launch_mode: str) -> None:
        self.address = address
        self.launch_mode = launch_mode
        self.statements: list[dict[str, Any]] = []
        self.refused: list[str] = []

    def cmi5_address(self, page: str, activity: str) -> str:
        """Where a platform sends a learner to a unit of a cmi5 package."""
        named = {
            "endpoint": f"{self.address}/xapi/",
            "fetch": f"{self.address}/fetch",
            "actor": json.dumps(AGENT),
            "registration": REGISTRATION,
            "activityId": activity,
        }
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in named.items())
        return f"{self.address}/{page}?{query}"


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, platform: list[LearningPlatform], *arguments: Any, **named: Any) -> None:
        self._platform = platform
        super().__init__(*arguments, **named)

    def do_POST(self) -> None:
        [platform] = self._platform
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/fetch":
            self._answer({"auth-token": "c2VjcmV0"})
        elif self.headers.get("Authorization") != "Basic c2VjcmV0":
            platform.refused.append(self.path)
            self.send_error(401)
        else:
            platform.statements.append(json.loads(body))
            self._answer(["id"])

    def do_GET(self) -> None:
        [platform] = self._platform
        where = urlsplit(self.path)
        if where.path == "/xapi/activities/state":
            assert parse_qs(where.query)["stateId"] == ["LMS.LaunchData"]
            context = {
                "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": "s"}
            }
            self._answer(
                {
                    "contextTemplate": context,
                    "launchMode": platform.launch_mode,
                    "masteryScore": 0.9,
                }
            )
        else:
            super().do_GET()

    def _answer(self, value: object) -> None:
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def learning_platform(folder: Path, launch_mode: str = "Normal") -> Iterator[LearningPlatform]:
    """Serves a folder until the end of the block."""
    platforms: list[LearningPlatform] = []
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Handler, platforms, directory=str(folder))
    )
    platforms.append(LearningPlatform(f"http://127.0.0.1:{server.server_port}", launch_mode))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield platforms[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
