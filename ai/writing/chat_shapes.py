"""The JSON that chat models are asked for, with generous bounds: code cuts what it uses of it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(max_length=12_000)]
Short = Annotated[str, StringConstraints(max_length=3_000)]
Numbers = Annotated[list[int], Field(max_length=40)]
Names = Annotated[list[Short], Field(max_length=40)]


class Shape(BaseModel):
    """A part of an output; what it holds besides is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CitedText(Shape):
    """A text with the numbers of the sources that bear it out."""

    text: Short
    sources: Numbers = []


class OutlinedSection(Shape):
    """A section to be written, with what it rests on."""

    title: Short
    goal: Short = ""
    key_points: Annotated[list[CitedText], Field(max_length=30)] = []


class LessonOutline(Shape):
    """What `writer.lesson_outline` gives."""

    title: Short
    goals: Names = []
    sections: Annotated[list[OutlinedSection], Field(min_length=1, max_length=40)]


class SolvedProblem(Shape):
    """A problem with its steps and its answer."""

    problem: Text
    steps: Annotated[list[Text], Field(max_length=30)] = []
    answer: Text = ""
    solution: Text = ""
    sources: Numbers = []


class ExplainedTerm(Shape):
    """A term with its definition."""

    term: Short
    definition: Short
    sources: Numbers = []


class WrittenSection(Shape):
    """What `writer.lesson_section` gives."""

    markdown: Annotated[str, StringConstraints(min_length=1, max_length=30_000)]
    summary: Text = ""
    examples: Annotated[list[SolvedProblem], Field(max_length=10)] = []
    exercises: Annotated[list[SolvedProblem], Field(max_length=20)] = []
    terms: Annotated[list[ExplainedTerm], Field(max_length=40)] = []


class WrittenChoice(Shape):
    """An answer to choose."""

    text: Short
    is_right: bool = False
    reason: Short = ""


class WrittenGap(Shape):
    """A gap and what may stand in it."""

    id: Short
    accepted: Names = []
    options: Names = []


class WrittenPair(Shape):
    """What belongs together."""

    left: Short
    right: Short


class WrittenQuestion(Shape):
    """A question of any kind; the fields of other kinds stay empty."""

    kind: Literal[
        "single_choice",
        "multiple_choice",
        "numeric",
        "short_answer",
        "cloze",
        "ordering",
        "matching",
    ] = "single_choice"
    stem: Text
    choices: Annotated[list[WrittenChoice], Field(max_length=20)] = []
    value: float | None = None
    tolerance: float | None = None
    unit: Short = ""
    accepted: Names = []
    key_points: Names = []
    gaps: Annotated[list[WrittenGap], Field(max_length=20)] = []
    items: Names = []
    pairs: Annotated[list[WrittenPair], Field(max_length=20)] = []
    explanation: Text = ""
    difficulty: Literal["beginner", "intermediate", "advanced"] = "beginner"
    concepts: Names = []
    quote: Short = ""
    sources: Numbers = []


class WrittenQuiz(Shape):
    """What `writer.quiz` gives."""

    questions: Annotated[list[WrittenQuestion], Field(max_length=120)]


class WrittenCard(Shape):
    """A flashcard."""

    front: Short
    back: Short
    sources: Numbers = []


class WrittenDeck(Shape):
    """What `writer.flashcards` gives."""

    cards: Annotated[list[WrittenCard], Field(max_length=300)]


class KeyIdea(Shape):
    """An idea of a study guide."""

    title: Short
    text: Text
    sources: Numbers = []


class WrittenFormula(Shape):
    """A formula with what its symbols mean."""

    latex: Short
    symbols: Short = ""
    applies_when: Short = ""
    sources: Numbers = []


class AskedQuestion(Shape):
    """A question to ask oneself."""

    question: Text
    answer: Text
    sources: Numbers = []


class WrittenGuide(Shape):
    """What `writer.study_guide` gives."""

    overview: CitedText
    key_ideas: Annotated[list[KeyIdea], Field(min_length=1, max_length=40)]
    terms: Annotated[list[ExplainedTerm], Field(max_length=100)] = []
    formulas: Annotated[list[WrittenFormula], Field(max_length=40)] = []
    pitfalls: Annotated[list[CitedText], Field(max_length=40)] = []
    questions: Annotated[list[AskedQuestion], Field(max_length=60)] = []


class SaidPoint(Shape):
    """A point of a slide and what is said to it."""

    text: Short
    said: Text = ""
    sources: Numbers = []


class WrittenSlide(Shape):
    """A slide or a scene."""

    title: Short
    opening: Text = ""
    points: Annotated[list[SaidPoint], Field(max_length=20)] = []
    formula: Short = ""


class WrittenSlides(Shape):
    """What `writer.slides` and `writer.storyboard` give."""

    title: Short = ""
    slides: Annotated[list[WrittenSlide], Field(min_length=1, max_length=100)]
