"""Parts that a job has finished, kept for when it is run again.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "job_parts",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "key", name=op.f("pk_job_parts")),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
            name=op.f("fk_job_parts_job_id_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_job_parts_course_id_courses"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_job_parts_course_id", "job_parts", ["course_id"])
    op.execute("ALTER TABLE job_parts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY course_scope ON job_parts TO neuroshiksha_app"
        f" USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"
    )
    op.execute(
        "CREATE POLICY maintenance ON job_parts TO neuroshiksha_maintenance"
        " USING (true) WITH CHECK (true)"
    )


def downgrade() -> None:
    op.drop_table("job_parts")
