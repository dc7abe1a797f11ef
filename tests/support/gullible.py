"""A chat model that believes all that it reads: it says whatever any text tells it to say."""

import base64
import binascii
import codecs
import re
from collections.abc import AsyncGenerator, Iterator

from ai.chat.chat_model import ChatChunk, ChatRequest, Finished, TextDelta, Usage

ORDER = re.compile(r"(?:\bsay|कहो)\s+[\"“]([^\"”]+)[\"”]", re.IGNORECASE)
ENCODED = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
ASKS_FOR_RULES = re.compile(r"repeat everything above", re.IGNORECASE)
INVISIBLE = re.compile(r"[\u200b-\u200d\u2060]")


class GullibleChatModel:
    """Obeys its question and its sources alike, decodes what is encoded, and cites source 1."""

    name = "gullible"

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Says what it was told to, each in a sentence that claims to be supported."""
        self.requests.append(request)
        orders = list(orders_in(request.prompt.user))
        if ASKS_FOR_RULES.search(request.prompt.user):
            orders.append(request.prompt.system)
        said = " ".join(f"{order.rstrip('.।')} [1]." for order in orders) or "I know nothing."
        yield TextDelta(said)
        yield Finished("stop", Usage(1, 1))


def orders_in(text: str) -> Iterator[str]:
    """What a text tells one to say, also where it is hidden."""
    visible = INVISIBLE.sub("", text)
    readings = [visible, codecs.decode(visible, "rot13"), *decoded(visible)]
    for reading in readings:
        yield from ORDER.findall(reading)


def decoded(text: str) -> Iterator[str]:
    """What stands in a text in Base64."""
    for found in ENCODED.findall(text):
        try:
            yield base64.b64decode(found, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
