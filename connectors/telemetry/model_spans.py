"""Spans of calls to chat models, by OpenTelemetry's conventions for generative AI.

Source: OpenTelemetry semantic conventions for generative AI, 1.44, "Inference".
"""

import json
from collections.abc import Mapping

from ai.chat.chat_model import ChatRequest
from ai.routing.deployment import Provider
from ai.routing.metering import SUCCEEDED, AttemptUsage
from connectors.telemetry.traces import Traces

PROVIDERS: Mapping[Provider, str] = {"openai": "openai", "azure": "azure.ai.openai"}
"""As the conventions name them; others have their own names."""


class ModelSpans:
    """An `AttemptListener` of one deployment."""

    def __init__(self, traces: Traces, provider: Provider) -> None:
        self._traces = traces
        self._provider = provider
        self.wants_text = traces.has_text

    def ended(
        self, attempt: AttemptUsage, request: ChatRequest, reason: str | None, text: str
    ) -> None:
        """Tells of an attempt that is over."""
        attributes: dict[str, str | int | float | tuple[str, ...]] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": PROVIDERS.get(self._provider, self._provider),
            "gen_ai.request.model": attempt.wire_model,
            "gen_ai.request.max_tokens": request.max_output_tokens,
            "gen_ai.request.temperature": request.temperature,
            "gen_ai.usage.input_tokens": attempt.usage.prompt_tokens,
            "gen_ai.usage.output_tokens": attempt.usage.completion_tokens,
            "neuroshiksha.deployment": attempt.deployment,
            "neuroshiksha.prompt": attempt.prompt,
            "neuroshiksha.outcome": attempt.outcome,
        }
        if attempt.usage.cached_tokens:
            attributes["gen_ai.usage.cache_read.input_tokens"] = attempt.usage.cached_tokens
        if reason is not None:
            attributes["gen_ai.response.finish_reasons"] = (reason,)
        if attempt.first_token_seconds is not None:
            attributes["neuroshiksha.first_token_seconds"] = attempt.first_token_seconds
        if self.wants_text:
            attributes |= _texts(request, reason, text)
        self._traces.tell(
            f"chat {attempt.wire_model}",
            attempt.latency_seconds,
            attributes,
            error=None if attempt.outcome == SUCCEEDED else attempt.outcome,
        )


def _texts(request: ChatRequest, reason: str | None, text: str) -> dict[str, str]:
    asked = [
        *(_message(turn.role, turn.content) for turn in request.history),
        _message("user", request.prompt.user),
    ]
    answered = _message("assistant", text) | {"finish_reason": reason or "error"}
    return {
        "gen_ai.system_instructions": json.dumps([_part(request.prompt.system)]),
        "gen_ai.input.messages": json.dumps(asked, ensure_ascii=False),
        "gen_ai.output.messages": json.dumps([answered], ensure_ascii=False),
    }


def _message(role: str, text: str) -> dict[str, object]:
    return {"role": role, "parts": [_part(text)]}


def _part(text: str) -> dict[str, str]:
    return {"type": "text", "content": text}
