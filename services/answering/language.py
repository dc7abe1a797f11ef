"""The language an answer is to be written in: that of the question."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from ai.chat.chat_model import ChatTurn
from ai.prompts.language_names import LANGUAGE_NAMES
from ai.questions.remarks import RemarkLanguage
from ai.questions.romanised import is_romanised_hindi
from ai.retrieval.languages import language_by_script, script_of
from content.languages import SpokenLanguage
from ingestion.languages import language_of_question
from services.answering.questions import AcceptedQuestion

HINDI: Final = "Hindi"
ROMANISED_HINDI: Final = "Hindi in Latin letters"
UNKNOWN: Final = "the language of the learner"
REMARK_LANGUAGES: Final[Mapping[RemarkLanguage, str]] = MappingProxyType(
    {"en": "English", "hi": HINDI, "hi-Latn": ROMANISED_HINDI}
)


def stock_language(accepted: AcceptedQuestion, stem: str = "") -> SpokenLanguage:
    """The language of fixed sentences in an answer: Hindi where it is to be in Hindi, else English.

    Args:
        accepted: the question.
        stem: the open problem, whose language counts where the learner's words tell none.
    """
    history = (ChatTurn("user", stem), *accepted.history)
    answered_in = language_to_answer_in(accepted.question.text, history, accepted.access.language)
    return "hi" if answered_in == HINDI else "en"


def language_to_answer_in(question: str, history: Sequence[ChatTurn], course_language: str) -> str:
    """The English name of the question's language.

    A question too short to tell takes the language of the learner's latest one that does, and
    without any that of the course, if it is in the same script.

    Args:
        question: as the learner wrote it.
        history: the turns before it.
        course_language: BCP 47 tag.
    """
    earlier = [turn.content for turn in reversed(history) if turn.role == "user"]
    for text in (question, *earlier):
        name = _telling_language(text)
        if name is not None:
            return name
    return _name(language_by_script(question, course_language))


def _telling_language(text: str) -> str | None:
    """The language that a text's script or common words give away; None where they do not."""
    by_script = language_by_script(text, "en")
    if script_of(by_script) is not None:
        return _name(by_script)
    if is_romanised_hindi(text):
        return ROMANISED_HINDI
    by_words = language_of_question(text)
    return None if by_words is None else _name(by_words)


def _name(language: str) -> str:
    return LANGUAGE_NAMES.get(language.partition("-")[0].lower(), UNKNOWN)
