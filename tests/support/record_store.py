"""A local learning record store, which checks statements and misbehaves on order."""

import base64
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY, SECRET = "school", "a secret of the store"


@dataclass(slots=True)
class RecordStore:
    """What it has taken, in order, and what it is to answer next.

    Attributes:
        answers: Statuses of the next requests; past them it takes what it is given.
        refuses: Verbs whose statements it does not take.
    """

    endpoint: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)
    refuses: set[str] = field(default_factory=set)
    loses_answers: bool = False
    """Whether it keeps statements and then does not say so."""

    @property
    def verbs(self) -> list[str]:
        return [statement["verb"]["display"]["en-US"] for statement in self.taken]

    def take(self, statements: list[dict[str, Any]]) -> int:
        if self.answers:
            return self.answers.popleft()
        if any(each["verb"]["display"]["en-US"] in self.refuses for each in statements):
            return 400
        known = {each["id"]: each for each in self.taken}
        if any(known.get(each["id"], each) != each for each in statements):
            return 409
        self.taken += [each for each in statements if each["id"] not in known]
        return 503 if self.loses_answers else 200


@contextmanager
def record_store() -> Iterator[RecordStore]:
    """Runs one on a free port."""
    store = RecordStore()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            store.headers.append({name.lower(): value for name, value in self.headers.items()})
            store.requests.append(len(content))
            expected = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
            is_ours = self.headers["Authorization"] == f"Basic {expected}"
            self.send_response(store.take(content) if is_ours else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    store.endpoint = f"http://127.0.0.1:{server.server_port}/xapi"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
