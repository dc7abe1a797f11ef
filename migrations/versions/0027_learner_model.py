"""Concepts of a course, what learners know of them, and the events of learning.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "concepts",
    "concept_prerequisites",
    "concept_masteries",
    "graded_concepts",
    "learning_events",
)
APPEND_ONLY = ("learning_events",)

LEARNER_KEY_OF = """
CREATE FUNCTION neuroshiksha_learner_key(learner uuid) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    INSERT INTO public.learner_keys (user_id) VALUES (learner)
    ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id
    RETURNING learner_key
$$
"""


def upgrade() -> None:
    add_concepts()
    add_concept_prerequisites()
    add_concept_masteries()
    add_graded_concepts()
    add_learner_keys()
    add_learning_events()
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
    for table in APPEND_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM neuroshiksha_app")
    # The pseudonyms are nobody's to read: what needs one asks the function.
    op.execute("ALTER TABLE learner_keys ENABLE ROW LEVEL SECURITY")
    op.execute(LEARNER_KEY_OF)
    op.execute("REVOKE EXECUTE ON FUNCTION neuroshiksha_learner_key(uuid) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION neuroshiksha_learner_key(uuid)"
        " TO neuroshiksha_app, neuroshiksha_maintenance"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION neuroshiksha_learner_key(uuid)")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_table("learner_keys")


def add_concepts() -> None:
    op.create_table(
        "concepts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("origin", sa.Text(), server_default="extracted", nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("origin IN ('extracted', 'teacher')", name=op.f("ck_concepts_origin")),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_concepts_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concepts")),
        sa.UniqueConstraint("course_id", "key", name="uq_concepts_course_id_key"),
    )
    op.create_index(
        "ix_concepts_course_id_position_id", "concepts", ["course_id", "position", "id"]
    )


def add_concept_prerequisites() -> None:
    op.create_table(
        "concept_prerequisites",
        sa.Column("concept_id", sa.Uuid(), nullable=False),
        sa.Column("prerequisite_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "concept_id <> prerequisite_id", name=op.f("ck_concept_prerequisites_not_itself")
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concepts.id"],
            name=op.f("fk_concept_prerequisites_concept_id_concepts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_concept_prerequisites_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["prerequisite_id"],
            ["concepts.id"],
            name=op.f("fk_concept_prerequisites_prerequisite_id_concepts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "concept_id", "prerequisite_id", name=op.f("pk_concept_prerequisites")
        ),
    )
    op.create_index("ix_concept_prerequisites_course_id", "concept_prerequisites", ["course_id"])
    op.create_index(
        "ix_concept_prerequisites_prerequisite_id", "concept_prerequisites", ["prerequisite_id"]
    )


def add_concept_masteries() -> None:
    op.create_table(
        "concept_masteries",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("concept_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("claimed_probability", sa.Double(), nullable=True),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "claimed_probability BETWEEN 0 AND 1",
            name=op.f("ck_concept_masteries_claimed_probability"),
        ),
        sa.CheckConstraint(
            "probability BETWEEN 0 AND 1", name=op.f("ck_concept_masteries_probability")
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concepts.id"],
            name=op.f("fk_concept_masteries_concept_id_concepts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_concept_masteries_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_concept_masteries_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "concept_id", name=op.f("pk_concept_masteries")),
    )
    op.create_index("ix_concept_masteries_concept_id", "concept_masteries", ["concept_id"])
    op.create_index(
        "ix_concept_masteries_course_id_learner_id",
        "concept_masteries",
        ["course_id", "learner_id"],
    )


def add_graded_concepts() -> None:
    op.create_table(
        "graded_concepts",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("concept_id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("guess", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempts.id"],
            name=op.f("fk_graded_concepts_attempt_id_attempts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concepts.id"],
            name=op.f("fk_graded_concepts_concept_id_concepts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_graded_concepts_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_graded_concepts_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "attempt_id", "question_id", "concept_id", name=op.f("pk_graded_concepts")
        ),
    )
    op.create_index("ix_graded_concepts_concept_id", "graded_concepts", ["concept_id"])
    op.create_index("ix_graded_concepts_course_id", "graded_concepts", ["course_id"])
    op.create_index(
        "ix_graded_concepts_learner_id_concept_id", "graded_concepts", ["learner_id", "concept_id"]
    )


def add_learner_keys() -> None:
    op.create_table(
        "learner_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "learner_key", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_learner_keys_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_learner_keys")),
        sa.UniqueConstraint("learner_key", name=op.f("uq_learner_keys_learner_key")),
    )


def add_learning_events() -> None:
    op.create_table(
        "learning_events",
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("((pg_current_xact_id())::text)::bigint"),
            nullable=False,
        ),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("learner_key", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_learning_events_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_learning_events")),
    )
    op.create_index(
        "ix_learning_events_course_id_learner_key_sequence",
        "learning_events",
        ["course_id", "learner_key", "sequence"],
    )
    op.create_index(
        "ix_learning_events_transaction_id_sequence",
        "learning_events",
        ["transaction_id", "sequence"],
    )
