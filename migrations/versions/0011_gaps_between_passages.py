"""What stands between a passage and the one before, so that the two can be shown as one.

Passages stored before keep none until their document comes in anew; they are shown alone.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chunks", sa.Column("gap_before", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("chunks", "gap_before")
