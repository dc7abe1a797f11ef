"""Evidence beside attempts: cards reviewed, questions answered to the tutor; fitted parameters.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
MOMENT = sa.DateTime(timezone=True)
TABLES = ("practised_concepts", "knowledge_parameters")


def upgrade() -> None:
    add_practised_concepts()
    add_knowledge_parameters()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY course_scope ON {table} TO neuroshiksha_app"
            f" USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"
        )
        op.execute(
            f"CREATE POLICY maintenance ON {table} TO neuroshiksha_maintenance"
            " USING (true) WITH CHECK (true)"
        )
    op.execute("REVOKE UPDATE, DELETE ON practised_concepts FROM neuroshiksha_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def add_practised_concepts() -> None:
    op.create_table(
        "practised_concepts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("concept_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("guess", sa.Double(), nullable=False),
        sa.Column("practised_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('card', 'chat')", name=op.f("ck_practised_concepts_kind")),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_practised_concepts_share")),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concepts.id"],
            name=op.f("fk_practised_concepts_concept_id_concepts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_practised_concepts_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_practised_concepts_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practised_concepts")),
        sa.UniqueConstraint(
            "learner_id",
            "concept_id",
            "kind",
            "subject",
            "day",
            name="uq_practised_concepts_learner_id_concept_id_subject_day",
        ),
    )
    for column in ("concept_id", "course_id"):
        op.create_index(f"ix_practised_concepts_{column}", "practised_concepts", [column])


def add_knowledge_parameters() -> None:
    op.create_table(
        "knowledge_parameters",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("prior", sa.Double(), nullable=False),
        sa.Column("learn", sa.Double(), nullable=False),
        sa.Column("slip", sa.Double(), nullable=False),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("log_likelihood", sa.Double(), nullable=False),
        sa.Column("default_log_likelihood", sa.Double(), nullable=False),
        sa.Column("fitted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_knowledge_parameters_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_knowledge_parameters")),
    )
