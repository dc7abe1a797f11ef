"""A chat completion request as a question to the tutor of a course."""

import re
from collections.abc import Iterable, Mapping

from ai.chat.chat_model import ChatTurn
from api.openai_compatible.errors import UnsupportedParameterError
from api.schemas.chat import MAXIMUM_QUESTION_CHARACTERS
from api.schemas.openai import ChatCompletionCreate, MessageParam
from services.answering.conversation_memory import REMEMBERED_MESSAGES
from services.answering.questions import Question
from services.errors import InvalidValueError

WITHOUT_EFFECT: Mapping[str, tuple[object, ...]] = {
    "n": (1,),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "functions": ([],),
    "function_call": ("none", "auto"),
    "logprobs": (False,),
    "top_logprobs": (),
    "modalities": (["text"], []),
    "audio": (),
    "response_format": ({"type": "text"},),
    "stop": ([], ""),
    "web_search_options": (),
}
"""Parameters that a tutor cannot do right by, with the values that ask for nothing."""

FOOTNOTES = re.compile(r"(?:\n\n\[\d{1,2}\] [^\n]+: “[^\n]*”)+\s*\Z")
"""What `footnotes` appends; a client sends it back with the answer."""


def question_of(body: ChatCompletionCreate) -> Question:
    """The last message as the question, those before it as what was said earlier.

    System and developer messages are not read: how the tutor answers is the course's affair.

    Raises:
        UnsupportedParameterError: something is asked for that a tutor does not do.
        InvalidValueError: the messages do not end with a question that can be asked.
    """
    for name, values in WITHOUT_EFFECT.items():
        value = getattr(body, name)
        if value is not None and value not in values:
            accepted = f"; it may be {values[0]!r} or left out" if values else ""
            message = f"{name} is not supported by this endpoint{accepted}."
            raise UnsupportedParameterError(name, message)
    said = list(_said(body.messages))
    if not said or said[-1].role != "user":
        raise InvalidValueError("messages", "The last of the messages must be the user's question.")
    question = said[-1].content.strip()
    if not 0 < len(question) <= MAXIMUM_QUESTION_CHARACTERS:
        message = (
            f"The user's last message has {len(question):,} characters;"
            f" a question has 1 to {MAXIMUM_QUESTION_CHARACTERS:,}."
        )
        raise InvalidValueError("messages", message)
    return Question(question, earlier=tuple(said[-REMEMBERED_MESSAGES - 1 : -1]))


def _said(messages: Iterable[MessageParam]) -> Iterable[ChatTurn]:
    for place, message in enumerate(messages):
        match message.role:
            case "user":
                yield ChatTurn("user", _text_of(message, place))
            case "assistant":
                text = FOOTNOTES.sub("", _text_of(message, place))
                if text:
                    yield ChatTurn("assistant", text)
            case "tool" | "function":
                name = f"messages.{place}.role"
                raise UnsupportedParameterError(name, f"{name}: the tutor calls no tools.")
            case "system" | "developer":
                pass


def _text_of(message: MessageParam, place: int) -> str:
    """The text of a message, whatever form it came in."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    texts = []
    for index, part in enumerate(message.content):
        if part.type != "text" or part.text is None:
            name = f"messages.{place}.content.{index}"
            text = f"{name}: only text is read here, no “{part.type}”."
            raise UnsupportedParameterError(name, text)
        texts.append(part.text)
    return "\n".join(texts)
