"""Why a certificate was revoked.

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "certificates",
        sa.Column("revocation_reason", sa.Text(), server_default="", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("certificates", "revocation_reason")
