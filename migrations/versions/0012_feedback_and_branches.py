"""What learners think of the answers they got, and which message each message follows.

Until now each followed the one before it.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
USER = "(SELECT nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)"
OWN_OR_IN_SCOPE = (
    f"user_id = {USER} OR {SCOPE} = '*'"
    " OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
)

FOLLOW_THE_ONE_BEFORE = """
UPDATE messages SET parent_id = earlier.parent_id
FROM (
    SELECT id, lag(id) OVER (PARTITION BY conversation_id ORDER BY created_at, id) AS parent_id
    FROM messages
) AS earlier
WHERE messages.id = earlier.id AND earlier.parent_id IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("messages", sa.Column("parent_id", sa.Uuid(), nullable=True))
    # Who owns the tables need not be who sees their rows.
    op.execute("SET LOCAL ROLE neuroshiksha_maintenance")
    op.execute(FOLLOW_THE_ONE_BEFORE)
    op.execute("RESET ROLE")
    op.create_table(
        "answer_feedback",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.CheckConstraint("rating IN ('up', 'down')", name=op.f("ck_answer_feedback_rating")),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_answer_feedback")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_answer_feedback_{column}_{table}"),
                ondelete="CASCADE",
            )
            for column, table in (
                ("message_id", "messages"),
                ("user_id", "users"),
                ("course_id", "courses"),
            )
        ),
    )
    op.create_index("ix_answer_feedback_user_id", "answer_feedback", ["user_id"])
    op.create_index(
        "ix_answer_feedback_course_id_updated_at_message_id",
        "answer_feedback",
        ["course_id", "updated_at", "message_id"],
    )
    op.execute("ALTER TABLE answer_feedback ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY course_scope ON answer_feedback TO neuroshiksha_app"
        f" USING ({OWN_OR_IN_SCOPE}) WITH CHECK ({OWN_OR_IN_SCOPE})"
    )
    op.execute(
        "CREATE POLICY maintenance ON answer_feedback TO neuroshiksha_maintenance"
        " USING (true) WITH CHECK (true)"
    )


def downgrade() -> None:
    op.drop_table("answer_feedback")
    op.drop_column("messages", "parent_id")
