"""Forgetting: audit lines without the person, files that nothing refers to, indexes for purging.

Revision ID: 0031
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0027"
branch_labels = None
depends_on = None

DELETED = sa.text("deleted_at IS NOT NULL")
SOFTLY_DELETED = ("conversations", "courses", "documents", "lessons", "users")

FORGET = """
CREATE FUNCTION neuroshiksha_forget_in_audit(person uuid, person_email text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.audit_events SET
        address = CASE WHEN actor_id = person OR actor_id IS NULL THEN NULL ELSE address END,
        details = (details - 'email') || CASE
            WHEN actor_id = person THEN jsonb_build_object('erased_actor', person)
            ELSE '{}'::jsonb END
    WHERE actor_id = person OR subject = person::text OR details ->> 'email' = person_email
$$
"""
"""The one way in which a line of the audit trail changes; its id, action and time stay."""


def upgrade() -> None:
    op.create_table(
        "discarded_files",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column(
            "discarded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_discarded_files")),
    )
    for table in SOFTLY_DELETED:
        op.create_index(f"ix_{table}_deleted_at", table, ["deleted_at"], postgresql_where=DELETED)
    op.create_index("ix_conversations_updated_at", "conversations", ["updated_at"])
    op.create_index(
        "ix_documents_file_hash",
        "documents",
        ["file_hash"],
        postgresql_where=sa.text("file_hash IS NOT NULL"),
    )
    op.create_index("ix_chunks_document_id", "chunks", ["document_id"])
    op.create_index(
        "ix_audit_events_email",
        "audit_events",
        [sa.text("(details ->> 'email'::text)")],
        postgresql_where=sa.text("details ? 'email'::text"),
    )
    op.execute(FORGET)
    op.execute("REVOKE ALL ON FUNCTION neuroshiksha_forget_in_audit(uuid, text) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION neuroshiksha_forget_in_audit(uuid, text)"
        " TO neuroshiksha_maintenance"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION neuroshiksha_forget_in_audit(uuid, text)")
    op.drop_index("ix_audit_events_email", "audit_events")
    op.drop_index("ix_chunks_document_id", "chunks")
    op.drop_index("ix_documents_file_hash", "documents")
    op.drop_index("ix_conversations_updated_at", "conversations")
    for table in SOFTLY_DELETED:
        op.drop_index(f"ix_{table}_deleted_at", table)
    op.drop_table("discarded_files")
