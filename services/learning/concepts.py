"""The concepts of a course: found in its content, put in order by those who teach it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import AnyContent, content_of
from content.lessons import Lesson, StudyGuide
from content.questions import Quiz
from pedagogy.grading.folding import fold
from pedagogy.mastery.concepts import ConceptGraph
from pedagogy.mastery.errors import ConceptError
from services.access import Permission, authorise
from services.actors import Actor
from services.errors import InvalidValueError
from storage.database import Database
from storage.repositories.audit import AuditRepository
from storage.repositories.concept_sources import ConceptSources
from storage.repositories.concepts import ConceptRepository, Origin, StoredConcept

MOST_CONCEPTS = 300
LONGEST_NAME = 200
LONGEST_HEADING_WORDS = 6
"""A heading of more words is a sentence, not the name of a concept."""


@dataclass(frozen=True, slots=True)
class ConceptView:
    """A concept and the names of what it needs first."""

    id: UUID
    name: str
    origin: Origin
    prerequisites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WantedConcept:
    """A concept as a teacher wants it."""

    name: str
    prerequisites: tuple[str, ...] = ()


class ConceptService:
    """Everyone in a course reads its concepts; those who teach it edit them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, actor: Actor, course: UUID | str) -> list[ConceptView]:
        """The concepts of a course in its order.

        Raises:
            NotFoundError: no such course for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            return _views(await ConceptRepository(session).of_course(access.course_id))

    async def replace(
        self, actor: Actor, course: UUID | str, wanted: Sequence[WantedConcept]
    ) -> list[ConceptView]:
        """Makes these the concepts of a course; what was learned of those that stay is kept.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they do not teach it.
            InvalidValueError: two have the same name, one needs what is no concept, or some would
                each need the other first.
        """
        names, needs = checked(wanted)
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            concepts = ConceptRepository(session)
            await concepts.replace(access.course_id, names, needs)
            await AuditRepository(session).record(
                "course.concepts",
                actor_id=actor.user_id,
                course_id=access.course_id,
                details={"concepts": len(names)},
            )
            return _views(await concepts.of_course(access.course_id))

    async def extract(self, actor: Actor, course: UUID | str) -> list[ConceptView]:
        """Adds what the course's content names: glossaries, questions, headings, in this order.

        What a teacher took out does not come back.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they do not teach it.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            concepts = ConceptRepository(session)
            found = await _named(session, access.course_id)
            before = await concepts.of_course(access.course_id)
            room = max(0, MOST_CONCEPTS - len(before))
            known = {concept.key for concept in before}
            new = {key: name for key, name in found.items() if key not in known}
            await concepts.add_extracted(access.course_id, dict(list(new.items())[:room]))
            return _views(await concepts.of_course(access.course_id))


def checked(
    wanted: Sequence[WantedConcept],
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Names and prerequisites by keys.

    Raises:
        InvalidValueError: they make no order of learning; its `field` names the place.
    """
    names: dict[str, str] = {}
    for place, concept in enumerate(wanted):
        key = fold(concept.name)
        if not key or key in names:
            raise InvalidValueError(
                f"concepts.{place}.name", f"{concept.name!r} is empty, or stands there twice."
            )
        names[key] = concept.name
    needs = {
        fold(concept.name): list(dict.fromkeys(map(fold, concept.prerequisites)))
        for concept in wanted
    }
    try:
        ConceptGraph(needs)
    except ConceptError as error:
        raise InvalidValueError("concepts", str(error)) from error
    return names, needs


def names_in(content: AnyContent) -> Iterable[str]:
    """What content names as concepts: terms that it defines, and what its questions exercise."""
    match content:
        case Quiz():
            for question in content.questions:
                yield from question.concepts
        case Lesson() | StudyGuide():
            yield from (entry.term for entry in content.glossary)
        case _:
            return


async def _named(session: AsyncSession, course_id: UUID) -> dict[str, str]:
    """Names by keys, of content first, then of headings in the material."""
    sources = ConceptSources(session)
    names: dict[str, str] = {}
    for kind, body in await sources.published(course_id):
        for name in names_in(content_of(kind, body)):
            names.setdefault(fold(name), name)
    for heading in await sources.headings(course_id, MOST_CONCEPTS):
        if len(heading.split()) <= LONGEST_HEADING_WORDS:
            names.setdefault(fold(heading), heading.strip())
    return {key: name for key, name in names.items() if key and len(name) <= LONGEST_NAME}


def _views(concepts: Sequence[StoredConcept]) -> list[ConceptView]:
    names = {concept.id: concept.name for concept in concepts}
    return [
        ConceptView(
            concept.id,
            concept.name,
            concept.origin,
            tuple(names[needed] for needed in concept.prerequisites),
        )
        for concept in concepts
    ]
