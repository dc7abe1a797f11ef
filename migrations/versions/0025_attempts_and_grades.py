"""Attempts at quizzes with their grades, appeals, help given, and the rules of a quiz.

Revision ID: 0025
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("quiz_rules", "attempts", "question_grades", "grade_appeals", "problem_states")
APPEND_ONLY = ("question_grades",)


def upgrade() -> None:
    add_quiz_rules()
    add_attempts()
    add_question_grades()
    add_grade_appeals()
    add_problem_states()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY course_scope ON {table} TO neuroshiksha_app"
            f" USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"
        )
        op.execute(
            f"CREATE POLICY maintenance ON {table} TO neuroshiksha_maintenance"
            " USING (true) WITH CHECK (true)"
        )
    for table in APPEND_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM neuroshiksha_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def add_quiz_rules() -> None:
    op.create_table(
        "quiz_rules",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("late_policy", sa.Text(), server_default="refuse", nullable=False),
        sa.Column("max_attempts", sa.SmallInteger(), nullable=True),
        sa.Column("shows_key", sa.Text(), server_default="after_attempt", nullable=False),
        sa.Column("withdrawn_questions", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "late_policy IN ('refuse', 'mark')", name=op.f("ck_quiz_rules_late_policy")
        ),
        sa.CheckConstraint(
            "shows_key IN ('never', 'after_attempt', 'after_due')",
            name=op.f("ck_quiz_rules_shows_key"),
        ),
        sa.CheckConstraint("max_attempts > 0", name=op.f("ck_quiz_rules_max_attempts")),
        sa.CheckConstraint("opens_at < due_at", name=op.f("ck_quiz_rules_opens_before_due")),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_quiz_rules_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"],
            ["contents.id"],
            name=op.f("fk_quiz_rules_quiz_id_contents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("quiz_id", name=op.f("pk_quiz_rules")),
    )
    op.create_index("ix_quiz_rules_course_id", "quiz_rules", ["course_id"])


def add_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_version", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("is_late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("maximum", sa.Double(), nullable=False),
        sa.Column("needs_review", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.Text(), nullable=True),
        sa.CheckConstraint("score BETWEEN 0 AND maximum", name=op.f("ck_attempts_score")),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_attempts_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_attempts_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id", "quiz_version"],
            ["content_versions.content_id", "content_versions.number"],
            name="fk_attempts_quiz_id_quiz_version_content_versions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_course_id", "attempts", ["course_id"])
    op.create_index("ix_attempts_learner_id", "attempts", ["learner_id"])
    op.create_index(
        "ix_attempts_quiz_id_submitted_at_id", "attempts", ["quiz_id", "submitted_at", "id"]
    )
    op.create_index(
        "uq_attempts_learner_id_idempotency_key",
        "attempts",
        ["learner_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_index(
        "uq_attempts_quiz_id_learner_id_number",
        "attempts",
        ["quiz_id", "learner_id", "number"],
        unique=True,
    )


def add_question_grades() -> None:
    op.create_table(
        "question_grades",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("maximum", sa.Double(), nullable=False),
        sa.Column("judged_by", sa.Text(), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("graded_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND maximum", name=op.f("ck_question_grades_score")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempts.id"],
            name=op.f("fk_question_grades_attempt_id_attempts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_question_grades_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["graded_by"],
            ["users.id"],
            name=op.f("fk_question_grades_graded_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint(
            "attempt_id", "question_id", "revision", name=op.f("pk_question_grades")
        ),
    )
    op.create_index("ix_question_grades_course_id", "question_grades", ["course_id"])
    op.create_index("ix_question_grades_graded_by", "question_grades", ["graded_by"])


def add_grade_appeals() -> None:
    op.create_table(
        "grade_appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("reply", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "(status = 'open') = (decided_at IS NULL)", name=op.f("ck_grade_appeals_decided_at")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'accepted', 'rejected')", name=op.f("ck_grade_appeals_status")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempts.id"],
            name=op.f("fk_grade_appeals_attempt_id_attempts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_grade_appeals_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["users.id"],
            name=op.f("fk_grade_appeals_decided_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_grade_appeals_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_appeals")),
    )
    op.create_index(
        "ix_grade_appeals_course_id_created_at_id",
        "grade_appeals",
        ["course_id", "created_at", "id"],
    )
    op.create_index("ix_grade_appeals_decided_by", "grade_appeals", ["decided_by"])
    op.create_index("ix_grade_appeals_learner_id", "grade_appeals", ["learner_id"])
    op.create_index(
        "uq_grade_appeals_attempt_id_question_id",
        "grade_appeals",
        ["attempt_id", "question_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )


def add_problem_states() -> None:
    op.create_table(
        "problem_states",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("hints", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("hints >= 0", name=op.f("ck_problem_states_hints")),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_problem_states_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_problem_states_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"],
            ["contents.id"],
            name=op.f("fk_problem_states_quiz_id_contents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "learner_id", "quiz_id", "question_id", name=op.f("pk_problem_states")
        ),
    )
    op.create_index("ix_problem_states_course_id", "problem_states", ["course_id"])
    op.create_index("ix_problem_states_quiz_id", "problem_states", ["quiz_id"])
