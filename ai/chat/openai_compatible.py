"""A chat model behind any API that speaks the OpenAI chat protocol."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import aiohttp
import httpx2
import openai
import orjson

from ai.chat.chat_model import ChatChunk, ChatRequest, Finished, TextDelta, Usage
from ai.chat.completion_requests import CompletionRequests
from ai.chat.completion_stream import (
    CompletionStream,
    StreamNotUnderstoodError,
    StreamReportedError,
)
from ai.chat.errors import (
    EmptyAnswerError,
    MalformedResponseError,
    UpstreamFailedError,
    UpstreamTimedOutError,
)
from ai.chat.inbox import Inbox
from ai.chat.openai_errors import chat_model_error

# After the last event the end of the response is awaited, so that the connection can be used
# again; an upstream that holds it open loses the connection.
_RELEASE_SECONDS = 0.25
# For upstreams that do not count. Source: OpenAI's rule of thumb, four characters to a token.
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How long an upstream may take, in seconds.

    Attributes:
        connect_seconds: To open a connection.
        first_token_seconds: From the start of the request to the first text, all included.
        between_tokens_seconds: From one text to the next; comments do not count as text.
        answer_seconds: From the start of the request to the last text.
    """

    connect_seconds: float = 5.0
    first_token_seconds: float = 30.0
    between_tokens_seconds: float = 15.0
    answer_seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class ChatModelProfile:
    """What a family of models understands of the protocol.

    Attributes:
        output_limit_parameter: How it calls the limit of the answer. OpenAI's newer models know
            only `max_completion_tokens`, most other servers only `max_tokens`.
        takes_temperature: Whether a temperature may be sent.
        reports_usage: Whether `stream_options` may ask for usage.
        sends_authorization: Whether the key goes into the `Authorization` header.
        continues_prefix: Whether it goes on from an assistant message that stands last; a model
            that does not is asked to by an instruction.
        continuing: Parameters that a request to go on from a prefix needs besides.
        takes_json_schema: Whether `response_format` may hold a JSON schema.
        extra: Parameters sent with each request as they stand; they win over all others.
    """

    output_limit_parameter: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    takes_temperature: bool = True
    reports_usage: bool = True
    sends_authorization: bool = True
    continues_prefix: bool = False
    continuing: Mapping[str, Any] = field(default_factory=dict)
    takes_json_schema: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


def openai_client(
    *,
    base_url: str,
    api_key: str,
    limits: TimeLimits | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> openai.AsyncOpenAI:
    """Opens a client for one upstream; who opens it closes it (`await client.close()`).

    It does not retry, that is its caller's to decide, and leaves the waiting for text to
    `OpenAICompatibleChatModel`. Its connections are those of aiohttp, which takes a response apart
    at a quarter of the usual client's cost; decision record 0004 has the figures.
    """
    limits = limits or TimeLimits()
    timeout = httpx2.Timeout(limits.connect_seconds, read=None)
    return openai.AsyncOpenAI(
        base_url=base_url,
        api_key=api_key,
        max_retries=0,
        timeout=timeout,
        default_headers=headers,
        default_query=query,
        http_client=_connections(base_url, timeout),
    )


def _connections(base_url: str, timeout: httpx2.Timeout) -> httpx2.AsyncClient:
    """Connections to one upstream; certificate authorities are loaded once, where any are needed.

    A redirect away from an address without TLS is not followed, as nothing could vouch for it.
    """
    if base_url.lower().startswith("https:"):
        return openai.DefaultAioHttpClient(timeout=timeout, verify=_certificate_authorities())
    return openai.DefaultAioHttpClient(timeout=timeout, verify=False, follow_redirects=False)


@lru_cache(maxsize=1)
def _certificate_authorities() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


class OpenAICompatibleChatModel:
    """Streams answers of one model of one upstream.

    A task of its own reads the network; all the text that has come when the caller asks is given
    as one delta. Where the upstream does not count tokens they are estimated from the length.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        model: str,
        *,
        name: str | None = None,
        limits: TimeLimits | None = None,
        profile: ChatModelProfile | None = None,
    ) -> None:
        """Binds a model to its client.

        Args:
            client: From `openai_client`; stays its owner's to close.
            model: What the upstream calls the model.
            name: What this installation calls it; the upstream's name if not given.
            limits: How long to wait.
            profile: What the model understands.
        """
        self._model = model
        self._name = name or model
        self._limits = limits or TimeLimits()
        self._profile = profile or ChatModelProfile()
        self._requests = CompletionRequests(
            client, sends_authorization=self._profile.sends_authorization
        )

    @property
    def name(self) -> str:
        """The name given at construction."""
        return self._name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Streams the upstream's answer.

        Raises:
            ChatModelError: By its kind, whatever the upstream does wrong.
        """
        completion, inbox = CompletionStream(), Inbox()
        receiving = asyncio.create_task(self._receive(request, completion, inbox))
        characters = 0
        limit_seconds = self._limits.first_token_seconds
        deadline = asyncio.get_running_loop().time() + self._limits.answer_seconds
        deadline = min(deadline, request.deadline or deadline)
        try:
            while text := await self._next_text(inbox, limit_seconds, deadline):
                characters += len(text)
                limit_seconds = self._limits.between_tokens_seconds
                yield TextDelta(text)
            if receiving.done():
                receiving.result()
            yield self._finished(request, completion, characters)
        finally:
            await _release(receiving, is_complete=completion.is_done)

    async def _receive(
        self, request: ChatRequest, completion: CompletionStream, inbox: Inbox
    ) -> None:
        """Sends the request and puts the text of the answer into the inbox as it comes."""
        try:
            async with self._opened(request) as response:
                async for received in response.aiter_raw():
                    inbox.put(completion.feed(received))
                    if inbox.is_full:
                        await inbox.room()
                    if completion.is_done:
                        inbox.close()
        except (StreamNotUnderstoodError, StreamReportedError) as error:
            inbox.put(error.text)
            raise chat_model_error(self._name, error) from error
        except (openai.APIError, httpx2.HTTPError, aiohttp.ClientError) as error:
            raise chat_model_error(self._name, error) from error
        finally:
            inbox.close()

    @asynccontextmanager
    async def _opened(self, request: ChatRequest) -> AsyncIterator[httpx2.Response]:
        response = await self._requests.open(orjson.dumps(self._parameters(request)))
        try:
            yield response
        finally:
            await response.aclose()

    async def _next_text(self, inbox: Inbox, limit_seconds: float, deadline: float) -> str:
        limit = asyncio.get_running_loop().time() + limit_seconds
        try:
            return await inbox.take(min(limit, deadline))
        except TimeoutError as error:
            message = f"gave no text for {limit_seconds:g} seconds"
            if deadline < limit:
                message = "did not end its answer in the time there is for it"
            raise UpstreamTimedOutError(self._name, message) from error

    def _parameters(self, request: ChatRequest) -> dict[str, Any]:
        profile, continuation = self._profile, request.continuation
        messages = [
            {"role": "system", "content": request.prompt.system},
            *({"role": turn.role, "content": turn.content} for turn in request.history),
            {"role": "user", "content": request.prompt.user},
        ]
        if continuation is not None:
            messages.append({"role": "assistant", "content": continuation.said})
            if not profile.continues_prefix:
                messages.append({"role": "user", "content": continuation.instruction})
        parameters: dict[str, Any] = {
            "model": self._model,
            "messages": messages,
            "stream": True,
            profile.output_limit_parameter: request.max_output_tokens,
        }
        if profile.takes_temperature:
            parameters["temperature"] = request.temperature
        if profile.reports_usage:
            parameters["stream_options"] = {"include_usage": True}
        if request.output_schema is not None and profile.takes_json_schema:
            parameters["response_format"] = _response_format(request.output_schema)
        if continuation is not None and profile.continues_prefix:
            parameters.update(profile.continuing)
        return parameters | dict(profile.extra)

    def _finished(
        self, request: ChatRequest, completion: CompletionStream, characters: int
    ) -> Finished:
        if not completion.has_events and not completion.is_done:
            raise MalformedResponseError(self._name, "sent no events of a completion stream")
        if completion.finish_reason is None and not completion.is_done:
            message = f"ended its answer unfinished after {characters} characters"
            raise UpstreamFailedError(self._name, message)
        if not characters and completion.finish_reason != "refused":
            raise EmptyAnswerError(self._name, "ended its answer without a word")
        usage = completion.usage or _estimated_usage(request, characters)
        return Finished(completion.finish_reason or "stop", usage)


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Asks for an output of that schema; not `strict`, which forbids most of JSON Schema."""
    return {"type": "json_schema", "json_schema": {"name": "output", "schema": schema}}


async def _release(receiving: asyncio.Task[None], *, is_complete: bool) -> None:
    """Ends the task that receives, with its connection ready for the next request if it can be."""
    if is_complete:
        await asyncio.wait((receiving,), timeout=_RELEASE_SECONDS)
    receiving.cancel()
    await asyncio.wait((receiving,))
    if not receiving.cancelled():
        receiving.exception()  # looked at, so that asyncio does not report it as forgotten


def _estimated_usage(request: ChatRequest, characters: int) -> Usage:
    turns = (request.prompt.system, request.prompt.user, *(t.content for t in request.history))
    asked = sum(len(text) for text in turns)
    return Usage(asked // _CHARACTERS_PER_TOKEN, -(-characters // _CHARACTERS_PER_TOKEN))
