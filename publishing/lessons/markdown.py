"""A lesson or a study guide as one Markdown text, which all other formats are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content.lessons import Exercise, GlossaryEntry, Lesson, Section, StudyGuide, WorkedExample
from publishing.lessons.citations import Citations
from publishing.markdown_text import item, one_line, paragraph_line, part
from publishing.wording import Words, words_for


@dataclass(frozen=True, slots=True)
class LessonText:
    """The Markdown of a lesson, and what it refers to.

    Attributes:
        sources: How many entries the list at its end has.
        figures: The PNG files of `figure-1`, `figure-2` and so on.
    """

    markdown: str
    sources: int
    figures: tuple[bytes, ...] = ()


def lesson_text(
    content: Lesson | StudyGuide,
    *,
    are_citations_linked: bool = False,
    are_figures_shown: bool = False,
) -> LessonText:
    """Title, parts in the order in which they are learned, solutions, and sources with quotes.

    Where figures are not shown, their captions stand in their places.
    """
    words = words_for(content.language)
    citations = Citations(are_linked=are_citations_linked)
    sections = _sections(content.sections, citations, are_figures_shown=are_figures_shown)
    if isinstance(content, Lesson):
        parts = _parts_of_lesson(content, sections, words, citations)
    else:
        parts = _parts_of_guide(content, sections, words, citations)
    entries = citations.entries()
    parts = [f"# {one_line(content.title)}", *parts]
    if entries:
        parts += [f"## {words.sources}", _numbered(entries)]
    figures: tuple[bytes, ...] = ()
    if are_figures_shown:
        figures = tuple(shown.file_bytes for each in content.sections for shown in each.figures)
    return LessonText("\n\n".join(parts) + "\n", len(entries), figures)


def _parts_of_lesson(
    lesson: Lesson, sections: Sequence[str], words: Words, citations: Citations
) -> list[str]:
    parts: list[str] = []
    if lesson.objectives:
        goals = (item("-", paragraph_line(objective.text)) for objective in lesson.objectives)
        parts += [f"## {words.objectives}", "\n".join(goals)]
    parts += sections
    if lesson.examples:
        parts.append(f"## {words.examples}")
    for number, example in enumerate(lesson.examples, start=1):
        parts += _example(number, example, words, citations)
    parts += _exercises(words.exercises, lesson.exercises, citations)
    if lesson.summary.strip():
        parts += [f"## {words.summary}", part(lesson.summary, name="summary", below=2)]
    parts += _glossary(lesson.glossary, words, citations)
    return parts + _solutions(lesson.exercises, words)


def _parts_of_guide(
    guide: StudyGuide, sections: Sequence[str], words: Words, citations: Citations
) -> list[str]:
    return [
        *sections,
        *_glossary(guide.glossary, words, citations),
        *_exercises(words.questions, guide.questions, citations),
        *_solutions(guide.questions, words),
    ]


def _sections(
    sections: Sequence[Section], citations: Citations, *, are_figures_shown: bool
) -> list[str]:
    parts: list[str] = []
    shown = 0
    for section in sections:
        body = part(section.body, name=section.id, below=2)
        parts += [f"## {one_line(section.heading)}", citations.cited(body, section.sources)]
        for figure in section.figures:
            shown += 1
            caption = one_line(figure.caption)
            if are_figures_shown:
                parts.append(f"![{caption}](figure-{shown})")
            parts.append(f"*{caption}*")
    return parts


def _example(
    number: int, example: WorkedExample, words: Words, citations: Citations
) -> Iterable[str]:
    problem = part(example.problem, name=f"{example.id}-problem", below=3)
    steps = [
        part(step, name=f"{example.id}-{place}", below=3)
        for place, step in enumerate(example.steps, start=1)
    ]
    answer = part(example.answer, name=f"{example.id}-answer", below=3)
    return (
        f"### {words.problem} {number}",
        citations.cited(problem, example.sources),
        _numbered(steps),
        f"**{words.answer}**",
        answer,
    )


def _exercises(heading: str, exercises: Sequence[Exercise], citations: Citations) -> list[str]:
    if not exercises:
        return []
    problems = [
        citations.cited(part(one.problem, name=f"{one.id}-problem", below=3), one.sources)
        for one in exercises
    ]
    return [f"## {heading}", _numbered(problems)]


def _solutions(exercises: Sequence[Exercise], words: Words) -> list[str]:
    if not exercises:
        return []
    solutions = [part(one.solution, name=f"{one.id}-solution", below=3) for one in exercises]
    return [f"## {words.solutions}", _numbered(solutions)]


def _glossary(entries: Sequence[GlossaryEntry], words: Words, citations: Citations) -> list[str]:
    if not entries:
        return []
    items = []
    for number, entry in enumerate(entries, start=1):
        meaning = part(entry.definition, name=f"term-{number}", below=3)
        items.append(
            item("-", f"**{one_line(entry.term)}**: {citations.cited(meaning, entry.sources)}")
        )
    return [f"## {words.glossary}", "\n\n".join(items)]


def _numbered(texts: Sequence[str]) -> str:
    return "\n\n".join(item(f"{number}.", text) for number, text in enumerate(texts, start=1))
