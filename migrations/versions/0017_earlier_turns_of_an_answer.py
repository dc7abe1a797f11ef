"""What was said before a question whose conversation its asker keeps, while it is answered.

Revision ID: 0017
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("earlier_turns", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "earlier_turns")
