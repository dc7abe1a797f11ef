"""One row of everything that can be kept about a person, each with a word that gives it away."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from uuid_utils.compat import uuid4, uuid7

from models import Base
from storage.database import MAINTENANCE, Database

IDS = (
    "course",
    "conversation",
    "unlisted",
    "question",
    "answer",
    "job",
    "other_job",
    "quiz",
    "attempt",
)
STATEMENTS = (
    "UPDATE users SET display_name = :mark, interests = ARRAY[:mark] WHERE id = :person",
    "INSERT INTO courses (id, slug, title) VALUES (:course, :slug, 'Privacy')",
    "INSERT INTO enrollments (course_id, user_id) VALUES (:course, :person)",
    """INSERT INTO conversations (id, course_id, user_id, title)
       VALUES (:conversation, :course, :person, :mark)""",
    """INSERT INTO conversations (id, course_id, user_id, title, is_listed, deleted_at)
       VALUES (:unlisted, :course, :person, :mark, false, now())""",
    """INSERT INTO tutor_states (conversation_id, course_id, learner_id, mode, problem)
       VALUES (:conversation, :course, :person, 'hints',
               jsonb_build_object('question', jsonb_build_object('stem', CAST(:mark AS text))))""",
    """INSERT INTO messages (id, conversation_id, course_id, role, content)
       VALUES (:question, :conversation, :course, 'user', :mark)""",
    """INSERT INTO messages (id, conversation_id, course_id, role, content, question_id,
                             completed_at, citations)
       VALUES (:answer, :conversation, :course, 'assistant', :mark, :question, now(),
               '[{"n": 1, "quote": "Work is done."}]')""",
    """INSERT INTO conversation_summaries (message_id, conversation_id, course_id, content, model)
       VALUES (:answer, :conversation, :course, :mark, 'grounded')""",
    """INSERT INTO answer_feedback (message_id, user_id, course_id, rating, comment)
       VALUES (:answer, :person, :course, 'up', :mark)""",
    """INSERT INTO question_keys (user_id, key, course_id, message_id, request_hash, expires_at)
       VALUES (:person, :mark, :course, :answer, 'x', now() + interval '1 day')""",
    """INSERT INTO cached_questions (id, course_id, scope_hash, question, vector, guards,
                                     cache_key, tags, expires_at)
       VALUES (gen_random_uuid(), :course, 'x', :mark, '[1,0]', '{}', :slug, '{}',
               now() + interval '1 day')""",
    """INSERT INTO user_sessions (id, user_id, kind, device, address, expires_at)
       VALUES (gen_random_uuid(), :person, 'browser', :mark, :mark, now() + interval '1 day')""",
    """INSERT INTO api_keys (id, user_id, key_hash, name, prefix)
       VALUES (gen_random_uuid(), :person, sha256(CAST(:slug AS text)::bytea), :mark, 'nsk_x')""",
    """INSERT INTO second_factors (user_id, secret, confirmed_at)
       VALUES (:person, 'a secret seed', now())""",
    "INSERT INTO recovery_codes (user_id, code_hash) VALUES (:person, 'x')",
    """INSERT INTO external_identities (issuer, subject, user_id)
       VALUES ('https://school.edu', :mark, :person)""",
    """INSERT INTO account_links (token_hash, user_id, purpose, email, expires_at)
       VALUES (sha256(CAST(:slug AS text)::bytea), :person, 'reset_password', :email,
               now() + interval '1 hour')""",
    """INSERT INTO socket_tickets (ticket_hash, user_id, expires_at)
       VALUES (sha256(CAST(:slug AS text)::bytea), :person, now() + interval '1 minute')""",
    """INSERT INTO audit_events (id, actor_id, action, subject, address, details)
       VALUES (gen_random_uuid(), :person, 'session.start', :subject, :mark,
               jsonb_build_object('kind', 'tool'))""",
    """INSERT INTO audit_events (id, action, address, details)
       VALUES (gen_random_uuid(), 'session.refuse', :mark,
               jsonb_build_object('email', CAST(:email AS text), 'failures', 3))""",
    """INSERT INTO usage_records (id, user_id, course_id, message_id, purpose, deployment,
                                  wire_model, outcome, prompt_tokens, latency_ms)
       VALUES (gen_random_uuid(), :person, :course, :answer, 'answer', 'x', 'x', 'ok', 41, 1)""",
    """INSERT INTO jobs (id, course_id, requested_by, kind, payload, idempotency_key)
       VALUES (:job, :course, :person, 'lesson', '{"topic": "work"}', :mark)""",
    """INSERT INTO contents (id, course_id, kind, created_by)
       VALUES (:quiz, :course, 'quiz', :person)""",
    """INSERT INTO content_versions (content_id, number, course_id, title, body, author_id)
       VALUES (:quiz, 1, :course, 'Work', '{}', :person)""",
    """INSERT INTO content_comments (id, content_id, version, course_id, body, author_id)
       VALUES (gen_random_uuid(), :quiz, 1, :course, 'Too hard?', :person)""",
    """INSERT INTO attempts (id, course_id, quiz_id, quiz_version, learner_id, number, submitted_at,
                             answers, score, maximum)
       VALUES (:attempt, :course, :quiz, 1, :person, 1, now(),
               jsonb_build_object('q', CAST(:mark AS text)), 0, 1)""",
    """INSERT INTO question_grades (attempt_id, question_id, revision, course_id, score, maximum,
                                    judged_by, is_certain, is_answered, detail, reason)
       VALUES (:attempt, 'q', 1, :course, 0, 1, 'key', true, true, '{}', :mark)""",
    """INSERT INTO grade_appeals (id, course_id, attempt_id, question_id, learner_id, message)
       VALUES (gen_random_uuid(), :course, :attempt, 'q', :person, :mark)""",
    """INSERT INTO problem_states (learner_id, quiz_id, question_id, course_id)
       VALUES (:person, :quiz, 'q', :course)""",
    """INSERT INTO card_memories (learner_id, deck_id, card_id, course_id, state, stability,
                                  difficulty, last_reviewed_at, due_at)
       VALUES (:person, :quiz, 'c', :course, 'review', 1, 5, now(), now())""",
    """INSERT INTO card_reviews (id, course_id, learner_id, deck_id, card_id, recall, reviewed_at,
                                 memory)
       VALUES (gen_random_uuid(), :course, :person, :quiz, 'c', 'good', now(), '{}')""",
    "INSERT INTO concepts (id, course_id, name, key) VALUES (:quiz, :course, 'Work', 'work')",
    """INSERT INTO concept_masteries (learner_id, concept_id, course_id, probability, answer_count)
       VALUES (:person, :quiz, :course, 0.5, 1)""",
    """INSERT INTO practised_concepts (id, learner_id, concept_id, course_id, kind, subject, day,
                                       share, guess, practised_at)
       VALUES (gen_random_uuid(), :person, :quiz, :course, 'card', 'c', current_date, 1, 0.4,
               now())""",
    """INSERT INTO graded_concepts (attempt_id, question_id, concept_id, learner_id, course_id,
                                    guess)
       VALUES (:attempt, 'q', :quiz, :person, :course, 0.2)""",
    """INSERT INTO learning_events (course_id, learner_key, kind, version, occurred_at, payload)
       VALUES (:course, neuroshiksha_learner_key(:person), 'attempted', 1, now(), '{}')""",
    """INSERT INTO answer_corrections (id, course_id, message_id, author_id, version, question,
                                       body)
       VALUES (:quiz, :course, :answer, :person, 1, 'Work?', 'Force times way.')""",
    """INSERT INTO correction_versions (correction_id, number, course_id, author_id, question,
                                        body)
       VALUES (:quiz, 1, :course, :person, 'Work?', 'Force times way.')""",
    """INSERT INTO settled_answers (message_id, course_id, settled_by)
       VALUES (:answer, :course, :person)""",
    "INSERT INTO embedders (id, name, dimension) VALUES (98, 'rows', 2) ON CONFLICT DO NOTHING",
    """INSERT INTO question_clusters (id, course_id, embedder_id, question_count, centroid)
       VALUES (:quiz, :course, 98, 1, '[1,0]')""",
    """INSERT INTO question_vectors (message_id, embedder_id, course_id, learner_id, cluster_id,
                                     asked_at, is_doubtful, vector)
       VALUES (:question, 98, :course, :person, :quiz, now(), false, '[1,0]')""",
    """INSERT INTO announcements (id, kind, payload) VALUES (:quiz, 'password.changed',
       jsonb_build_object('user_id', CAST(CAST(:person AS uuid) AS text)))""",
    """INSERT INTO notifications (id, announcement_id, user_id, course_id, kind, payload)
       VALUES (:quiz, :quiz, :person, :course, 'content.published',
               jsonb_build_object('title', CAST(:mark AS text)))""",
    """INSERT INTO notification_deliveries (notification_id, channel, user_id, due_at)
       VALUES (:quiz, 'email', :person, now() + interval '1 day')""",
    """INSERT INTO notification_settings (user_id, time_zone) VALUES (:person, :mark)""",
    """INSERT INTO webhooks (id, course_id, url, sealed_secret, created_by)
       VALUES (:quiz, :course, 'https://school.edu', 'sealed', :person)""",
    """INSERT INTO webhook_deliveries (id, webhook_id, course_id, announcement_id, kind, body)
       VALUES (:quiz, :quiz, :course, :quiz, 'job.failed',
               '{"data": {"user_id": "' || CAST(CAST(:person AS uuid) AS text) || '"}}')""",
    """INSERT INTO study_positions (learner_id, item_id, course_id, kind, share, seconds)
       VALUES (:person, :quiz, :course, 'lesson', 0.5, 60)""",
    "INSERT INTO learning_goals (user_id, unit, per_week) VALUES (:person, 'items', 5)",
    """INSERT INTO certificates (id, code, course_id, learner_id, reached, issued_at,
                                 revocation_reason)
       VALUES (:quiz, :slug, :course, :person, '{}', now(), :mark)""",
    """INSERT INTO invitations (id, token_hash, email, role, invited_by, expires_at)
       VALUES (gen_random_uuid(), sha256(CAST(:slug AS text)::bytea), 'else@school.edu',
               'student', :person, now() + interval '1 day')""",
    """INSERT INTO invitations (id, token_hash, email, role, expires_at)
       VALUES (gen_random_uuid(), sha256(CAST(:mark AS text)::bytea), :email, 'student',
               now() + interval '1 day')""",
    """INSERT INTO outgoing_mails (id, kind, recipient)
       VALUES (gen_random_uuid(), 'password_changed', :email)""",
    """INSERT INTO budgets (id, scope, subject_id, period, soft_limit_micro_usd,
                            hard_limit_micro_usd)
       VALUES (gen_random_uuid(), 'user', :person, 'month', 1, 2)""",
    """INSERT INTO prompt_versions (name, version, source, created_by)
       VALUES (:slug, 2, 'Explain.', :person)""",
    """INSERT INTO prompt_activations (id, name, weights, created_by)
       VALUES (gen_random_uuid(), :slug, '{"2": 1}', :person)""",
)


@dataclass(frozen=True, slots=True)
class PersonalRows:
    """Who the rows are about, and what is in them.

    Attributes:
        mark: A word that stands in all that is personal.
    """

    person: UUID
    email: str
    mark: str
    ids: dict[str, UUID]


async def write_personal_rows(database: Database, person: UUID, email: str) -> PersonalRows:
    """Rows about a person in every table that may have some."""
    slug = f"privacy-{uuid4().hex}"
    rows = PersonalRows(person, email, f"mark{uuid4().hex}", {name: uuid7() for name in IDS})
    values = {
        **rows.ids,
        "person": person,
        "subject": str(person),
        "email": email,
        "mark": rows.mark,
        "slug": slug,
    }
    async with database.transaction(MAINTENANCE) as session:
        for statement in map(text, STATEMENTS):
            named = {name: values[name] for name in statement.compile().params}
            await session.execute(statement, named)
    return rows


async def tables_holding(database: Database, word: str) -> set[str]:
    """The tables in any row of which a word stands."""
    found = set()
    async with database.transaction(MAINTENANCE) as session:
        for table in Base.metadata.tables:
            statement = text(
                f'SELECT count(*) FROM "{table}" AS r WHERE strpos(r::text, :word) > 0'
            )
            if await session.scalar(statement, {"word": word}):
                found.add(table)
    return found
