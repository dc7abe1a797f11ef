"""Holds replies against the key of an open problem before anything of them is shown."""

import asyncio
import logging
from typing import Final

from content.languages import SpokenLanguage
from pedagogy.grading.short_answers import sentences_of
from pedagogy.modes.guarded_keys import GuardedKey
from pedagogy.modes.leaks import guarded
from pedagogy.modes.stock_words import stock_hint
from services.answering.speech import Rewritten
from services.learning.answer_grading import SupportOfPoints, vectors_of
from services.question_encoding import QuestionEncoder

KEPT_BACK: Final[dict[SpokenLanguage, str]] = {
    "en": "A part of this reply was kept back, as it would have given the answer away.",
    "hi": "इस जवाब का एक भाग रोक लिया गया, क्योंकि उससे उत्तर पता चल जाता।",
}
NOT_GUARDED: Final[dict[SpokenLanguage, str]] = {
    "en": "What the tutor wrote is kept back, as its answer to this problem could not be checked.",
    "hi": "ट्यूटर का लिखा रोक लिया गया, क्योंकि इस प्रश्न का उसका उत्तर जाँचा नहीं जा सका।",
}

logger = logging.getLogger(__name__)


class ReplyGuard:
    """Rewrites the replies to one problem so that none gives its answer away."""

    def __init__(
        self,
        key: GuardedKey | None,
        hint_level: int,
        encoder: QuestionEncoder,
        opening: str = "",
        *,
        language: SpokenLanguage,
    ) -> None:
        """Takes the secrets.

        Args:
            key: None where nothing is known of the answer; then no reply passes.
            hint_level: Chooses what is said where nothing may be.
            encoder: Measures whether sentences say a key point in other words.
            opening: The server's own words before the reply.
            language: Of what is said in the place of a reply.
        """
        self._key = key
        self._level = max(1, hint_level)
        self._encoder = encoder
        self._opening = opening
        self._language = language

    async def rewritten(self, reply: str) -> Rewritten:
        """The reply as it may be shown: whole, without what leaks, or a stock hint."""
        if self._key is None:
            stock = stock_hint(self._level, self._language)
            return Rewritten(self._opened(stock), NOT_GUARDED[self._language])
        points = self._key.points
        texts = [*points, *sentences_of(reply)] if points else []
        support = SupportOfPoints(await vectors_of(self._encoder, texts))
        sent = await asyncio.to_thread(
            guarded,
            reply,
            self._key,
            hint_level=self._level,
            support=support,
            language=self._language,
        )
        if sent.leak is not None:
            logger.info("A reply was kept back in part: %s", sent.leak.kind)
        notice = "" if sent.leak is None else KEPT_BACK[self._language]
        return Rewritten(self._opened(sent.text), notice)

    def _opened(self, text: str) -> str:
        return f"{self._opening}\n\n{text}" if self._opening else text
