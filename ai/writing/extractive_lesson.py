"""A lesson and a study guide without a chat model, out of the material's own sentences."""

from collections.abc import Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final

from ai.retrieval.terms import terms_of
from ai.writing.brief import Brief, Length
from ai.writing.choosing import Centrality
from ai.writing.errors import NothingToWriteError
from ai.writing.headings import is_question
from ai.writing.material import KeyStatement, Material
from ai.writing.own_words import OwnWords, own_words
from ai.writing.topics import Topic, find_topics
from content.base import SourceSpan
from content.lessons import (
    Exercise,
    GlossaryEntry,
    Lesson,
    Objective,
    Section,
    StudyGuide,
    WorkedExample,
)

TOPICS: Final[MappingProxyType[Length, int]] = MappingProxyType(
    {"short": 4, "medium": 8, "long": 16}
)
_STATEMENTS: Final = MappingProxyType({"short": 4, "medium": 7, "long": 12})
_PROBLEMS: Final = MappingProxyType({"short": 2, "medium": 4, "long": 10})
_MOST_OBJECTIVES: Final = 8
_MOST_ENTRIES: Final = 60
_SUMMARY_STATEMENTS: Final = 6
_LONGEST_LINE: Final = 480
_SERVED: Final = 0.5


def write_lesson(brief: Brief, material: Material, title: str) -> Lesson:
    """A lesson of the topics that the material says most about.

    Raises:
        NothingToWriteError: It says nothing that can be said by itself.
    """
    centrality = Centrality(material)
    topics = chosen_topics(brief, material, centrality)
    words = own_words(material.language)
    objectives = _objectives(material, topics, words)
    summed_up = summing_up(material, topics, centrality)
    return Lesson(
        title=title,
        language=material.language,
        objectives=objectives,
        sections=_sections(brief, topics, centrality, objectives),
        examples=_examples(brief, material, topics),
        exercises=_exercises(brief, material, words),
        glossary=glossary(material),
        summary="\n".join(f"- {_flat(s)}" for s in summed_up),
        summary_sources=_spans(summed_up),
    )


def write_study_guide(brief: Brief, material: Material, title: str) -> StudyGuide:
    """The key points by topic, the terms, and questions with their answers.

    Raises:
        NothingToWriteError: The material says nothing that can be said by itself.
    """
    centrality = Centrality(material)
    topics = chosen_topics(brief, material, centrality)
    words = own_words(material.language)
    sections = [
        Section(
            id=f"topic-{number}",
            heading=topic.heading[:_LONGEST_LINE],
            body="\n".join(f"- {_indented(s.text)}" for s in chosen),
            sources=_spans(chosen),
        )
        for number, topic in enumerate(topics, start=1)
        if (chosen := _chosen(brief, topic, centrality))
    ]
    return StudyGuide(
        title=title,
        language=material.language,
        sections=tuple(sections),
        glossary=glossary(material),
        questions=_questions(brief, material, topics, centrality, words),
    )


def chosen_topics(
    brief: Brief, material: Material, centrality: Centrality, most: int | None = None
) -> list[Topic]:
    """The topics to write about, `most` at most, in the order of the material.

    Raises:
        NothingToWriteError: There is none.
    """
    allowed = TOPICS[brief.length] if most is None else min(most, TOPICS[brief.length])
    topics = find_topics(material, allowed, centrality)
    if not topics:
        raise NothingToWriteError(brief.topic)
    return topics


def summing_up(
    material: Material, topics: Sequence[Topic], centrality: Centrality
) -> list[KeyStatement]:
    """What to remember: how the material sums up, else what is most central of each topic."""
    documents = {
        material.passages[passage].document_id for topic in topics for passage in topic.passages
    }
    own = [
        s
        for s in material.statements
        if s.is_summary and material.passages[s.passage].document_id in documents
    ]
    chosen = centrality.best(own, _SUMMARY_STATEMENTS)
    for topic in topics:
        if len(chosen) >= _SUMMARY_STATEMENTS:
            break
        chosen += centrality.best(topic.statements, 1, said=chosen)
    return sorted(chosen, key=lambda s: s.order)


def glossary(material: Material) -> tuple[GlossaryEntry, ...]:
    """What the material defines, by the alphabet."""
    entries = [
        GlossaryEntry(term=d.term, definition=d.meaning, sources=(d.span,))
        for d in material.definitions
    ]
    return tuple(sorted(entries, key=lambda entry: entry.term.casefold())[:_MOST_ENTRIES])


def _chosen(brief: Brief, topic: Topic, centrality: Centrality) -> list[KeyStatement]:
    best = centrality.best(topic.statements, _STATEMENTS[brief.length])
    return sorted(best, key=lambda s: s.order)


def _sections(
    brief: Brief,
    topics: Sequence[Topic],
    centrality: Centrality,
    objectives: Sequence[Objective],
) -> tuple[Section, ...]:
    chosen = [_chosen(brief, topic, centrality) for topic in topics]
    pairs = [(topic, said) for topic, said in zip(topics, chosen, strict=True) if said]
    served = _served(pairs, objectives)
    return tuple(
        Section(
            id=f"section-{number}",
            heading=topic.heading[:_LONGEST_LINE],
            body=_paragraphs(said),
            objectives=served[number - 1],
            sources=_spans(said),
        )
        for number, (topic, said) in enumerate(pairs, start=1)
    )


def _served(
    sections: Sequence[tuple[Topic, list[KeyStatement]]], objectives: Sequence[Objective]
) -> list[tuple[str, ...]]:
    """For each section the objectives that it serves best of all, with half of their words."""
    served: list[list[str]] = [[] for _ in sections]
    for objective in objectives:
        terms = frozenset(terms_of(objective.text))
        shares = [
            1.0
            if topic.heading in objective.text
            else len(terms & _said_terms(topic, said)) / (len(terms) or 1)
            for topic, said in sections
        ]
        for place, share in enumerate(shares):
            if share == max(shares) and share >= _SERVED:
                served[place].append(objective.id)
    return [tuple(names) for names in served]


def _said_terms(topic: Topic, said: Sequence[KeyStatement]) -> frozenset[str]:
    return frozenset(terms_of(topic.heading)).union(*(s.terms for s in said))


def _paragraphs(statements: Sequence[KeyStatement]) -> str:
    """Statements of one passage in a paragraph; a formula on lines of its own stands apart."""
    blocks: list[str] = []
    for _, group in groupby(statements, key=lambda s: s.passage):
        block = ""
        for statement in group:
            separator = "\n\n" if "$$" in statement.text or block.endswith("$$") else " "
            block = f"{block}{separator}{statement.text}" if block else statement.text
        blocks.append(block)
    return "\n\n".join(blocks)


def _spans(statements: Sequence[KeyStatement]) -> tuple[SourceSpan, ...]:
    return tuple(s.span for s in statements)[:50]


def _flat(statement: KeyStatement) -> str:
    return " ".join(statement.text.replace("$$", "$").split())


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


def _objectives(
    material: Material, topics: Sequence[Topic], words: OwnWords
) -> tuple[Objective, ...]:
    """What the material says is to be learnt, else its topics and terms."""
    texts = [text for text, _ in material.objectives][:_MOST_OBJECTIVES]
    if not texts:
        texts = [words.objective_topic.format(topic=topic.heading) for topic in topics]
        texts = texts[: _MOST_OBJECTIVES - 2]
        passages = frozenset[int]().union(*(topic.passages for topic in topics))
        if any(p.problem[0][0].passage in passages for p in material.problems):
            texts.append(words.objective_problem.format(topic=_first_topic(material, topics)))
    unique = dict.fromkeys(text[:_LONGEST_LINE] for text in texts)
    return tuple(Objective(id=f"goal-{n}", text=text) for n, text in enumerate(unique, start=1))


def _first_topic(material: Material, topics: Sequence[Topic]) -> str:
    solved = {p.problem[0][0].passage for p in material.problems}
    return next((t.heading for t in topics if t.passages & solved), topics[0].heading)


def _examples(
    brief: Brief, material: Material, topics: Sequence[Topic]
) -> tuple[WorkedExample, ...]:
    passages = frozenset[int]().union(*(topic.passages for topic in topics))
    found = [p for p in material.problems if p.is_example and p.problem[0][0].passage in passages][
        : _PROBLEMS[brief.length]
    ]
    return tuple(
        WorkedExample(
            id=f"example-{number}",
            problem=problem.problem_text,
            steps=(problem.steps[:-1] or problem.steps)[:20],
            answer=problem.steps[-1],
            sources=problem.spans(material.passages),
        )
        for number, problem in enumerate(found, start=1)
    )


def _exercises(brief: Brief, material: Material, words: OwnWords) -> tuple[Exercise, ...]:
    """Solved exercises of the material, then what terms mean."""
    most = 2 * _PROBLEMS[brief.length]
    exercises = _solved(material)[:most]
    exercises += _on_terms(material, words)[: max(0, most - len(exercises))]
    return _numbered(exercises, "exercise")


def _questions(
    brief: Brief,
    material: Material,
    topics: Sequence[Topic],
    centrality: Centrality,
    words: OwnWords,
) -> tuple[Exercise, ...]:
    """Questions to ask oneself: on each topic, on terms, and solved problems."""
    asked = []
    for topic in topics:
        best = centrality.best(topic.statements, 3)
        stem = topic.heading if is_question(topic.heading) else ""
        problem = stem or words.explain.format(topic=topic.heading)
        solution = _paragraphs(sorted(best, key=lambda s: s.order))
        asked.append(Exercise(id="q", problem=problem, solution=solution, sources=_spans(best)))
    most = 3 * _PROBLEMS[brief.length]
    return _numbered([*asked, *_on_terms(material, words)[:most], *_solved(material)[:most]], "ask")


def _solved(material: Material) -> list[Exercise]:
    return [
        Exercise(
            id="q",
            problem=problem.problem_text,
            solution="\n\n".join(problem.steps),
            sources=problem.spans(material.passages),
        )
        for problem in material.problems
        if not problem.is_example
    ]


def _on_terms(material: Material, words: OwnWords) -> list[Exercise]:
    return [
        Exercise(
            id="q",
            problem=words.meaning.format(term=definition.term),
            solution=definition.meaning,
            sources=(definition.span,),
        )
        for definition in material.definitions
    ]


def _numbered(exercises: Sequence[Exercise], name: str) -> tuple[Exercise, ...]:
    return tuple(
        exercise.model_copy(update={"id": f"{name}-{number}"})
        for number, exercise in enumerate(exercises[:40], start=1)
    )
