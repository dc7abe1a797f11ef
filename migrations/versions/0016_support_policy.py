"""What becomes of a sentence that its sources do not bear out, per course.

Revision ID: 0016
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "courses", sa.Column("support_policy", sa.Text(), server_default="mark", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_courses_support_policy"),
        "courses",
        "support_policy IN ('mark', 'withhold', 'allow')",
    )


def downgrade() -> None:
    op.drop_column("courses", "support_policy")
