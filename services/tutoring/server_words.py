"""What the server says itself at a turn: questions that it poses, verdicts, solutions, refusals."""

from typing import Final

from content.languages import SpokenLanguage
from content.questions import (
    AnyQuestion,
    Cloze,
    Expression,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    ShortAnswer,
    SingleChoice,
)
from pedagogy.grading.grade import Grade
from pedagogy.modes.policy import ModePolicy, TutorMode
from pedagogy.modes.states import Turn, TutorMove
from pedagogy.modes.stock_words import missing_for_solution
from pedagogy.modes.typed_answers import how_to_answer, posed
from services.tutoring.problems import Problem

RIGHT: Final[dict[SpokenLanguage, str]] = {"en": "**Right.**", "hi": "**सही।**"}
NOT_YET: Final[dict[SpokenLanguage, str]] = {"en": "**Not right yet.**", "hi": "**अभी सही नहीं।**"}
IN_PART: Final[dict[SpokenLanguage, str]] = {"en": "**Right in part.**", "hi": "**आंशिक रूप से सही।**"}
LOOK_AGAIN: Final[dict[SpokenLanguage, str]] = {
    "en": "Look at it again, and send another answer or ask for a hint.",
    "hi": "इसे फिर से देखिए, और दूसरा उत्तर भेजिए या संकेत माँगिए।",
}
NO_QUESTIONS: Final[dict[SpokenLanguage, str]] = {
    "en": "This course has no questions to practise yet. Choose another way of learning, or ask"
    " your teacher for a quiz.",
    "hi": "इस पाठ्यक्रम में अभ्यास के लिए अभी प्रश्न नहीं हैं। सीखने का कोई और तरीका चुनिए, या अपने शिक्षक से"
    " क्विज़ माँगिए।",
}
NOTHING_OPEN: Final[dict[SpokenLanguage, str]] = {
    "en": "No problem is open. Write the question or the problem that you want to work on.",
    "hi": "अभी कोई प्रश्न खुला नहीं है। जिस प्रश्न पर आप काम करना चाहते हैं, उसे लिखिए।",
}
_ANSWER_IS: Final[dict[SpokenLanguage, str]] = {
    "en": "The answer is {answer}.",
    "hi": "उत्तर है: {answer}।",
}
_ANSWER: Final[dict[SpokenLanguage, str]] = {"en": "The answer:", "hi": "उत्तर:"}
_GAPS_HOLD: Final[dict[SpokenLanguage, str]] = {
    "en": "The gaps hold {answer}.",
    "hi": "रिक्त स्थानों में आता है: {answer}।",
}
_ORDER: Final[dict[SpokenLanguage, str]] = {"en": "The right order:", "hi": "सही क्रम:"}
_TOGETHER: Final[dict[SpokenLanguage, str]] = {
    "en": "What belongs together:",
    "hi": "ये एक साथ आते हैं:",
}


def opening_for(move: TutorMove, grade: Grade | None, language: SpokenLanguage) -> str:
    """Words before a reply: whether the answer was right, which no chat model decides."""
    if grade is None or move is TutorMove.CONFIRM:
        return ""
    verdict = IN_PART if 0 < grade.score < grade.maximum else NOT_YET
    return " ".join((verdict[language], *grade.feedback))


def words_for(
    turn: Turn,
    problem: Problem | None,
    grade: Grade | None,
    following: Problem | None,
    policy: ModePolicy,
    language: SpokenLanguage,
) -> str:
    """The whole reply, where the server makes it; empty where a chat model does.

    Args:
        turn: what the machine decided.
        problem: what it is about.
        grade: of the learner's answer, if they gave one.
        following: the question to pose next.
        policy: of the course.
        language: of what the server says itself.
    """
    match turn.move:
        case TutorMove.POSE:
            if problem is None:
                return NO_QUESTIONS[language]
            return _posed(problem.question, language)
        case TutorMove.CONFIRM:
            return _confirmed(problem, following, language)
        case TutorMove.REFUSE_SOLUTION if turn.state.problem is not None:
            return missing_for_solution(turn.state.problem, policy, language)
        case TutorMove.SHOW_SOLUTION if problem is not None and problem.origin == "quiz":
            return solution(problem.question, language)
        case TutorMove.CHECK if grade and turn.state.mode is not TutorMode.CHECK_MY_WORK:
            return LOOK_AGAIN[language]
        case _:
            return ""


def solution(question: AnyQuestion, language: SpokenLanguage) -> str:
    """The key in words, and why it is right."""
    return "\n\n".join(part for part in (_key(question, language), question.explanation) if part)


def _posed(question: AnyQuestion, language: SpokenLanguage) -> str:
    parts = (posed(question), how_to_answer(question, language))
    return "\n\n".join(part for part in parts if part)


def _confirmed(problem: Problem | None, following: Problem | None, language: SpokenLanguage) -> str:
    parts = [RIGHT[language]]
    if problem is not None:
        parts[0] = f"{RIGHT[language]} {problem.question.explanation}".rstrip()
        if problem.origin == "sources" and isinstance(problem.question, ShortAnswer):
            parts += [f"> {point}" for point in problem.question.key_points]
    if following is not None:
        parts.append(_posed(following.question, language))
    return "\n\n".join(parts)


def _key(question: AnyQuestion, language: SpokenLanguage) -> str:
    match question:
        case SingleChoice() | MultipleChoice():
            right = [
                f"**{chr(ord('A') + place)}** {choice.text}"
                for place, choice in enumerate(question.choices)
                if choice.is_right
            ]
            return _ANSWER_IS[language].format(answer=", ".join(right))
        case Numeric(value=value, unit=unit):
            return _ANSWER_IS[language].format(answer=f"{value:g} {unit}".rstrip())
        case Expression(expression=expression):
            return _ANSWER_IS[language].format(answer=f"`{expression}`")
        case ShortAnswer(accepted=accepted, key_points=points):
            return _listed(_ANSWER[language], [f"- {each}" for each in (*accepted[:1], *points)])
        case Cloze(gaps=gaps):
            held = ", ".join(f"“{gap.accepted[0]}”" for gap in gaps)
            return _GAPS_HOLD[language].format(answer=held)
        case Ordering(items=items):
            lines = [f"{place}. {item}" for place, item in enumerate(items, 1)]
            return _listed(_ORDER[language], lines)
        case Matching(pairs=pairs):
            return _listed(_TOGETHER[language], [f"- {pair.left}: {pair.right}" for pair in pairs])


def _listed(heading: str, lines: list[str]) -> str:
    return "\n".join((heading, "", *lines))
