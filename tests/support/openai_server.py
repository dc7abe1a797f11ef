"""A local server that speaks the OpenAI chat protocol, and misbehaves on request.

For tests in the loop that runs them (`async with OpenAIServer() as server`), and for benchmarks
in a process of its own (`python -m tests.support.openai_server --port 9000`), so that what it
costs is not counted as ours.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

Fault = Literal[
    "none",
    "wrong_key",
    "unknown_model",
    "rate_limited",
    "bad_request",
    "server_error",
    "hang_before_headers",
    "hang_before_first_token",
    "hang_in_mid_stream",
    "keep_alive_only",
    "cut_off_before_headers",
    "cut_off_in_mid_stream",
    "ends_without_finish",
    "error_in_mid_stream",
    "rate_limited_in_mid_stream",
    "malformed_chunk",
    "invalid_utf8",
    "endless_line",
    "wrong_json",
    "not_a_stream",
    "no_usage",
    "wrong_usage",
    "split_utf8",
]

ENDLESS_BYTES = 1_100_000
DEFAULT_ANSWER = (
    "Work is the product of force and displacement [1]. ",
    "Its unit is the joule — ऊर्जा 🎓 — ",
    "and $W = Fd\\cos\\theta$ [2].",
)
_JSON = {"content-type": "application/json"}
_STATUS_FAULTS: Mapping[str, tuple[int, Mapping[str, str], str]] = {
    "wrong_key": (401, {}, "Incorrect API key provided"),
    "unknown_model": (404, {}, "The model does not exist"),
    "rate_limited": (429, {"retry-after": "7"}, "Rate limit reached"),
    "bad_request": (400, {}, "This model's maximum context length is 8192 tokens"),
    "server_error": (500, {}, "The server had an error"),
}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the server answers one request.

    Attributes:
        answer: The tokens, as they are streamed.
        finish_reason: As the protocol spells it.
        first_token_seconds: Delay between request and first token.
        tokens_per_second: Speed after the first token; None for as fast as it can.
        fault: What goes wrong.
        retry_after: Value of the Retry-After header of `rate_limited`; None leaves it out.
    """

    answer: Sequence[str] = DEFAULT_ANSWER
    finish_reason: str = "stop"
    first_token_seconds: float = 0.0
    tokens_per_second: float | None = None
    fault: Fault = "none"
    retry_after: str | None = "7"


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as the server read it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(slots=True)
class OpenAIServer:
    """The server; an asynchronous context manager that owns its socket and its streams.

    Attributes:
        behaviours: One per request in order, the last one again for all that follow; or a
            function that chooses by the request.
        requests: Every chat request received, in order.
    """

    behaviours: Sequence[Behaviour] | Callable[[ReceivedRequest], Behaviour] = (Behaviour(),)
    host: str = "127.0.0.1"
    port: int = 0
    requests: list[ReceivedRequest] = field(default_factory=list)
    keep_requests: bool = True
    connections_made: int = 0
    _server: asyncio.Server | None = None
    _connections: set[asyncio.Task[None]] = field(default_factory=set)
    _counter: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}/v1"

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    async def connections_closed(self) -> None:
        """Waits until no client is connected."""
        while self._connections:
            await asyncio.wait(self._connections)

    async def __aenter__(self) -> "OpenAIServer":
        self._server = await asyncio.start_server(self._serve, self.host, self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for connection in tuple(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self.connections_made += 1
        try:
            while (request := await _read_request(reader)) is not None:
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client went away, or the test ended (asyncio streams need a normal return)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer(
        self, request: ReceivedRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answers one request; says whether the connection can take another."""
        if request.path.endswith("/models"):
            _respond(writer, 200, {"object": "list", "data": [{"id": "m", "object": "model"}]})
            return True
        if self.keep_requests:
            self.requests.append(request)
        behaviour = self._choose(request)
        return await _play(behaviour, request, reader, writer)

    def _choose(self, request: ReceivedRequest) -> Behaviour:
        if callable(self.behaviours):
            return self.behaviours(request)
        return self.behaviours[min(next(self._counter), len(self.behaviours) - 1)]


async def _read_request(reader: asyncio.StreamReader) -> ReceivedRequest | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    request_line, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, path, _ = request_line.split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return ReceivedRequest(method, path, headers, json.loads(body) if body else {})


def _respond(
    writer: asyncio.StreamWriter,
    status: int,
    payload: Mapping[str, Any],
    headers: Mapping[str, str] = {},
) -> None:
    body = json.dumps(payload).encode()
    lines = [f"HTTP/1.1 {status} Status", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in {**_JSON, **headers}.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)


async def _play(
    behaviour: Behaviour,
    request: ReceivedRequest,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    fault = behaviour.fault
    if fault in _STATUS_FAULTS:
        status, headers, message = _STATUS_FAULTS[fault]
        if fault == "rate_limited":
            headers = (
                {} if behaviour.retry_after is None else {"retry-after": behaviour.retry_after}
            )
        _respond(writer, status, {"error": {"message": message, "code": fault}}, headers)
        return True
    if fault == "hang_before_headers":
        await _hang(reader)
    if fault == "cut_off_before_headers":
        return False
    if fault == "not_a_stream":
        _respond(writer, 200, {"choices": [{"message": {"content": "".join(behaviour.answer)}}]})
        return True
    writer.write(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
        b"transfer-encoding: chunked\r\n\r\n"
    )
    if not request.body.get("stream"):
        raise ConnectionError("this server only streams")
    await asyncio.sleep(behaviour.first_token_seconds)
    if fault == "hang_before_first_token":
        await _hang(reader)
    while fault == "keep_alive_only":
        writer.write(_http_chunk(b": still thinking\n\n"))
        await writer.drain()  # raises once nobody listens any more
        await asyncio.sleep(0.01)
    return await _stream_tokens(behaviour, request, reader, writer)


async def _stream_tokens(
    behaviour: Behaviour,
    request: ReceivedRequest,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    model = str(request.body.get("model", ""))
    loop = asyncio.get_running_loop()
    started = loop.time()
    for index, token in enumerate(behaviour.answer):
        if index and behaviour.tokens_per_second:
            await asyncio.sleep(started + index / behaviour.tokens_per_second - loop.time())
        if index == 1 and not await _break_in_mid_stream(behaviour.fault, reader, writer):
            return False
        if behaviour.fault == "split_utf8":
            event = _event(model, {"content": token})
            for position in range(len(event)):
                writer.write(_http_chunk(event[position : position + 1]))
                await asyncio.sleep(0)
        else:
            writer.write(_token_chunk(model, token))
        if index % 64 == 63:
            await writer.drain()
    if behaviour.fault == "ends_without_finish":
        writer.write(b"0\r\n\r\n")
        return True
    writer.write(_http_chunk(_event(model, {}, behaviour.finish_reason)))
    if behaviour.fault != "no_usage":
        written = -1 if behaviour.fault == "wrong_usage" else len(behaviour.answer)
        writer.write(_http_chunk(_usage_event(model, written)))
    writer.write(_http_chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
    await writer.drain()
    return True


async def _hang(reader: asyncio.StreamReader) -> None:
    """Keeps silent until the client goes away."""
    await reader.read()
    raise ConnectionAbortedError


async def _break_in_mid_stream(
    fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Does the fault that comes after the first token; says whether the stream goes on."""
    if fault == "hang_in_mid_stream":
        await _hang(reader)
    if fault == "cut_off_in_mid_stream":
        await writer.drain()
        return False
    if fault == "malformed_chunk":
        writer.write(_http_chunk(b'data: {"choices": [{"delta": \n\n'))
    if fault == "invalid_utf8":
        writer.write(_http_chunk(b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n'))
    if fault == "endless_line":
        writer.write(_http_chunk(b'data: {"choices": "' + b"x" * ENDLESS_BYTES))
    if fault == "wrong_json":
        writer.write(_http_chunk(b'data: {"choices": "none"}\n\n'))
    if fault in {"error_in_mid_stream", "rate_limited_in_mid_stream"}:
        code = 429 if fault.startswith("rate") else 502
        error = {"error": {"message": "The provider failed", "code": code}}
        writer.write(_http_chunk(f"data: {json.dumps(error)}\n\n".encode()))
    return True


@lru_cache(maxsize=10_000)
def _token_chunk(model: str, token: str) -> bytes:
    """Kept, so that a benchmark's upstream costs little beside what it measures."""
    return _http_chunk(_event(model, {"content": token}))


def _event(model: str, delta: Mapping[str, str], finish_reason: str | None = None) -> bytes:
    chunk = {
        "id": "chatcmpl-0",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}],
        "usage": None,
    }
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()


def _usage_event(model: str, completion_tokens: int) -> bytes:
    usage = {
        "prompt_tokens": 42,
        "completion_tokens": completion_tokens,
        "total_tokens": 42 + completion_tokens,
    }
    chunk = {"id": "chatcmpl-0", "model": model, "choices": [], "usage": usage}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def _http_chunk(payload: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(payload), payload)


def _words(text: Path | None) -> Iterator[str]:
    """The tokens of an answer without end."""
    if text is None:
        return (f"word{index} " for index in itertools.count())
    return itertools.cycle(re.findall(r"\s*\S+", text.read_text() + "\n\n"))


async def _serve_forever(arguments: argparse.Namespace) -> None:
    behaviour = Behaviour(
        answer=tuple(islice(_words(arguments.text), arguments.tokens)),
        first_token_seconds=arguments.first_token_seconds,
        tokens_per_second=arguments.tokens_per_second or None,
    )
    async with OpenAIServer((behaviour,), port=arguments.port, keep_requests=False) as server:
        print(server.base_url, flush=True)  # noqa: T201 - the address is what this program gives
        await asyncio.Event().wait()


def main() -> None:
    """Serves one behaviour until killed; prints the base URL when it listens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=100)
    parser.add_argument("--text", type=Path, help="told again and again, a word a token")
    parser.add_argument("--first-token-seconds", type=float, default=0.05)
    parser.add_argument(
        "--tokens-per-second", type=float, default=100.0, help="0: as fast as it can"
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve_forever(parser.parse_args()))


if __name__ == "__main__":
    main()
