"""Which encoder is wanted, and up to which revision a course's chunks all have its vectors.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("embedders", sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE embedders SET wanted_at = now() WHERE is_active")
    op.add_column("courses", sa.Column("vectors_embedder_id", sa.SmallInteger(), nullable=True))
    op.add_column("courses", sa.Column("vectors_revision", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("courses", "vectors_revision")
    op.drop_column("courses", "vectors_embedder_id")
    op.drop_column("embedders", "wanted_at")
