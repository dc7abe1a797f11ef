"""Who tells an answer, until when, and what a successor needs to go on with it.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAMES = ("owner", "epoch", "lease_until", "stop_requested", "question_id", "first_sequence")


def upgrade() -> None:
    for column in (
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("first_sequence", sa.Integer(), server_default="1", nullable=False),
    ):
        op.add_column("messages", column)
    op.create_index(
        "ix_messages_lease_until",
        "messages",
        ["lease_until"],
        postgresql_where=sa.text("status = 'streaming'"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_lease_until", table_name="messages")
    for name in reversed(NAMES):
        op.drop_column("messages", name)
