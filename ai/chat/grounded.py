"""The built-in chat model: answers in the words of the sources, with no network and no key."""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from itertools import groupby

from ai.answering.extraction import extract_answer
from ai.answering.language import Language, language_by_script
from ai.answering.sentence_scoring import score_statements
from ai.answering.statements import Statement
from ai.chat.chat_model import ChatChunk, ChatRequest, Finished, FinishReason, TextDelta, Usage
from ai.chat.grounded_wording import not_covered, small_talk_reply
from ai.chat.passage import Passage

_WORD = re.compile(r"\s*\S+")
_MAX_TOPICS = 3
_MINILM_LANGUAGES: frozenset[Language] = frozenset({"en"})

GROUNDED_NAME = "grounded"
"""What the built-in model is called, in requests and in answers."""


class GroundedChatModel:
    """Answers with the sentences of the passages that answer the question, each one cited.

    The same request always gives the same answer. Where the passages do not hold the answer it
    says so, without a citation, and names the nearest topics. Its tokens are words.

    Source: `ai.answering.sentence_scoring` and `ai.answering.extraction` state the formulas.
    """

    def __init__(
        self,
        *,
        name: str = GROUNDED_NAME,
        embedded_languages: frozenset[Language] = _MINILM_LANGUAGES,
    ) -> None:
        """Names the model and the languages whose vectors mean something.

        Args:
            name: The name it is asked for by.
            embedded_languages: Languages that the embedder of the request's vectors covers; a
                question in another is answered by its words alone.
        """
        self._name = name
        self._embedded_languages = embedded_languages

    @property
    def name(self) -> str:
        """The name given at construction."""
        return self._name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Streams the answer word by word, without artificial delay."""
        answer = await asyncio.to_thread(self._answer, request)
        words = _WORD.findall(answer)
        for word in words[: request.max_output_tokens]:
            yield TextDelta(word)
        spoken = min(len(words), request.max_output_tokens)
        reason: FinishReason = "stop" if spoken == len(words) else "length"
        yield Finished(reason, Usage(_words_read(request), spoken))

    def _answer(self, request: ChatRequest) -> str:
        question = request.question.strip()
        language = language_by_script(question)
        reply = small_talk_reply(question, language)
        if reply is not None:
            return reply
        vector = request.question_vector if language in self._embedded_languages else None
        extraction = extract_answer(score_statements(question, vector, request.passages))
        if not extraction.statements:
            return not_covered(_nearest_topics(request.passages), language)
        return _in_paragraphs(extraction.statements)


def _in_paragraphs(statements: Sequence[Statement]) -> str:
    """Joins statements, a paragraph for each passage; a list stands apart."""
    blocks: list[str] = []
    for _, of_one_passage in groupby(statements, key=lambda statement: statement.passage.n):
        is_open = False
        for statement in of_one_passage:
            said = statement.cited_markdown()
            is_list = "\n" in said
            if is_open and not is_list:
                blocks[-1] += f" {said}"
            else:
                blocks.append(said)
            is_open = not is_list
    return "\n\n".join(blocks)


def _nearest_topics(passages: Sequence[Passage]) -> tuple[str, ...]:
    topics: dict[str, None] = {}
    for passage in passages:
        topic = passage.heading[-1] if passage.heading else passage.title
        if topic.strip():
            topics.setdefault(" ".join(topic.split()))
    return tuple(topics)[:_MAX_TOPICS]


def _words_read(request: ChatRequest) -> int:
    texts = (request.question, *(passage.text for passage in request.passages))
    return sum(len(text.split()) for text in texts)
