"""Ways of teaching: what each course allows, and where each conversation is.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
NOW = sa.text("now()")
MODES = (
    "explain",
    "socratic",
    "hints",
    "quiz_me",
    "check_my_work",
    "worked_example",
    "simpler",
    "deeper",
    "plan",
)
KNOWN = f"ARRAY[{', '.join(repr(mode) for mode in MODES)}]"


def upgrade() -> None:
    add_policies()
    add_tutor_states()
    add_chat_answers()


def downgrade() -> None:
    op.drop_column("problem_states", "is_solved")
    op.drop_column("problem_states", "chat_answers")
    op.drop_table("tutor_states")
    for name in (
        "shows_solutions",
        "attempts_before_solution",
        "hints_before_solution",
        "default_mode",
        "tutor_modes",
    ):
        op.drop_column("courses", name)


def add_policies() -> None:
    every = "{" + ",".join(MODES) + "}"
    op.add_column(
        "courses",
        sa.Column("tutor_modes", sa.ARRAY(sa.Text()), server_default=every, nullable=False),
    )
    op.add_column(
        "courses", sa.Column("default_mode", sa.Text(), server_default="explain", nullable=False)
    )
    for name, default in (("hints_before_solution", "2"), ("attempts_before_solution", "1")):
        op.add_column(
            "courses", sa.Column(name, sa.SmallInteger(), server_default=default, nullable=False)
        )
    op.add_column(
        "courses",
        sa.Column("shows_solutions", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.create_check_constraint(op.f("ck_courses_tutor_modes"), "courses", f"tutor_modes <@ {KNOWN}")
    op.create_check_constraint(
        op.f("ck_courses_default_mode"), "courses", "default_mode = ANY (tutor_modes)"
    )
    op.create_check_constraint(
        op.f("ck_courses_before_solution"),
        "courses",
        "hints_before_solution BETWEEN 0 AND 20 AND attempts_before_solution BETWEEN 0 AND 20",
    )


def add_tutor_states() -> None:
    op.create_table(
        "tutor_states",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=True),
        sa.Column("question_id", sa.Text(), nullable=True),
        sa.Column("problem", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("hints", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("questions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_solved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("turn", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "hints >= 0 AND answers >= 0 AND questions >= 0", name=op.f("ck_tutor_states_counts")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_tutor_states_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_tutor_states_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_tutor_states_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"],
            ["contents.id"],
            name=op.f("fk_tutor_states_quiz_id_contents"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_tutor_states")),
    )
    for column in ("course_id", "learner_id", "quiz_id"):
        op.create_index(f"ix_tutor_states_{column}", "tutor_states", [column])
    op.execute("ALTER TABLE tutor_states ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY course_scope ON tutor_states TO neuroshiksha_app"
        f" USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"
    )
    op.execute(
        "CREATE POLICY maintenance ON tutor_states TO neuroshiksha_maintenance"
        " USING (true) WITH CHECK (true)"
    )


def add_chat_answers() -> None:
    """Answers that a learner gave to the tutor, beside those of attempts."""
    op.add_column(
        "problem_states",
        sa.Column("chat_answers", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column(
        "problem_states",
        sa.Column("is_solved", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
