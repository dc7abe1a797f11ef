"""Learning record stores: where statements go, how far they have got, and what was refused.

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)

PEOPLE_OF = """
CREATE FUNCTION neuroshiksha_people_of(learners uuid[])
RETURNS TABLE (learner_key uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT keys.learner_key, keys.user_id FROM public.learner_keys AS keys
    WHERE keys.learner_key = ANY (learners)
$$
"""
"""For stores that are allowed to know names; nothing that a request runs may ask it."""


def upgrade() -> None:
    op.execute(PEOPLE_OF)
    op.execute("REVOKE EXECUTE ON FUNCTION neuroshiksha_people_of(uuid[]) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION neuroshiksha_people_of(uuid[]) TO neuroshiksha_maintenance"
    )
    op.create_table(
        "learning_record_stores",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("names_learners", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("statement_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_record_stores")),
        sa.UniqueConstraint("name", name=op.f("uq_learning_record_stores_name")),
    )
    op.create_table(
        "statement_deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("attempted_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('sent', 'refused', 'postponed')",
            name=op.f("ck_statement_deliveries_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["learning_record_stores.id"],
            name=op.f("fk_statement_deliveries_store_id_learning_record_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_deliveries")),
    )
    op.create_index(
        "ix_statement_deliveries_store_id_id", "statement_deliveries", ["store_id", "id"]
    )
    op.create_index(
        "ix_statement_deliveries_attempted_at", "statement_deliveries", ["attempted_at"]
    )
    op.create_table(
        "refused_statements",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("refused_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["learning_record_stores.id"],
            name=op.f("fk_refused_statements_store_id_learning_record_stores"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sequence"],
            ["learning_events.sequence"],
            name=op.f("fk_refused_statements_sequence_learning_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "sequence", name=op.f("pk_refused_statements")),
    )
    op.create_index("ix_refused_statements_sequence", "refused_statements", ["sequence"])


def downgrade() -> None:
    op.drop_table("refused_statements")
    op.drop_table("statement_deliveries")
    op.drop_table("learning_record_stores")
    op.execute("DROP FUNCTION neuroshiksha_people_of(uuid[])")
