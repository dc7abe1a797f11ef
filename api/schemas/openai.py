"""Schemas of the OpenAI-compatible endpoint, as OpenAI's clients send and read them."""

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from api.schemas.chat import CitationRead, NoticeRead, SentenceRead, SourceRead
from api.schemas.common import Input, LocatorRead, Output, PlainText

MAXIMUM_MESSAGES = 2_000


class Lenient(BaseModel):
    """Base of what clients fill in for themselves: what is not known is not read."""

    model_config = ConfigDict(extra="ignore")


class ContentPartParam(Lenient):
    """A part of a message; only text is read."""

    type: str = Field(max_length=50, examples=["text"])
    text: PlainText | None = None


class MessageParam(Lenient):
    """Something that was said."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: PlainText | list[ContentPartParam] | None = Field(
        default=None, examples=["Why does a pendulum keep time?"]
    )


class StreamOptionsParam(Lenient):
    """How a stream ends."""

    include_usage: bool | None = Field(
        default=None, description="Whether a last chunk says what the answer took."
    )


class ExtensionParam(Input):
    """What OpenAI's request has no place for."""

    footnotes: bool = Field(
        default=True, description="Whether the cited quotes stand at the end of the text."
    )


WITHOUT_EFFECT = "Accepted, without effect."
Unread = Annotated[Any, Field(description=WITHOUT_EFFECT)]


def _supported(only: str) -> FieldInfo:
    """Describes a parameter that asks for what a tutor does not do."""
    description = f"Only {only}; anything else is refused."
    return cast("FieldInfo", Field(description=description))


class ChatCompletionCreate(Input):
    """A question to the tutor of a course, with what was said before."""

    model: PlainText = Field(
        max_length=200, description="A course, by slug or id.", examples=["physics"]
    )
    messages: Annotated[list[MessageParam], Field(min_length=1, max_length=MAXIMUM_MESSAGES)] = (
        Field(
            description="The last one is the user's question. Earlier ones of user and assistant"
            " are its history; those of system and developer are not read."
        )
    )
    stream: bool | None = None
    stream_options: StreamOptionsParam | None = None
    neuroshiksha: ExtensionParam = Field(default_factory=ExtensionParam)

    n: Annotated[Any, _supported("1 or absent")] = None
    tools: Annotated[Any, _supported("empty or absent")] = None
    tool_choice: Annotated[Any, _supported("none, auto or absent")] = None
    functions: Annotated[Any, _supported("empty or absent")] = None
    function_call: Annotated[Any, _supported("none, auto or absent")] = None
    logprobs: Annotated[Any, _supported("false or absent")] = None
    top_logprobs: Annotated[Any, _supported("absent")] = None
    modalities: Annotated[Any, _supported("text or absent")] = None
    audio: Annotated[Any, _supported("absent")] = None
    response_format: Annotated[Any, _supported("text or absent")] = None
    stop: Annotated[Any, _supported("empty or absent")] = None
    web_search_options: Annotated[Any, _supported("absent")] = None

    temperature: Annotated[float | None, Field(description=WITHOUT_EFFECT)] = None
    top_p: Annotated[float | None, Field(description=WITHOUT_EFFECT)] = None
    max_tokens: Annotated[int | None, Field(description=WITHOUT_EFFECT)] = None
    max_completion_tokens: Annotated[int | None, Field(description=WITHOUT_EFFECT)] = None
    frequency_penalty: Annotated[float | None, Field(description=WITHOUT_EFFECT)] = None
    presence_penalty: Annotated[float | None, Field(description=WITHOUT_EFFECT)] = None
    logit_bias: Unread = None
    seed: Annotated[int | None, Field(description=WITHOUT_EFFECT)] = None
    reasoning_effort: Unread = None
    verbosity: Unread = None
    parallel_tool_calls: Unread = None
    prediction: Unread = None
    service_tier: Unread = None
    store: Unread = None
    metadata: Unread = None
    user: Unread = None
    safety_identifier: Unread = None
    prompt_cache_key: Unread = None
    prompt_cache_retention: Unread = None


class UrlCitationRead(Output):
    """Where a marker of the answer leads."""

    url: str = Field(description="The cited version of the document's text, for who may read it.")
    title: str = Field(examples=["Oscillations, p. 3"])
    start_index: int = Field(description="Of the marker, in code points of the content.")
    end_index: int


class AnnotationExtensionRead(Output):
    """The source that a marker names."""

    n: int
    document_id: str
    locator: LocatorRead
    citations: list[CitationRead]


class AnnotationRead(Output):
    """A source named by a marker of the answer."""

    type: Literal["url_citation"]
    url_citation: UrlCitationRead
    neuroshiksha: AnnotationExtensionRead


class CompletionMessageRead(Output):
    """The answer."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[AnnotationRead]


class CompletionChoiceRead(Output):
    """The one answer there is."""

    index: Literal[0]
    message: CompletionMessageRead
    logprobs: None
    finish_reason: Literal["stop", "length"]


class CompletionUsageRead(Output):
    """What the answer took."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionExtensionRead(Output):
    """What OpenAI's shape has no place for."""

    chat_model: str
    cost_micro_usd: int | None
    message_id: str
    conversation_id: str
    mode: str
    prompt: str
    cached: bool
    finish_reason: str
    groundedness: float | None
    confidence: float | None
    citations: list[CitationRead]
    sentences: list[SentenceRead]
    sources: list[SourceRead]
    notices: list[NoticeRead]


class ChatCompletionRead(Output):
    """A whole answer."""

    id: str = Field(examples=["chatcmpl-019ac3f2-7c1e-7cc0-a1b2-000000000000"])
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[CompletionChoiceRead]
    usage: CompletionUsageRead
    neuroshiksha: CompletionExtensionRead


class OfferedModelRead(Output):
    """A course that one may ask in."""

    id: str = Field(description="Its slug.", examples=["physics"])
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["neuroshiksha"] = "neuroshiksha"
    name: str = Field(description="The course's title.", examples=["College Physics"])


class OfferedModelsRead(Output):
    """Every course that one may ask in."""

    object: Literal["list"] = "list"
    data: list[OfferedModelRead]


class OpenAIErrorMembers(Output):
    """What went wrong."""

    message: str
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(examples=["model"])
    code: str | None = Field(examples=["model_not_found"])


class OpenAIErrorRead(Output):
    """An error in OpenAI's shape."""

    error: OpenAIErrorMembers
