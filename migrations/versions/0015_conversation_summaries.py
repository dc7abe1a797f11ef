"""What was said in the older part of a conversation, summed up.

Revision ID: 0015
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
USER = "(SELECT nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)"
OWNER = (
    "(SELECT conversations.user_id FROM conversations"
    " WHERE conversations.id = conversation_summaries.conversation_id)"
)
OWN_OR_IN_SCOPE = (
    f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
    f" OR {OWNER} = {USER}"
)


def upgrade() -> None:
    op.create_table(
        "conversation_summaries",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_conversation_summaries")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_conversation_summaries_{column}_{table}"),
                ondelete="CASCADE",
            )
            for column, table in (
                ("message_id", "messages"),
                ("conversation_id", "conversations"),
                ("course_id", "courses"),
            )
        ),
    )
    op.create_index(
        "ix_conversation_summaries_conversation_id", "conversation_summaries", ["conversation_id"]
    )
    op.create_index("ix_conversation_summaries_course_id", "conversation_summaries", ["course_id"])
    op.execute(
        "ALTER TABLE conversation_summaries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    )
    op.execute(
        "CREATE POLICY course_scope ON conversation_summaries TO neuroshiksha_app"
        f" USING ({OWN_OR_IN_SCOPE}) WITH CHECK ({OWN_OR_IN_SCOPE})"
    )
    op.execute(
        "CREATE POLICY maintenance ON conversation_summaries TO neuroshiksha_maintenance"
        " USING (true) WITH CHECK (true)"
    )


def downgrade() -> None:
    op.drop_table("conversation_summaries")
