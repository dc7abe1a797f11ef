"""A school with a course in it, everyone who could call a route, and what their calls name."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from sqlalchemy import text
from uuid_utils.compat import uuid4, uuid7

from ai.routing.deployment import Deployment
from api.permissions import Rule, Who
from api.schemas.contents import EXAMPLE_DECK
from bootstrap.adapters import Adapters
from bootstrap.services import Services
from content.cards import Deck, Flashcard
from content.questions import Quiz
from services.access import PERMISSIONS
from services.actors import Actor, Role
from services.api_keys import KeyScope
from services.keyring import KeyRing
from services.learning.record_stores import NewRecordStore
from services.tokens import TokenIssuer, TokenPair
from storage.database import MAINTENANCE
from storage.files import FileStore
from tests.support.hostile_files import pdf_of_pages
from tests.support.service import SECRET_KEY, People, Person

IDS = (
    "course",
    "lesson",
    "document",
    "conversation",
    "question",
    "answer",
    "job",
    "key",
    "session",
    "content",
    "comment",
    "asset",
    "quiz",
    "card_deck",
    "video",
    "certificate",
    "attempt",
    "appeal",
    "concept",
    "correction",
    "webhook",
    "delivery",
)
ALLOWED = "allowed"
ROLES: dict[str, Role] = {
    "owner": "teacher",
    "teacher": "teacher",
    "assistant": "student",
    "learner": "student",
    "foreign student": "student",
    "foreign teacher": "teacher",
    "admin": "admin",
}
"""Everybody, with their role in the school; those named after a role in the course have it."""
DELETE_USER = text("UPDATE users SET deleted_at = now() WHERE id = :victim")
PDF = pdf_of_pages(1)
DECK = json.dumps(EXAMPLE_DECK)
QUIZ = Quiz.model_validate(
    {
        "title": "Rights",
        "questions": [
            {
                "kind": "single_choice",
                "id": "q1",
                "stem": "Who may?",
                "choices": [
                    {"id": "a", "text": "Some", "is_right": True},
                    {"id": "b", "text": "All"},
                ],
            }
        ],
    }
)
CARD_DECK = Deck(title="Rights", cards=(Flashcard(id="c1", front="Who may?", back="Some."),))
COURSE = text("""
WITH course AS (
    INSERT INTO courses (id, slug, title, deleted_at)
    VALUES (:course, :slug, 'Rights', CASE WHEN :deleted = 'courses' THEN now() END)
), enrolled AS (
    INSERT INTO enrollments (course_id, user_id, role)
    SELECT :course, id, role FROM unnest(CAST(:members AS uuid[]), CAST(:roles AS text[]))
        AS members (id, role)
), lesson AS (
    INSERT INTO lessons (id, course_id, title, status, position, deleted_at)
    VALUES (:lesson, :course, 'Rights', 'published', 1,
            CASE WHEN :deleted = 'lessons' THEN now() END)
), content AS (
    INSERT INTO contents (id, course_id, kind, version, published_version, deleted_at)
    VALUES (:content, :course, 'deck', 1, 1,
            CASE WHEN :deleted = '{collection}' THEN now() END)
), content_version AS (
    INSERT INTO content_versions (content_id, number, course_id, title, body)
    VALUES (:content, 1, :course, 'Rights', CAST(:deck AS jsonb))
), asset AS (
    INSERT INTO assets (id, course_id, content_id, version, key, name, media_type, content_hash,
                        byte_size)
    VALUES (:asset, :course, :content, 1, 'rights', 'rights.pdf', 'application/pdf', :hash, 1)
), comment AS (
    INSERT INTO content_comments (id, content_id, version, course_id, body, author_id)
    VALUES (:comment, :content, 1, :course, 'Rights?', :assistant)
), document AS (
    INSERT INTO documents (id, course_id, key, title, media_type, status, file_hash,
                           current_version)
    VALUES (:document, :course, 'rights.pdf', 'Rights', 'application/pdf', 'ready', :hash, 1)
), version AS (
    INSERT INTO document_versions (document_id, version, course_id, text)
    VALUES (:document, 1, :course, 'Who may do what.')
), conversation AS (
    INSERT INTO conversations (id, course_id, user_id, title)
    VALUES (:conversation, :course, :learner, 'Rights')
), question AS (
    INSERT INTO messages (id, conversation_id, course_id, role, content)
    VALUES (:question, :conversation, :course, 'user', 'Who may do what?')
), answer AS (
    INSERT INTO messages (id, conversation_id, course_id, role, content, question_id, parent_id,
                          finish_reason, completed_at, model, mode, prompt)
    VALUES (:answer, :conversation, :course, 'assistant', 'Some may.', :question, :question,
            'stop', now(), 'grounded', 'explain', 'tutor.explain@1')
), key AS (
    INSERT INTO api_keys (id, user_id, key_hash, name, prefix)
    VALUES (:key, :learner, sha256(CAST(:slug AS text)::bytea), 'Rights', 'nsk_rights')
), second_factor AS (
    INSERT INTO second_factors (user_id, secret, confirmed_at)
    VALUES (:victim, 'unread', now())
), learning_content AS (
    INSERT INTO contents (id, course_id, kind, published_version)
    VALUES (:quiz, :course, 'quiz', 1), (:card_deck, :course, 'deck', 1),
           (:video, :course, 'video', 1)
), learning_version AS (
    INSERT INTO content_versions (content_id, number, course_id, title, body)
    VALUES (:quiz, 1, :course, 'Rights', CAST(:quiz_body AS jsonb)),
           (:card_deck, 1, :course, 'Rights', CAST(:deck_body AS jsonb)),
           (:video, 1, :course, 'Rights', '{}')
), certificate AS (
    INSERT INTO certificates (id, code, course_id, learner_id, reached, issued_at)
    VALUES (:certificate, upper(replace(:slug, '-', '')), :course, :learner, '{}', now())
), attempt AS (
    INSERT INTO attempts (id, course_id, quiz_id, quiz_version, learner_id, number, submitted_at,
                          answers, score, maximum)
    VALUES (:attempt, :course, :quiz, 1, :learner, 1, now(), '{}', 0, 1)
), grade AS (
    INSERT INTO question_grades (attempt_id, question_id, revision, course_id, score, maximum,
                                 judged_by, is_certain, is_answered, detail)
    VALUES (:attempt, 'q1', 1, :course, 0, 1, 'key', true, true, '{}')
), appeal AS (
    INSERT INTO grade_appeals (id, course_id, attempt_id, question_id, learner_id, message)
    VALUES (:appeal, :course, :attempt, 'q1', :learner, 'Why?')
), concept AS (
    INSERT INTO concepts (id, course_id, name, key) VALUES (:concept, :course, 'Rights', 'rights')
), correction AS (
    INSERT INTO answer_corrections (id, course_id, version, question, body)
    VALUES (:correction, :course, 1, 'Who may do what?', 'Some may.')
), webhook AS (
    INSERT INTO webhooks (id, course_id, url, sealed_secret)
    VALUES (:webhook, :course, 'https://rights.school.edu', '')
), delivery AS (
    INSERT INTO webhook_deliveries (id, webhook_id, course_id, announcement_id, kind, body, status)
    VALUES (:delivery, :webhook, :course, :delivery, 'job.failed', '{}', 'failed')
), session AS (
    INSERT INTO user_sessions (id, user_id, kind, device, address, expires_at)
    VALUES (:session, :learner, 'tool', 'Rights', 'local', now() + interval '1 day')
)
INSERT INTO jobs (id, course_id, requested_by, kind, payload, status, stage, finished_at)
VALUES (:job, :course, :owner, 'ingest', '{}', 'succeeded', 'done', now())
""")


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone who calls routes, and what is known of them."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    role: Role | None = None
    """None: not signed in."""
    course_role: str | None = None
    scope: KeyScope | None = None
    """Of the API key they call with, if they do."""

    @property
    def owns(self) -> bool:
        """Whether the conversation, its messages and the API key are theirs."""
        return self.course_role == "learner"

    def __str__(self) -> str:
        return self.name if self.scope is None else f"{self.name} for {self.scope}"

    def expected(self, rule: Rule) -> str:
        """What the table says becomes of their call."""
        if not rule.needs_account:
            return ALLOWED
        if self.role is None:
            return "401"
        if self.scope is not None and self.scope != rule.scope:
            return "403"
        return ALLOWED if self._passes(rule) else self._refusal(rule)

    def _passes(self, rule: Rule) -> bool:
        match rule.who:
            case Who.SIGNED_IN:
                return True
            case Who.OWNER:
                return self.owns
            case Who.AUTHOR:
                return self.role in {"teacher", "admin"}
            case Who.COURSE_OR_LEARNER if self.owns:
                return True
            case Who.COURSE | Who.COURSE_OR_REQUESTER | Who.COURSE_OR_LEARNER:
                allowed = PERMISSIONS.get(self.course_role or "", frozenset())
                return self.role == "admin" or rule.permission in allowed
            case _:
                return self.role == "admin"

    def _refusal(self, rule: Rule) -> str:
        is_of_course = rule.who in {
            Who.COURSE,
            Who.COURSE_OR_REQUESTER,
            Who.COURSE_OR_LEARNER,
        }
        is_hidden = rule.who is Who.OWNER or (is_of_course and self.course_role is None)
        return "404" if is_hidden else "403"


@dataclass(frozen=True, slots=True)
class Classroom:
    """A course and all that a path or body can name in it."""

    values: dict[str, str]
    """What stands for each parameter of a path, and for fields of the same name in bodies."""
    secrets: frozenset[str]
    """Only people of the course may be told these."""
    private: frozenset[str]
    """Only the learner may be told these."""


class School:
    """The people and their keys, made once, and classrooms, made as they are used up."""

    def __init__(self, adapters: Adapters, services: Services, people: People) -> None:
        self._adapters = adapters
        self._services = services
        self._people = people
        self._members: dict[str, Person] = {}
        self._admin: Actor
        self.callers: list[Caller] = []

    async def open(self) -> None:
        """Lets everybody sign in."""
        for name, role in ROLES.items():
            person = await self._people.add(role)
            is_member = name in PERMISSIONS
            if is_member:
                self._members[name] = person
            self._add(Caller(name, person.headers, role, name if is_member else None))
            if role == "admin":
                self._admin = person.actor
            if name in {"learner", "admin"}:
                await self._add_keys(name, person)
        self._add_unrecognised(self._members["learner"])

    async def classroom(
        self, deleted: str = "nothing", *, is_administered: bool = True
    ) -> Classroom:
        """A new course with one of everything, and someone in it whom it is done to."""
        ids = {name: str(uuid7()) for name in IDS}
        victim = await self._people.add("student")
        slug = f"rights-{uuid4().hex}"
        values = {
            **ids,
            "slug": slug,
            "deleted": deleted,
            "members": [*(person.id for person in self._members.values()), victim.id],
            "roles": [*self._members, "learner"],
            "victim": victim.id,
            "learner": self._members["learner"].id,
            "owner": self._members["owner"].id,
            "assistant": self._members["assistant"].id,
            "deck": DECK,
            "hash": self._stored_pdf(),
            "quiz_body": QUIZ.model_dump_json(),
            "deck_body": CARD_DECK.model_dump_json(),
        }
        async with self._adapters.database.transaction(MAINTENANCE) as session:
            await session.execute(COURSE, values)
            if deleted == "users":
                await session.execute(DELETE_USER, {"victim": victim.id})
        return Classroom(
            values={
                "course": ids["course"],
                "lesson_id": ids["lesson"],
                "content_id": ids["content"],
                "comment_id": ids["comment"],
                "collection": "decks",
                "asset_id": ids["asset"],
                "expires": "1",
                "signature": "0" * 64,
                "document_id": ids["document"],
                "conversation_id": ids["conversation"],
                "message_id": ids["answer"],
                "job_id": ids["job"],
                "key_id": ids["key"],
                "session_id": ids["session"],
                "quiz_id": ids["quiz"],
                "certificate_id": ids["certificate"],
                "attempt_id": ids["attempt"],
                "appeal_id": ids["appeal"],
                "concept_id": ids["concept"],
                "correction_id": ids["correction"],
                "webhook_id": ids["webhook"],
                "delivery_id": ids["delivery"],
                "video_id": ids["video"],
                "code": slug.replace("-", ""),
                "question_id": "q1",
                "card_id": f"{ids['card_deck']}.c1",
                "provider": "school",
                "user_id": str(victim.id),
                "email": victim.actor.email,
                "model": slug,
                "page": "1",
                "alias": "writer",
                "version": "1",
                "prompt": "tutor.explain",
                **(await self._administered(ids["course"]) if is_administered else {}),
            },
            secrets=frozenset({*ids.values(), slug, str(victim.id), victim.actor.email}),
            private=frozenset({ids["conversation"], ids["question"], ids["key"]}),
        )

    async def double_of(self, caller: Caller) -> Caller:
        """Someone with the same role in the school, whose account may come to harm."""
        if caller.role is None or caller.scope is not None:
            return caller
        person = await self._people.add(caller.role)
        return replace(caller, headers=person.headers)

    def _add(self, caller: Caller) -> None:
        self.callers.append(caller)

    async def _add_keys(self, name: str, person: Person) -> None:
        course_role = name if name in PERMISSIONS else None
        for scope in KeyScope:
            made = await self._services.api_keys.create(person.actor, "Rights", None, [scope])
            headers = {"Authorization": f"Bearer {made.key}"}
            caller = Caller(f"{name}'s key", headers, person.actor.role, course_role, scope)
            self._add(caller)

    def _add_unrecognised(self, learner: Person) -> None:
        self._add(Caller("nobody"))
        for name, token in unrecognised_tokens(learner).items():
            self._add(Caller(name, {"Authorization": f"Bearer {token}"}))

    async def _administered(self, course_id: str) -> dict[str, str]:
        address = f"{uuid4().hex}@school.edu"
        invited = await self._services.invitations.create(self._admin, address, "student")
        return {
            "deployment": await self._deployment(),
            "budget_id": await self._budget(course_id),
            "invitation_id": str(invited.id),
            "store_id": await self._record_store(),
        }

    async def _deployment(self) -> str:
        name = f"spare-{uuid4().hex}"
        spare = Deployment(
            provider="openai", base_url="http://127.0.0.1:9/v1", wire_model="x", is_enabled=False
        )
        await self._services.models.create(self._admin, name, spare)
        return name

    async def _record_store(self) -> str:
        store = NewRecordStore(f"store-{uuid4().hex}", "http://127.0.0.1:9/xapi", "key", "secret")
        made = await self._services.learning.record_stores.add(self._admin, store)
        await self._services.learning.record_stores.change(
            self._admin, made.id, {"is_active": False}
        )
        return str(made.id)

    async def _budget(self, course_id: str) -> str:
        budget = await self._services.budgets.put(
            self._admin,
            "course",
            UUID(course_id),
            "month",
            soft_limit_micro_usd=1,
            hard_limit_micro_usd=10**9,
        )
        return str(budget.id)

    def _stored_pdf(self) -> str:
        content_hash = hashlib.sha256(PDF).hexdigest()
        source = self._adapters.settings.home / "rights.pdf"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(PDF)
        self._adapters.files.write_file(source, content_hash)
        FileStore(self._adapters.settings.assets_folder).write_file(source, content_hash)
        return content_hash


def unrecognised_tokens(person: Person) -> dict[str, str]:
    """Tokens that were good, or are for something else."""
    good = person.headers["Authorization"].removeprefix("Bearer ")
    head, claims, signature = good.split(".")
    now = datetime.now(UTC)
    unsigned = jwt.encode(jwt.decode(good, options={"verify_signature": False}), "", "none")
    return {
        "expired token": issued(person, now=now - timedelta(hours=1)).access_token,
        "token tampered with": f"{head}.{claims[:-2]}xx.{signature}",
        "token of another secret": issued(person, now=now, secret=SECRET_KEY[::-1]).access_token,
        "token of an ended session": issued(person, now=now).access_token,
        "refresh token": issued(person, now=now).refresh_token,
        "unsigned token": unsigned,
        "unknown key": "nsk_unknown",
    }


def issued(person: Person, *, now: datetime, secret: str = SECRET_KEY) -> TokenPair:
    """Tokens of a session that is not there."""
    keys = KeyRing.of_setting(secret)
    issuer = TokenIssuer(keys, access_lifetime=timedelta(minutes=5), clock=lambda: now)
    ends_at = now + timedelta(days=1)
    return issuer.issue(person.id, person.actor.role, uuid4(), session_ends_at=ends_at)
