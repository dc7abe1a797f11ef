"""Checks an answer against its sources once it is told: by words, by meaning, by a judge."""

import asyncio
import logging

import numpy as np
from numpy.typing import NDArray

from ai.answering.answerability import EMBEDDED_LANGUAGES
from ai.answering.citations import BoundAnswer, CitationBinder
from ai.chat.attribution import Attribution
from ai.embedding.errors import EmbeddingError
from content.languages import language_by_script
from services.answering.judging import SupportJudge
from services.errors import OverloadedError
from services.question_encoding import QuestionEncoder

DOUBTFUL = (0.1, 0.9)
"""Between these supports by words, the meaning is asked."""
MOST_EMBEDDED = 12

logger = logging.getLogger(__name__)


class AnswerChecker:
    """Binds the citations of an answer that is told, with what else can be known of its support."""

    def __init__(self, encoder: QuestionEncoder, judge: SupportJudge | None = None) -> None:
        self._encoder = encoder
        self._judge = judge

    async def check(self, binder: CitationBinder, attribution: Attribution) -> BoundAnswer:
        """The answer with its citations and supports; `attribution` is on whose account.

        Sentences that words leave in doubt are embedded; where that is not possible, words
        decide. A judge is asked about what is in doubt after that.
        """
        bound = await asyncio.to_thread(binder.bind)
        vectors = await self._vectors(binder, bound)
        if vectors:
            bound = await asyncio.to_thread(binder.bind, vectors)
        if self._judge is not None:
            bound = await self._judge.judged(bound, binder.passages, attribution)
        return bound

    async def _vectors(
        self, binder: CitationBinder, bound: BoundAnswer
    ) -> dict[int, NDArray[np.float32]]:
        low, high = DOUBTFUL
        texts = {
            place: text
            for place, (sentence, text) in enumerate(
                zip(bound.sentences, binder.sentence_texts(), strict=True)
            )
            if sentence.citations
            and low < sentence.support < high
            and language_by_script(text) in EMBEDDED_LANGUAGES
        }
        places = list(texts)[:MOST_EMBEDDED]
        try:
            found = await asyncio.gather(*(self._encoder.vector(texts[place]) for place in places))
        except (EmbeddingError, OverloadedError) as error:
            logger.info("An answer is checked by its words alone: %s", error)
            return {}
        return dict(zip(places, found, strict=True))
