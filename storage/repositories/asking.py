"""Accepting a question: enter the course, read the history, save the exchange; one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import asyncpg
import orjson

ACCEPT = """
WITH RECURSIVE entered AS MATERIALIZED (
    SELECT courses.id, slug, title, difficulty, language, corpus_revision, chunk_count,
           lexical_length, support_policy, tutor_modes, default_mode, hints_before_solution,
           attempts_before_solution, shows_solutions, enrollments.role,
           set_config('neuroshiksha.course_ids', courses.id::text, true) AS scope
    FROM courses
    LEFT JOIN enrollments ON enrollments.course_id = courses.id AND enrollments.user_id = $2
    WHERE courses.{key} = $1 AND courses.deleted_at IS NULL
      AND ($3::boolean OR enrollments.role = ANY ($4::text[]))
), taught AS MATERIALIZED (
    SELECT CASE WHEN $11::text IS NOT NULL THEN $11
                WHEN state.mode = ANY (entered.tutor_modes) THEN state.mode
                ELSE entered.default_mode END AS mode,
           state.mode AS kept_mode,
           $11::text IS NULL OR $11 = ANY (entered.tutor_modes) AS is_allowed,
           coalesce((state.problem IS NOT NULL OR state.quiz_id IS NOT NULL)
                    AND NOT (state.is_solved OR state.is_shown), false) AS has_problem
    FROM entered LEFT JOIN tutor_states AS state
      ON NOT $5::boolean AND state.conversation_id = $6::uuid
), opened AS (
    INSERT INTO conversations (id, course_id, user_id, title, is_listed)
    SELECT $6::uuid, entered.id, $2, $7, $17::boolean
    FROM entered JOIN taught ON taught.is_allowed WHERE $5::boolean
    RETURNING id
), touched AS (
    UPDATE conversations SET updated_at = now() FROM entered JOIN taught ON taught.is_allowed
    WHERE NOT $5::boolean AND conversations.id = $6::uuid AND conversations.user_id = $2
      AND conversations.course_id = entered.id AND conversations.deleted_at IS NULL
    RETURNING conversations.id
), conversation AS MATERIALIZED (
    SELECT id FROM opened UNION ALL SELECT id FROM touched
), kept AS (
    INSERT INTO tutor_states (conversation_id, course_id, learner_id, mode)
    SELECT conversation.id, entered.id, $2, taught.mode
    FROM entered CROSS JOIN taught CROSS JOIN conversation
    WHERE $11::text IS NOT NULL
      AND taught.mode <> coalesce(taught.kept_mode, entered.default_mode)
    ON CONFLICT (conversation_id) DO UPDATE SET mode = excluded.mode, updated_at = now()
), place AS MATERIALIZED (
    SELECT CASE WHEN $18::boolean THEN $19::uuid WHEN $5::boolean THEN NULL ELSE (
        SELECT latest.id FROM messages AS latest WHERE latest.conversation_id = conversation.id
        ORDER BY latest.created_at DESC, latest.id DESC LIMIT 1
    ) END AS parent_id
    FROM conversation
), saved AS (
    INSERT INTO messages (id, conversation_id, course_id, role, status, content, mode, model,
                          prompt, question_id, owner, epoch, lease_until, parent_id,
                          earlier_turns)
    SELECT new.id, conversation.id, entered.id, new.role, new.status, new.content,
           new.mode, new.model, new.prompt, new.question_id, new.owner, new.epoch, new.lease_until,
           CASE WHEN new.role = 'user' THEN place.parent_id ELSE $8::uuid END,
           CASE WHEN new.role = 'assistant' THEN $21::text::jsonb END
    FROM entered CROSS JOIN taught CROSS JOIN conversation CROSS JOIN place CROSS JOIN LATERAL (
        VALUES
        ($8::uuid, 'user', 'complete', $10::text, NULL::text, NULL::text, NULL::text, NULL::uuid,
         NULL::text, 0, NULL::timestamptz),
        ($9::uuid, 'assistant', 'streaming', '', taught.mode, $12::text,
         $14::text::jsonb ->> taught.mode, $8::uuid,
         $15::text, 1, now() + make_interval(secs => $16::float8))
    ) AS new (id, role, status, content, mode, model, prompt, question_id, owner, epoch,
              lease_until)
    WHERE new.role = 'assistant' OR NOT $20::boolean
), told AS (
    INSERT INTO learning_events (event_id, course_id, learner_key, kind, version, occurred_at,
                                 payload)
    SELECT $8::uuid, entered.id, neuroshiksha_learner_key($2), 'question.asked', 1, now(),
           jsonb_build_object('message_id', $8::uuid, 'conversation_id', conversation.id,
                              'mode', taught.mode)
    FROM entered CROSS JOIN taught CROSS JOIN conversation WHERE NOT $20::boolean
), path AS (
    SELECT messages.id, messages.parent_id, role, status, content, 1 AS depth
    FROM place JOIN messages ON messages.id = place.parent_id
    WHERE messages.conversation_id = $6::uuid
    UNION ALL
    SELECT earlier.id, earlier.parent_id, earlier.role, earlier.status, earlier.content, depth + 1
    FROM path JOIN messages AS earlier ON earlier.id = path.parent_id
    WHERE depth < 4 * $13
)
SELECT entered.*, taught.mode, taught.is_allowed, taught.has_problem,
       conversation.id AS conversation_id,
       CASE WHEN NOT $5::boolean THEN (
           SELECT jsonb_agg(jsonb_build_array(turn.role, turn.content)
                            ORDER BY turn.depth DESC)
           FROM (
               SELECT role, content, depth FROM path
               WHERE content <> '' AND (role = 'user' OR status IN ('complete', 'stopped'))
               ORDER BY depth LIMIT $13
           ) AS turn
       ) END AS turns,
       CASE WHEN NOT $5::boolean THEN (
           SELECT summaries.content FROM path
           JOIN conversation_summaries AS summaries ON summaries.message_id = path.id
           ORDER BY path.depth LIMIT 1
       ) END AS summary
FROM entered CROSS JOIN taught LEFT JOIN conversation ON true
"""
"""The scope is narrowed to the course before the policies of what is written look at it: each
part reads `entered` first. What is written is not yet seen by the history's part, which goes from
the message that the question follows up to the first one."""

Column = Literal["id", "slug"]
STATEMENTS: Mapping[Column, str] = {
    "id": ACCEPT.format(key="id"),
    "slug": ACCEPT.format(key="slug"),
}


@dataclass(frozen=True, slots=True)
class NewExchange:
    """A question and the empty row of its answer, saved together.

    Attributes:
        opens: whether the conversation begins with it; else it must be there already.
        mode: None for that of the conversation, or of the course where it has none.
        prompts: for each mode that it may come to, as `name@version`.
        title: of the conversation, where it begins.
        owner: the process that tells the answer, in the answer's first epoch.
        lease_seconds: until others may take it over.
        is_listed: whether the conversation, where it begins, stands among its owner's.
        is_branch: whether the question follows `parent_id` (None: nothing), not the latest message.
        is_repeated: whether the question is there already, and only the answer is new.
        earlier_turns: `(role, content)` of what was said before, where the asker keeps the
            conversation; kept until the answer's end. None where the conversation is ours.
    """

    opens: bool
    conversation_id: UUID
    user_id: UUID
    question_id: UUID
    answer_id: UUID
    question: str
    mode: str | None
    model: str
    prompts: Mapping[str, str]
    title: str
    owner: str
    lease_seconds: float
    is_listed: bool = True
    is_branch: bool = False
    parent_id: UUID | None = None
    is_repeated: bool = False
    earlier_turns: Sequence[tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class AcceptedExchange:
    """The course that was entered, and what was said before in the conversation.

    Attributes:
        id: the course's.
        role: the user's in the course; None for an admin who is not enrolled.
        mode: the way of teaching that the answer is told in.
        is_allowed: False where the course has no such mode; nothing is saved.
        has_problem: whether a problem of the conversation is open, whose key is guarded.
        is_saved: False where the user has no such conversation in the course; nothing is saved.
        turns: `(role, content)` of the last messages that say something, oldest first.
        summary: of what was said longer ago on the same branch; None where nothing was summed up.
    """

    id: UUID
    slug: str
    title: str
    difficulty: str
    language: str
    corpus_revision: int
    chunk_count: int
    lexical_length: int
    support_policy: Any
    tutor_modes: Sequence[str]
    default_mode: str
    hints_before_solution: int
    attempts_before_solution: int
    shows_solutions: bool
    role: Any
    mode: str
    is_allowed: bool
    has_problem: bool
    is_saved: bool
    turns: tuple[tuple[str, str], ...]
    summary: str | None = None


class AskingRepository:
    """Saves questions on a connection whose scope is the asker's."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def accept(
        self,
        course: UUID | str,
        exchange: NewExchange,
        *,
        every_course: bool,
        roles: Sequence[str],
        remembered: int,
    ) -> AcceptedExchange | None:
        """Enters the course and saves the exchange; the scope is the course's from there on.

        None, with nothing saved, where there is no such course that the user may ask in.

        Args:
            course: its id or slug.
            exchange: what to save.
            every_course: whether the user needs no role in the course.
            roles: of which the user must have one otherwise.
            remembered: messages of the conversation to give at most.
        """
        column, value = _key(course)
        row = await self._connection.fetchrow(
            STATEMENTS[column],
            value,
            exchange.user_id,
            every_course,
            roles,
            exchange.opens,
            exchange.conversation_id,
            exchange.title,
            exchange.question_id,
            exchange.answer_id,
            exchange.question,
            exchange.mode,
            exchange.model,
            remembered,
            orjson.dumps(exchange.prompts).decode(),
            exchange.owner,
            exchange.lease_seconds,
            exchange.is_listed,
            exchange.is_branch,
            exchange.parent_id,
            exchange.is_repeated,
            _as_json(exchange.earlier_turns),
        )
        return None if row is None else _accepted(row)


def _key(course: UUID | str) -> tuple[Column, UUID | str]:
    """A course's id, in either form, or its slug."""
    if isinstance(course, UUID):
        return "id", course
    try:
        return "id", UUID(course)
    except ValueError:
        return "slug", course


def _as_json(turns: Sequence[tuple[str, str]] | None) -> str | None:
    return None if turns is None else orjson.dumps(turns).decode()


def _accepted(row: asyncpg.Record) -> AcceptedExchange:
    return AcceptedExchange(
        id=UUID(int=row["id"].int),
        slug=row["slug"],
        title=row["title"],
        difficulty=row["difficulty"],
        language=row["language"],
        corpus_revision=row["corpus_revision"],
        chunk_count=row["chunk_count"],
        lexical_length=row["lexical_length"],
        support_policy=row["support_policy"],
        tutor_modes=row["tutor_modes"],
        default_mode=row["default_mode"],
        hints_before_solution=row["hints_before_solution"],
        attempts_before_solution=row["attempts_before_solution"],
        shows_solutions=row["shows_solutions"],
        role=row["role"],
        mode=row["mode"],
        is_allowed=row["is_allowed"],
        has_problem=row["has_problem"],
        is_saved=row["conversation_id"] is not None,
        turns=tuple((role, content) for role, content in row["turns"] or ()),
        summary=row["summary"],
    )
