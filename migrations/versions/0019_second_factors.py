"""Second factors, recovery codes, and accounts at providers of OpenID Connect.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
USER = "(SELECT nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)"
OWN_OR_ADMINS = f"user_id = {USER} OR {SCOPE} = '*'"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("external_identities", "recovery_codes", "second_factors")


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_counter", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
        belongs_to_user("second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
        belongs_to_user("recovery_codes"),
    )
    op.create_table(
        "external_identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("last_used_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_external_identities")),
        belongs_to_user("external_identities"),
    )
    op.create_index("ix_external_identities_user_id", "external_identities", ["user_id"])
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} TO neuroshiksha_app"
            f" USING ({OWN_OR_ADMINS}) WITH CHECK ({OWN_OR_ADMINS})"
        )
        op.execute(
            f"CREATE POLICY maintenance ON {table} TO neuroshiksha_maintenance"
            " USING (true) WITH CHECK (true)"
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def belongs_to_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id_users"), ondelete="CASCADE"
    )
