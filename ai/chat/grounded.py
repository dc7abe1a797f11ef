"""The built-in chat model: answers in the words of the sources, with no network and no key."""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from itertools import groupby

from ai.answering.answerability import ANSWERABLE, EMBEDDED_LANGUAGES, answerability
from ai.answering.extraction import chosen_statements
from ai.answering.own_wording import nearest_topics, not_covered, part_not_covered
from ai.answering.sentence_scoring import score_statements
from ai.answering.statements import Statement
from ai.chat.chat_model import (
    ChatChunk,
    ChatRequest,
    Finished,
    FinishReason,
    QuestionPart,
    TextDelta,
    Usage,
)
from content.languages import SpokenLanguage, language_by_script

_WORD = re.compile(r"\s*\S+")

GROUNDED_NAME = "grounded"
"""What the built-in model is called, in requests and in answers."""


class GroundedChatModel:
    """Answers with the sentences of the passages that answer the question, each one cited.

    The same request always gives the same answer. Each part of a compound question is answered in
    its turn. Where the passages do not hold the answer it says so, without a citation, and names
    the nearest topics. Its tokens are words.

    Source: `ai.answering.answerability`, `ai.answering.sentence_scoring` and
    `ai.answering.extraction` state the formulas.
    """

    def __init__(
        self,
        *,
        name: str = GROUNDED_NAME,
        embedded_languages: frozenset[SpokenLanguage] = EMBEDDED_LANGUAGES,
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
        if request.stock_answer is not None:
            return request.stock_answer
        language = language_by_script(request.question)
        found = self._found(request)
        if not any(found.values()):
            return not_covered(nearest_topics(request.passages), language)
        answers: list[str] = []
        said: set[str] = set()
        for part, statements in found.items():
            new = [each for each in statements if each.cited_markdown() not in said]
            said.update(each.cited_markdown() for each in new)
            if new:
                answers.append(_in_paragraphs(new))
            elif not statements:
                answers.append(part_not_covered(part, language))
        return "\n\n".join(answers)

    def _found(self, request: ChatRequest) -> dict[str, tuple[Statement, ...]]:
        """What the sources say to the question, or to each of its parts; nothing if they do not."""
        if request.parts:
            return {
                part.text: self._statements(part, request, likely=None) for part in request.parts
            }
        whole = QuestionPart(request.question.strip(), request.question_vector)
        return {whole.text: self._statements(whole, request, likely=request.answerability)}

    def _statements(
        self, part: QuestionPart, request: ChatRequest, *, likely: float | None
    ) -> tuple[Statement, ...]:
        is_embedded = language_by_script(part.text) in self._embedded_languages
        vector = part.vector if is_embedded else None
        if likely is None:
            likely = answerability(part.text, vector, request.passages)
        if likely < ANSWERABLE:
            return ()
        return chosen_statements(score_statements(part.text, vector, request.passages))


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


def _words_read(request: ChatRequest) -> int:
    texts = (request.question, *(passage.text for passage in request.passages))
    return sum(len(text.split()) for text in texts)
