"""Moderation of questions and answers, where a school has set a moderator."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from ai.chat.chat_model import Usage
from ai.moderation.moderator import ModerationError, Moderator
from ai.prompts.template_file import PromptTemplate
from ai.questions.remarks import Remark
from content.languages import language_by_script
from services.answering.cached_telling import CachedAnswerTeller
from services.answering.draft import AnswerDraft
from services.answering.questions import AcceptedQuestion, Mode
from services.answering.speech import Refusal
from services.answering.telling import AnswerTeller
from services.answering.understanding import Understanding
from storage.repositories.messages import FinishedAnswer

NOT_FIT = {
    "en": "I cannot answer this. If something troubles you, please talk to a teacher or to someone"
    " you trust.",
    "hi": "मैं इसका उत्तर नहीं दे सकता। यदि कोई बात आपको परेशान करती है, तो कृपया किसी शिक्षक या अपने"
    " भरोसे के व्यक्ति से बात कीजिए।",
}
NOT_CHECKED = {
    "en": "I cannot answer just now: what is asked and answered here is checked first, and the"
    " check cannot be reached. Please try again later.",
    "hi": "मैं अभी उत्तर नहीं दे सकता: यहाँ प्रश्न और उत्तर पहले जाँचे जाते हैं, और जाँच सेवा उपलब्ध नहीं है।"
    " कृपया बाद में फिर प्रयास कीजिए।",
}
LEFT_ALONE_SECONDS = 10.0
"""After a failure the moderator is not asked for so long: nobody waits for it in vain."""
REMEMBERED_QUESTIONS = 1_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModerationRules:
    """What is judged, and what happens without a judgement.

    Attributes:
        judges_answers: Whether answers are judged too; they are then shown once they are whole.
        is_open_without: Whether texts pass while the moderator is away.
    """

    judges_answers: bool = False
    is_open_without: bool = True


class Moderation:
    """Asks the moderator, once for each question, and decides what becomes of the text."""

    def __init__(
        self, moderator: Moderator, rules: ModerationRules, clock: Callable[[], float]
    ) -> None:
        """Takes the moderator, the rules, and a monotonic clock in seconds."""
        self.rules = rules
        self._moderator = moderator
        self._clock = clock
        self._left_alone_until = float("-inf")
        self._questions: OrderedDict[UUID, asyncio.Task[Refusal | None]] = OrderedDict()

    async def of_question(self, accepted: AcceptedQuestion) -> Refusal | None:
        """Why the question is not answered; None where it is. All who ask share one judgement."""
        judging = self._questions.get(accepted.message_id)
        if judging is None:
            judging = asyncio.create_task(self.of_text(accepted.question.text))
            self._questions[accepted.message_id] = judging
            if len(self._questions) > REMEMBERED_QUESTIONS:
                self._questions.popitem(last=False)
        return await asyncio.shield(judging)

    async def of_text(self, text: str) -> Refusal | None:
        """Why a text does not pass; None where it does."""
        language = "hi" if language_by_script(text) == "hi" else "en"
        if self._clock() < self._left_alone_until:
            return self._without(language)
        try:
            judgement = await self._moderator.judge(text)
        except ModerationError as error:
            self._left_alone_until = self._clock() + LEFT_ALONE_SECONDS
            logger.warning("Moderation is left alone for a while: %s", error)
            return self._without(language)
        if not judgement.is_flagged:
            return None
        reason = ", ".join(judgement.categories) or "unnamed"
        return Refusal(f"Moderation held this back: {reason}.", NOT_FIT[language])

    def _without(self, language: str) -> Refusal | None:
        if self.rules.is_open_without:
            return None
        return Refusal("The moderation service cannot be reached.", NOT_CHECKED[language])


class ModeratedTeller:
    """A teller of answers that asks the moderator before anything else, the answer cache too."""

    def __init__(self, teller: AnswerTeller | CachedAnswerTeller, moderation: Moderation) -> None:
        self._teller = teller
        self._moderation = moderation

    def select_prompt(
        self, mode: Mode, conversation_id: UUID, remark: Remark | None = None
    ) -> PromptTemplate:
        """The prompt for that mode, or for a remark, in the version that the conversation gets."""
        return self._teller.select_prompt(mode, conversation_id, remark)

    def find_prompt(
        self,
        reference: str | None,
        mode: Mode,
        conversation_id: UUID,
        remark: Remark | None = None,
    ) -> PromptTemplate:
        """The prompt of that `name@version`, where it is still there; else the one in use."""
        return self._teller.find_prompt(reference, mode, conversation_id, remark)

    async def tell(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding | None
    ) -> FinishedAnswer:
        """Says the answer into the draft, or that there is none; gives the row to save.

        Raises:
            StorageUnavailableError: the sources could not be read.
        """
        refusal = await self._moderation.of_question(accepted)
        if refusal is not None:
            return await _refused(draft, refusal, understanding)
        self._hold(draft)
        return await self._teller.tell(draft, accepted, understanding)

    async def resume(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding | None
    ) -> FinishedAnswer:
        """Goes on with an answer whose earlier owner is gone; gives the row to save.

        Raises:
            StorageUnavailableError: the sources could not be read.
        """
        if not draft.inherited_text:
            refusal = await self._moderation.of_question(accepted)
            if refusal is not None:
                return await _refused(draft, refusal, understanding)
        self._hold(draft)
        return await self._teller.resume(draft, accepted, understanding)

    def _hold(self, draft: AnswerDraft) -> None:
        if self._moderation.rules.judges_answers:
            draft.hold_for(self._moderation.of_text)


Teller = AnswerTeller | CachedAnswerTeller | ModeratedTeller


async def _refused(
    draft: AnswerDraft, refusal: Refusal, understanding: Understanding | None
) -> FinishedAnswer:
    if understanding is not None:
        understanding.cancel()
    draft.begin()
    if not draft.has_shown_sources:
        draft.show_sources((), ())
    draft.refuse(refusal)
    row = await draft.completed("refused", Usage(0, 0))
    return replace(row, cost_micro_usd=0)
