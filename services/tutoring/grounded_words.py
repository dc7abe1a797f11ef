"""What the built-in tutor says in each mode: in the words of the sources, and of quizzes."""

from dataclasses import dataclass
from typing import Final

from ai.answering.extraction import chosen_statements
from ai.answering.own_wording import nearest_topics, not_covered
from ai.answering.sentence_scoring import score_statements
from ai.answering.statements import Statement, statements_of
from ai.answering.wording import wording_of
from ai.chat.passage import Passage
from ai.retrieval.terms import terms_of
from content.languages import SpokenLanguage
from content.questions import ShortAnswer
from pedagogy.modes.states import TutorMove
from pedagogy.modes.stock_words import stock_hint
from services.answering.understanding import UnderstoodQuestion
from services.learning.answer_grading import SupportOfPoints
from services.learning.hints import hint_text
from services.tutoring.learner_model import KnownConcept
from services.tutoring.problems import Problem
from services.tutoring.turns import TutorTurn

FEWEST_SHOWN_WORDS: Final = 3
FEWEST_QUOTED: Final = 20
"""Characters of a sentence that is worth quoting."""
MOST_CHECKED: Final = 8
"""Sentences of a learner's work that are looked up one by one."""
BORNE_OUT_FROM: Final = 0.5
WORDS: Final[dict[str, dict[SpokenLanguage, str]]] = {
    "look": {
        "en": "Look at “{place}” [{n}]. Which sentence there speaks of what you are asked?",
        "hi": "“{place}” [{n}] देखिए। वहाँ कौन-सा वाक्य आपके प्रश्न के बारे में है?",
    },
    "use": {
        "en": "What you need stands near this: “{quote}” [{n}] What follows from it here?",
        "hi": "आपको जो चाहिए वह इसके पास है: “{quote}” [{n}] इससे यहाँ क्या निकलता है?",
    },
    "begin": {
        "en": "The course begins its answer like this: “{quote} …” [{n}] How does it go on?",
        "hi": "पाठ्यक्रम उत्तर ऐसे शुरू करता है: “{quote} …” [{n}] आगे क्या है?",
    },
    "plan": {
        "en": "Go through “{place}” [{n}] sentence by sentence, strike out what does not answer"
        " your question, and say what is left in your own words.",
        "hi": "“{place}” [{n}] को वाक्य-दर-वाक्य पढ़िए, जो आपके प्रश्न का उत्तर नहीं है उसे हटाइए, और जो बचे"
        " उसे अपने शब्दों में कहिए।",
    },
    "ask": {
        "en": "Read “{place}” [{n}] first. What does it say about {topic}? Put it in one"
        " sentence of your own.",
        "hi": "पहले “{place}” [{n}] पढ़िए। {topic} के बारे में वहाँ क्या कहा गया है? एक वाक्य में लिखिए।",
    },
    "ask_more": {
        "en": "You are looking at the right place, “{place}” [{n}]. Which of its words name what"
        " you are asked for, and how does it define them?",
        "hi": "आप सही जगह देख रहे हैं, “{place}” [{n}]। कौन-से शब्द वही बताते हैं जो पूछा गया है?",
    },
    "said": {
        "en": "- “{claim}”: the course says so [{n}].",
        "hi": "- “{claim}”: पाठ्यक्रम यही कहता है [{n}]।",
    },
    "unsaid": {
        "en": "- “{claim}”: I do not find this in the course. Compare it with “{place}” [{n}].",
        "hi": "- “{claim}”: यह पाठ्यक्रम में नहीं मिला। “{place}” [{n}] से मिलाइए।",
    },
    "no_work": {
        "en": "Write down what you have so far, a step in each line, and I compare it with the"
        " course.",
        "hi": "अब तक का अपना काम लिखिए, हर पंक्ति में एक चरण; मैं उसे पाठ्यक्रम से मिलाऊँगा।",
    },
    "no_example": {
        "en": "I do not find a worked example of this in the course. This is what it says:",
        "hi": "इसका हल किया हुआ उदाहरण पाठ्यक्रम में नहीं मिला। पाठ्यक्रम यह कहता है:",
    },
    "try": {
        "en": "Now say it in one sentence of your own.",
        "hi": "अब इसे अपने एक वाक्य में कहिए।",
    },
}


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to speak from.

    Attributes:
        asked: What is looked up: the problem, else the learner's message.
        message: The learner's message.
        passages: Numbered, best first.
        language: What fixed sentences are in.
        said: What the tutor said before, so that it need not say it again.
        learner: Concepts of the matter with what the learner knows.
    """

    asked: UnderstoodQuestion
    message: str
    passages: tuple[Passage, ...]
    likely: float
    language: SpokenLanguage
    said: str = ""
    learner: tuple[KnownConcept, ...] = ()
    support: SupportOfPoints | None = None


def grounded_words(turn: TutorTurn, problem: Problem | None, material: Material) -> str | None:
    """The built-in tutor's reply; None where it answers the question as it always does."""
    if not material.passages and problem is None:
        return not_covered((), material.language)
    match turn.move:
        case TutorMove.HINT:
            return hint(problem, turn.hint_level, material)
        case TutorMove.ASK_BACK:
            return question_back(material)
        case TutorMove.CHECK:
            return checked_work(material)
        case TutorMove.SIMPLIFY:
            return simpler(material)
        case TutorMove.DEEPEN:
            return deeper(material)
        case TutorMove.WORK_EXAMPLE:
            return worked_example(material)
        case _:
            return None


def hint(problem: Problem | None, level: int, material: Material) -> str:
    """The hint of a rung: from the question's own source, or from the sentences that answer."""
    if problem is not None and problem.origin == "quiz":
        return hint_text(problem.question, level, material.language)
    passages = material.passages
    key = _key_sentence(problem)
    found = next((p for p in passages if key and key in " ".join(p.text.split())), None)
    passage = found or (passages[0] if passages else None)
    if passage is None:
        return stock_hint(level, material.language)
    new = frozenset(terms_of(key)) - frozenset(terms_of(material.asked.text))
    match level:
        case 1:
            return _say("look", material, place=_place(passage), n=passage.n)
        case 2 if quote := _neighbour(passage, key, new):
            return _say("use", material, quote=quote, n=passage.n)
        case 3 if quote := _beginning(key, new):
            return _say("begin", material, quote=quote, n=passage.n)
        case 4:
            return _say("plan", material, place=_place(passage), n=passage.n)
        case _:
            return stock_hint(level, material.language)


def question_back(material: Material) -> str:
    """A question that sends the learner to the place where the answer stands."""
    if not material.passages:
        return stock_hint(1, material.language)
    passage = material.passages[0]
    topic = passage.heading[-1] if passage.heading else passage.title
    is_said = _place(passage) in material.said
    name = "ask_more" if is_said else "ask"
    return _say(name, material, place=_place(passage), n=passage.n, topic=topic)


def checked_work(material: Material) -> str:
    """Each sentence of the learner's, with the passage that bears it out, or comes nearest."""
    claims = _claims(material.message)
    if not claims or not material.passages:
        return _say("no_work", material)
    support = material.support or SupportOfPoints({})
    sentences = [
        (passage, passage.text[start:end])
        for passage in material.passages
        for start, end in passage.sentence_bounds
    ]
    rows = support.supports(claims, [sentence for _, sentence in sentences])
    lines = []
    for claim, row in zip(claims, rows, strict=True):
        best = max(range(len(row)), key=row.__getitem__)
        passage, is_said = sentences[best][0], row[best] >= BORNE_OUT_FROM
        name = "said" if is_said else "unsaid"
        lines.append(_say(name, material, claim=claim, place=_place(passage), n=passage.n))
    return "\n".join(lines)


def simpler(material: Material) -> str:
    """The shortest of the sentences that answer, and a question back."""
    statements = _statements(material)
    if not statements:
        return not_covered(nearest_topics(material.passages), material.language)
    shortest = min(statements, key=lambda statement: len(statement.text))
    return f"{shortest.cited_markdown()} {_say('try', material)}"


def deeper(material: Material) -> str | None:
    """What the passages say beyond what was said before."""
    statements = [
        statement
        for passage in material.passages[:3]
        for statement in statements_of(passage)
        if " ".join(statement.text.split()) not in " ".join(material.said.split())
    ]
    said = [statement.cited_markdown() for statement in statements[:5]]
    return " ".join(dict.fromkeys(said)) if said else None


def worked_example(material: Material) -> str | None:
    """The course's own example; where it has none, that, and what it says."""
    for passage in material.passages:
        headed = " ".join((*passage.heading[-1:], passage.text[:80])).casefold()
        if any(word in headed for word in ("example", "solution", "उदाहरण", "हल")):
            return f"{passage.text.strip()} [{passage.n}]"
    statements = _statements(material)
    if not statements:
        return None
    said = " ".join(statement.cited_markdown() for statement in statements)
    return f"{_say('no_example', material)}\n\n{said}"


def _statements(material: Material) -> tuple[Statement, ...]:
    asked = material.asked
    return chosen_statements(score_statements(asked.text, asked.vector, material.passages))


def _say(name: str, material: Material, **values: object) -> str:
    return WORDS[name][material.language].format(**values)


def _place(passage: Passage) -> str:
    return ", ".join(dict.fromkeys((passage.title, *passage.heading[-1:])))


def _key_sentence(problem: Problem | None) -> str:
    if problem is None or not isinstance(problem.question, ShortAnswer):
        return ""
    return next(iter(problem.question.key_points), "")


def _neighbour(passage: Passage, key: str, new: frozenset[str]) -> str:
    """A sentence beside the one that answers, with none of the words that the answer brings."""
    sentences = [" ".join(passage.text[a:b].split()) for a, b in passage.sentence_bounds]
    places = [place for place, sentence in enumerate(sentences) if key and sentence in key]
    near = [*(place - 1 for place in places[:1]), *(place + 1 for place in places[-1:])]
    found = (sentences[place] for place in near if 0 <= place < len(sentences))
    harmless = (each for each in found if len(each) > FEWEST_QUOTED and not new & {*terms_of(each)})
    return next(harmless, "")


def _beginning(key: str, new: frozenset[str]) -> str:
    """The sentence that answers, up to the first word that the question does not hold."""
    words = key.split()
    shown = next((place for place, word in enumerate(words) if new & {*terms_of(word)}), 0)
    return " ".join(words[:shown]) if shown >= FEWEST_SHOWN_WORDS else ""


def _claims(message: str) -> list[str]:
    """Sentences of the learner's that say something."""
    pieces = [piece.strip() for line in message.splitlines() for piece in line.split(". ")]
    claims = [
        piece for piece in pieces if not piece.endswith("?") and len(wording_of(piece).terms) > 1
    ]
    return claims[:MOST_CHECKED]
