"""The tables that keep something about a person, and what of it they may take with them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """What a person gets of one table.

    Attributes:
        name: Of the file.
        about: For the person, one line.
        table: Where the rows are.
        columns: As SQL; secrets and hashes of them are left out.
        source: FROM and WHERE, which names `:person`.
        key: Unique among the person's rows; they come in its order.
    """

    name: str
    about: str
    table: str
    columns: str
    source: str
    key: str = "id"
    key_type: Literal["uuid", "text"] = "uuid"


PERSONAL_TABLES = (
    PersonalTable(
        "profile",
        "The account.",
        "users",
        "id, email, email_verified_at, display_name, role, is_active, language,"
        " learning_preference, interests, password_hash IS NOT NULL AS has_password,"
        " created_at, updated_at",
        "users WHERE id = :person",
    ),
    PersonalTable(
        "enrolments",
        "Courses, and the role in each.",
        "enrollments",
        "course_id, courses.slug AS course, courses.title, role, enrollments.created_at",
        "enrollments LEFT JOIN courses ON courses.id = course_id WHERE user_id = :person",
        key="course_id",
    ),
    PersonalTable(
        "conversations",
        "Conversations with the tutor, deleted ones that are not purged yet too.",
        "conversations",
        "conversations.id, course_id, courses.title AS course, conversations.title, is_listed,"
        " conversations.created_at, conversations.updated_at, conversations.deleted_at",
        "conversations LEFT JOIN courses ON courses.id = course_id WHERE user_id = :person",
        key="conversations.id",
    ),
    PersonalTable(
        "tutor_states",
        "The tutor's way of teaching in each conversation, and the problem worked on.",
        "tutor_states",
        "conversation_id, course_id, mode, quiz_id, question_id, problem -> 'question' -> 'stem'"
        " AS problem, hints, answers, is_solved, is_shown, updated_at",
        "tutor_states WHERE learner_id = :person",
        key="conversation_id",
    ),
    PersonalTable(
        "messages",
        "Questions and answers, with sources and citations.",
        "messages",
        "messages.id, conversation_id, messages.created_at, role, status, content, mode, model,"
        " prompt, finish_reason, sources, citations, sentences, notices, groundedness, confidence,"
        " question_id, parent_id",
        "messages JOIN conversations ON conversations.id = conversation_id"
        " WHERE conversations.user_id = :person",
        key="messages.id",
    ),
    PersonalTable(
        "conversation_summaries",
        "What long conversations are remembered by.",
        "conversation_summaries",
        "message_id, conversation_id, content, model, conversation_summaries.created_at",
        "conversation_summaries JOIN conversations ON conversations.id = conversation_id"
        " WHERE conversations.user_id = :person",
        key="message_id",
    ),
    PersonalTable(
        "feedback",
        "Answers rated.",
        "answer_feedback",
        "message_id, course_id, rating, reasons, comment, created_at, updated_at",
        "answer_feedback WHERE user_id = :person",
        key="message_id",
    ),
    PersonalTable(
        "question_keys",
        "Idempotency-Keys of questions, kept for a day.",
        "question_keys",
        "key, message_id, expires_at",
        "question_keys WHERE user_id = :person",
        key="key",
        key_type="text",
    ),
    PersonalTable(
        "sessions",
        "Where the person is signed in.",
        "user_sessions",
        "id, kind, device, address, created_at, last_used_at, expires_at",
        "user_sessions WHERE user_id = :person",
    ),
    PersonalTable(
        "api_keys",
        "API keys, without the keys.",
        "api_keys",
        "id, name, prefix, scopes, created_at, expires_at, last_used_at",
        "api_keys WHERE user_id = :person",
    ),
    PersonalTable(
        "second_factor",
        "The authenticator app, without its secret.",
        "second_factors",
        "user_id, created_at, confirmed_at",
        "second_factors WHERE user_id = :person",
        key="user_id",
    ),
    PersonalTable(
        "external_identities",
        "Accounts at other providers that sign in here.",
        "external_identities",
        "issuer, subject, created_at, last_used_at",
        "external_identities WHERE user_id = :person",
        key="(issuer || ' ' || subject)",
        key_type="text",
    ),
    PersonalTable(
        "audit",
        "Security events of the person, and those about them; network addresses are their own.",
        "audit_events",
        "id, created_at, action, subject, course_id,"
        " actor_id IS NOT DISTINCT FROM :person AS is_own_act,"
        " CASE WHEN actor_id = :person THEN address END AS address, details",
        "audit_events WHERE (actor_id = :person OR subject = CAST(:person AS text))",
    ),
    PersonalTable(
        "usage",
        "Calls of chat models for the person, with tokens and cost.",
        "usage_records",
        "id, created_at, course_id, job_id, message_id, purpose, deployment, wire_model, outcome,"
        " prompt_tokens, cached_tokens, completion_tokens, cost_micro_usd, latency_ms",
        "usage_records WHERE user_id = :person",
    ),
    PersonalTable(
        "jobs",
        "Uploads and other long work that the person asked for.",
        "jobs",
        "id, course_id, kind, status, payload, result, error, created_at, finished_at",
        "jobs WHERE requested_by = :person",
    ),
    PersonalTable(
        "invitations",
        "People invited; their addresses are theirs.",
        "invitations",
        "id, role, created_at, expires_at",
        "invitations WHERE invited_by = :person",
    ),
    PersonalTable(
        "prompts",
        "Versions of prompts that the person wrote.",
        "prompt_versions",
        "name, version, source, created_at",
        "prompt_versions WHERE created_by = :person",
        key="(name || '@' || lpad(version::text, 10, '0'))",
        key_type="text",
    ),
    PersonalTable(
        "prompt_activations",
        "Prompts that the person put in use.",
        "prompt_activations",
        "id, name, weights, created_at",
        "prompt_activations WHERE created_by = :person",
    ),
    PersonalTable(
        "budgets",
        "Limits of what chat models may cost for the person.",
        "budgets",
        "id, period, period_start, soft_limit_micro_usd, hard_limit_micro_usd, spent_micro_usd",
        "budgets WHERE scope = 'user' AND subject_id = :person",
    ),
    PersonalTable(
        "mails",
        "Mails to the person that wait or failed.",
        "outgoing_mails",
        "id, kind, recipient, created_at, ended_at, subject",
        "outgoing_mails WHERE recipient = (SELECT email FROM users WHERE id = :person)",
    ),
    PersonalTable(
        "attempts",
        "Attempts at quizzes, with the answers given.",
        "attempts",
        "id, course_id, quiz_id, quiz_version, number, submitted_at, is_late, answers"
        ", score, maximum",
        "attempts WHERE learner_id = :person",
    ),
    PersonalTable(
        "grades",
        "Grades of those attempts, and grades that the person gave.",
        "question_grades",
        "attempt_id, question_id, revision, question_grades.score"
        ", question_grades.maximum, judged_by, detail, reason"
        ", question_grades.created_at",
        "question_grades JOIN attempts ON attempts.id = attempt_id"
        " WHERE (learner_id = :person OR graded_by = :person)",
        key="(attempt_id::text || ' ' || question_id || ' ' || lpad(revision::text, 6, '0'))",
        key_type="text",
    ),
    PersonalTable(
        "grade_appeals",
        "Appeals against grades, made or decided by the person.",
        "grade_appeals",
        "id, course_id, attempt_id, question_id, message, status, reply, decided_at, created_at",
        "grade_appeals WHERE (learner_id = :person OR decided_by = :person)",
    ),
    PersonalTable(
        "problem_states",
        "Problems with hints, and how far they were shown.",
        "problem_states",
        "quiz_id, question_id, course_id, hints, is_shown, chat_answers, is_solved, created_at,"
        " updated_at",
        "problem_states WHERE learner_id = :person",
        key="(quiz_id::text || ' ' || question_id)",
        key_type="text",
    ),
    PersonalTable(
        "card_memories",
        "How well each flashcard is remembered.",
        "card_memories",
        "deck_id, card_id, course_id, state, stability, difficulty, review_count"
        ", last_reviewed_at, due_at",
        "card_memories WHERE learner_id = :person",
        key="(deck_id::text || ' ' || card_id)",
        key_type="text",
    ),
    PersonalTable(
        "card_reviews",
        "Reviews of flashcards.",
        "card_reviews",
        "id, course_id, deck_id, card_id, recall, reviewed_at",
        "card_reviews WHERE learner_id = :person",
    ),
    PersonalTable(
        "concept_masteries",
        "How likely each concept is mastered.",
        "concept_masteries",
        "concept_id, course_id, probability, answer_count, claimed_probability"
        ", claimed_at, updated_at",
        "concept_masteries WHERE learner_id = :person",
        key="concept_id",
    ),
    PersonalTable(
        "practised_concepts",
        "What cards reviewed and questions answered to the tutor told of concepts.",
        "practised_concepts",
        "id, course_id, concept_id, kind, subject, share, practised_at",
        "practised_concepts WHERE learner_id = :person",
    ),
    PersonalTable(
        "study_positions",
        "How far lessons were read and videos watched.",
        "study_positions",
        "item_id, course_id, kind, share, seconds, position_seconds, finished_at, created_at"
        ", updated_at",
        "study_positions WHERE learner_id = :person",
        key="item_id",
    ),
    PersonalTable(
        "learning_goals",
        "What the person wants to do in a week.",
        "learning_goals",
        "user_id, unit, per_week, created_at, updated_at",
        "learning_goals WHERE user_id = :person",
        key="user_id",
    ),
    PersonalTable(
        "certificates",
        "Certificates of courses.",
        "certificates",
        "certificates.id, code, course_id, reached, issued_at, revoked_at, revocation_reason",
        "certificates WHERE learner_id = :person",
    ),
    PersonalTable(
        "contents",
        "Lessons, quizzes and the like that the person began.",
        "contents",
        "id, course_id, kind, version, origin, created_at",
        "contents WHERE created_by = :person",
    ),
    PersonalTable(
        "content_versions",
        "Versions of those that the person wrote.",
        "content_versions",
        "content_id, number, course_id, title, body, why, created_at",
        "content_versions WHERE author_id = :person",
        key="(content_id::text || ' ' || lpad(number::text, 8, '0'))",
        key_type="text",
    ),
    PersonalTable(
        "content_comments",
        "Comments on them by the person.",
        "content_comments",
        "id, content_id, course_id, part, body, created_at, updated_at",
        "content_comments WHERE author_id = :person",
    ),
    PersonalTable(
        "corrections",
        "Corrections of answers that are the person's, as they are now.",
        "answer_corrections",
        "id, course_id, question, body, version, created_at, updated_at, withdrawn_at",
        "answer_corrections WHERE author_id = :person",
    ),
    PersonalTable(
        "correction_versions",
        "Versions of corrections that the person wrote.",
        "correction_versions",
        "correction_id, number, course_id, question, body, created_at",
        "correction_versions WHERE author_id = :person",
        key="(correction_id::text || ' ' || lpad(number::text, 8, '0'))",
        key_type="text",
    ),
    PersonalTable(
        "settled_answers",
        "Answers that the person took off a course's list of those to look at.",
        "settled_answers",
        "message_id, course_id, created_at",
        "settled_answers WHERE settled_by = :person",
        key="message_id",
    ),
    PersonalTable(
        "notifications",
        "What the person was told.",
        "notifications",
        "id, course_id, kind, payload, is_shown, created_at, read_at",
        "notifications WHERE user_id = :person",
    ),
    PersonalTable(
        "notification_settings",
        "How the person is told.",
        "notification_settings",
        "user_id, choices, digest, quiet_from_minute, quiet_until_minute, time_zone",
        "notification_settings WHERE user_id = :person",
        key="user_id",
    ),
    PersonalTable(
        "webhooks",
        "Webhooks that the person made, without their secrets.",
        "webhooks",
        "id, course_id, url, kinds, is_active, created_at",
        "webhooks WHERE created_by = :person",
    ),
)

LEFT_OUT = {
    "account_links": "hashes of links that were mailed, good for an hour",
    "graded_concepts": "which concepts a grade counts for; grades and masteries are there",
    "learner_keys": "the pseudonym of learning events, which repeat attempts and reviews",
    "notification_deliveries": "which notice went through which channel; the notices are there",
    "question_vectors": "vectors of questions, which stand in the messages",
    "recovery_codes": "hashes only",
    "socket_tickets": "hashes, good for seconds",
}
"""Tables with a person's rows that hold nothing to read, and why."""
