"""Idempotency keys of questions, and tickets that open a WebSocket once.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
USER = "(SELECT nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)"
OWN_OR_IN_SCOPE = (
    f"user_id = {USER} OR {SCOPE} = '*'"
    " OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
)


def upgrade() -> None:
    op.create_table(
        "question_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_question_keys")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_question_keys_{column}_{table}"),
                ondelete="CASCADE",
            )
            for column, table in (
                ("user_id", "users"),
                ("course_id", "courses"),
                ("message_id", "messages"),
            )
        ),
    )
    for column in ("course_id", "expires_at", "message_id"):
        op.create_index(f"ix_question_keys_{column}", "question_keys", [column])
    op.execute("ALTER TABLE question_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY course_scope ON question_keys TO neuroshiksha_app"
        f" USING ({OWN_OR_IN_SCOPE}) WITH CHECK ({OWN_OR_IN_SCOPE})"
    )
    op.execute(
        "CREATE POLICY maintenance ON question_keys TO neuroshiksha_maintenance"
        " USING (true) WITH CHECK (true)"
    )
    op.create_table(
        "socket_tickets",
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_socket_tickets")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_socket_tickets_user_id_users"),
            ondelete="CASCADE",
        ),
    )
    for column in ("expires_at", "user_id"):
        op.create_index(f"ix_socket_tickets_{column}", "socket_tickets", [column])


def downgrade() -> None:
    op.drop_table("socket_tickets")
    op.drop_table("question_keys")
