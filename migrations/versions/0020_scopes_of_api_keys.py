"""What an API key is good for; those made before stay good for everything.

Revision ID: 0020
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "api_keys",
        sa.Column(
            "scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    # The owner of the table is bound by its policies too.
    op.execute("SET LOCAL ROLE neuroshiksha_maintenance")
    op.execute("UPDATE api_keys SET scopes = '{read,ask,write,admin}'")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.drop_column("api_keys", "scopes")
