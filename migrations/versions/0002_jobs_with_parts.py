"""Jobs with parts, priority and history; locators by line, cell and region.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_events_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_events")),
    )
    op.create_index("ix_job_events_job_id_id", "job_events", ["job_id", "id"], unique=False)
    op.add_column("chunks", sa.Column("line", sa.Integer(), nullable=True))
    op.add_column("chunks", sa.Column("cell", sa.Text(), nullable=True))
    op.add_column(
        "chunks",
        sa.Column(
            "regions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
    )
    op.add_column("documents", sa.Column("lesson_id", sa.Uuid(), nullable=True))
    op.create_index("ix_documents_lesson_id", "documents", ["lesson_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_documents_lesson_id_lessons"),
        "documents",
        "lessons",
        ["lesson_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.add_column("jobs", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.add_column(
        "jobs", sa.Column("priority", sa.SmallInteger(), server_default="5", nullable=False)
    )
    op.add_column("jobs", sa.Column("idempotency_key", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("request_hash", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "jobs", sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_jobs_parent_id", "jobs", ["parent_id"], unique=False)
    op.create_index(
        "uq_jobs_requested_by_idempotency_key",
        "jobs",
        ["requested_by", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_jobs_parent_id_jobs"), "jobs", "jobs", ["parent_id"], ["id"], ondelete="CASCADE"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_jobs_parent_id_jobs"), "jobs", type_="foreignkey")
    op.drop_index(
        "uq_jobs_requested_by_idempotency_key",
        table_name="jobs",
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.drop_index("ix_jobs_parent_id", table_name="jobs")
    op.drop_column("jobs", "cancel_requested_at")
    op.drop_column("jobs", "started_at")
    op.drop_column("jobs", "request_hash")
    op.drop_column("jobs", "idempotency_key")
    op.drop_column("jobs", "priority")
    op.drop_column("jobs", "parent_id")
    op.drop_constraint(op.f("fk_documents_lesson_id_lessons"), "documents", type_="foreignkey")
    op.drop_index("ix_documents_lesson_id", table_name="documents")
    op.drop_column("documents", "lesson_id")
    op.drop_column("chunks", "regions")
    op.drop_column("chunks", "cell")
    op.drop_column("chunks", "line")
    op.drop_index("ix_job_events_job_id_id", table_name="job_events")
    op.drop_table("job_events")
