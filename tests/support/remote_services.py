"""A local server with embeddings, reranking, moderation and speech, which misbehaves on order.

It has a thread of its own, so that a test may block while it waits for an answer.
"""

import json
import re
import threading
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fault = Literal[
    "none",
    "rate_limited",
    "server_error",
    "wrong_key",
    "bad_request",
    "hang",
    "cut_off",
    "not_json",
    "wrong_json",
    "wrong_dimension",
    "too_few",
    "zero_vector",
    "unknown_index",
    "too_much",
]

DIMENSION = 48
LONGEST_HANG_SECONDS = 30.0
STATUS_OF: dict[Fault, int] = {
    "rate_limited": 429,
    "server_error": 500,
    "wrong_key": 401,
    "bad_request": 400,
}
CONTENT_OF: dict[Fault, bytes] = {
    "not_json": b"<html>welcome</html>",
    "wrong_json": b'{"object": "list", "items": []}',
    "too_much": b" " * (40 << 20),
}
SPOKEN = b"ID3" + bytes(range(256))


@dataclass(frozen=True, slots=True)
class Received:
    """A request as the server read it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(slots=True)
class RemoteServices:
    """What the server does next, and what it was asked.

    Attributes:
        faults: one per request; none is left: it behaves.
        always: the fault of every request, where it is not "none".
        retry_after: sent with `rate_limited`.
        held: while set, requests wait before they are answered.
    """

    base_url: str = ""
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault = "none"
    retry_after: str = "0"
    requests: list[Received] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    held: bool = False
    at_once: int = 0
    most_at_once: int = 0

    def next_fault(self) -> Fault:
        return self.faults.popleft() if self.faults else self.always

    def texts(self) -> list[list[str]]:
        """The texts of each embeddings request."""
        return [request.body["input"] for request in self.requests]


def words_vector(text: str, dimension: int = DIMENSION) -> list[float]:
    """A vector of the words of a text: texts that share words are alike. Not of length 1."""
    vector = [0.0] * dimension
    for word in re.findall(r"\w+", text.lower()) or [text]:
        vector[zlib.crc32(word.encode()) % dimension] += 1.0
    return vector


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, state: RemoteServices) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state
        self.lock = threading.Lock()

    def begin(self, request: Received) -> Fault:
        with self.lock:
            state = self.state
            state.requests.append(request)
            state.at_once += 1
            state.most_at_once = max(state.most_at_once, state.at_once)
            return state.next_fault()

    def end(self) -> None:
        with self.lock:
            self.state.at_once -= 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Received(self.path, headers, json.loads(self.rfile.read(length)))
        fault = self.server.begin(request)
        if self.server.state.held or fault == "hang":
            self.server.state.let_go.wait(LONGEST_HANG_SECONDS)
        self.server.end()
        with suppress(ConnectionError):  # a client that has gone
            self._answer(request, fault)

    def _answer(self, request: Received, fault: Fault) -> None:
        if fault == "cut_off":
            self.close_connection = True
        elif fault in STATUS_OF:
            self._send(STATUS_OF[fault], b'{"error": "on order"}')
        else:
            self._send(200, CONTENT_OF.get(fault) or _content(request, fault))

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status == STATUS_OF["rate_limited"]:
            self.send_header("Retry-After", self.server.state.retry_after)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Keeps quiet."""


@contextmanager
def remote_services() -> Iterator[RemoteServices]:
    """The server, at a port of its own until the context ends."""
    state = RemoteServices()
    server = _Server(state)
    state.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _content(request: Received, fault: Fault) -> bytes:
    if request.path.endswith("/audio/speech"):
        return SPOKEN
    if request.path.endswith("/rerank"):
        return json.dumps(_ranking(request.body, fault)).encode()
    if request.path.endswith("/moderations"):
        return json.dumps(_moderation(request.body["input"])).encode()
    return json.dumps(_embeddings(request.body["input"], fault)).encode()


def _embeddings(texts: Sequence[str], fault: Fault) -> dict[str, Any]:
    dimension = DIMENSION // 2 if fault == "wrong_dimension" else DIMENSION
    vectors = [words_vector(text, dimension) for text in texts]
    if fault == "zero_vector":
        vectors[0] = [0.0] * dimension
    rows = [{"index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    rows.reverse()  # the order is that of `index`, not of the list
    return {"object": "list", "data": rows[1:] if fault == "too_few" else rows}


def _ranking(body: dict[str, Any], fault: Fault) -> dict[str, Any]:
    """By the words that a document shares with the query; the service's own order."""
    wanted = set(re.findall(r"\w+", body["query"].lower()))
    results = [
        {
            "index": index + (1000 if fault == "unknown_index" else 0),
            "relevance_score": len(wanted & set(re.findall(r"\w+", document.lower()))),
        }
        for index, document in enumerate(body["documents"])
    ]
    results.sort(key=lambda result: -result["relevance_score"])
    return {"results": results[: body["top_n"]]}


def _moderation(text: str) -> dict[str, Any]:
    """Flags what speaks of bombs, as violence, or of poison, as self-harm."""
    categories = {"violence": "bomb" in text.lower(), "self-harm": "poison" in text.lower()}
    return {"results": [{"flagged": any(categories.values()), "categories": categories}]}
