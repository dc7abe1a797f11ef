"""Ids of learning events, and the read models that are made of them.

Revision ID: 0039
Revises: 0038
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
MOMENT = sa.DateTime(timezone=True)
TABLES = ("learning_days", "learner_standings", "learner_items", "learner_concepts", "mastery_days")
COUNTS = (
    "asked",
    "attempts",
    "answers",
    "share_thousandths",
    "hints",
    "solutions",
    "reviews",
    "recalled",
    "lessons_read",
    "videos_watched",
    "seconds_read",
    "seconds_watched",
)

LEARNER_KEY_OF = """
CREATE OR REPLACE FUNCTION neuroshiksha_learner_key(learner uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE found uuid;
BEGIN
    SELECT learner_key INTO found FROM public.learner_keys WHERE user_id = learner;
    IF found IS NULL THEN
        INSERT INTO public.learner_keys (user_id) VALUES (learner)
        ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id
        RETURNING learner_key INTO found;
    END IF;
    RETURN found;
END
$$
"""
"""Writes for who has no key only: a question must not wait for another of the same person."""
FORMER_LEARNER_KEY_OF = """
CREATE FUNCTION neuroshiksha_learner_key(learner uuid) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    INSERT INTO public.learner_keys (user_id) VALUES (learner)
    ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id
    RETURNING learner_key
$$
"""
LEARNER_KEYS_OF = """
CREATE FUNCTION neuroshiksha_learner_keys(learners uuid[])
RETURNS TABLE (user_id uuid, learner_key uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT keys.user_id, keys.learner_key FROM public.learner_keys AS keys
    WHERE keys.user_id = ANY (learners)
$$
"""


def upgrade() -> None:
    op.add_column(
        "learning_events",
        sa.Column(
            "event_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
    )
    op.create_unique_constraint("uq_learning_events_event_id", "learning_events", ["event_id"])
    op.execute(LEARNER_KEY_OF)
    op.execute(LEARNER_KEYS_OF)
    op.execute("REVOKE EXECUTE ON FUNCTION neuroshiksha_learner_keys(uuid[]) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION neuroshiksha_learner_keys(uuid[])"
        " TO neuroshiksha_app, neuroshiksha_maintenance"
    )
    add_learning_days()
    add_learner_standings()
    add_learner_items()
    add_learner_concepts()
    add_mastery_days()
    add_bookkeeping()
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


def downgrade() -> None:
    op.drop_table("unreadable_learning_events")
    op.drop_table("event_projections")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION neuroshiksha_learner_keys(uuid[])")
    op.execute("DROP FUNCTION neuroshiksha_learner_key(uuid)")
    op.execute(FORMER_LEARNER_KEY_OF)
    op.execute("REVOKE EXECUTE ON FUNCTION neuroshiksha_learner_key(uuid) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION neuroshiksha_learner_key(uuid)"
        " TO neuroshiksha_app, neuroshiksha_maintenance"
    )
    op.drop_constraint("uq_learning_events_event_id", "learning_events")
    op.drop_column("learning_events", "event_id")


def add_learning_days() -> None:
    keys = ("course_id", "learner_key", "day")
    add_table("learning_days", keys, sa.Column("day", sa.Date(), nullable=False), *counts())
    op.create_index("ix_learning_days_course_id_day", "learning_days", ["course_id", "day"])
    op.create_index("ix_learning_days_learner_key_day", "learning_days", ["learner_key", "day"])


def add_learner_standings() -> None:
    add_table(
        "learner_standings",
        ("course_id", "learner_key"),
        *counts(),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
    )


def add_learner_items() -> None:
    add_table(
        "learner_items",
        ("course_id", "learner_key", "item_id"),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("share_thousandths", sa.Integer(), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=False),
        sa.Column("watched", postgresql.INT4MULTIRANGE(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('lesson', 'video', 'quiz', 'deck')", name=op.f("ck_learner_items_kind")
        ),
    )
    op.create_index("ix_learner_items_course_id_item_id", "learner_items", ["course_id", "item_id"])


def add_learner_concepts() -> None:
    add_table(
        "learner_concepts",
        ("course_id", "concept_id", "learner_key"),
        sa.Column("concept_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("share_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("answer_count", sa.Integer(), nullable=True),
        sa.Column("estimated_at", MOMENT, nullable=True),
        sa.Column("estimated_sequence", sa.BigInteger(), nullable=True),
    )


def add_mastery_days() -> None:
    add_table(
        "mastery_days",
        ("course_id", "learner_key", "concept_id", "day"),
        sa.Column("concept_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("estimated_at", MOMENT, nullable=False),
        sa.Column("estimated_sequence", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_mastery_days_course_id_day", "mastery_days", ["course_id", "day"])


def add_bookkeeping() -> None:
    op.create_table(
        "event_projections",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("event_count", sa.BigInteger(), nullable=False),
        sa.Column("projected_at", MOMENT, nullable=True),
        sa.Column("rebuilt_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_event_projections")),
    )
    op.create_table(
        "unreadable_learning_events",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequence"],
            ["learning_events.sequence"],
            name=op.f("fk_unreadable_learning_events_sequence_learning_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_unreadable_learning_events")),
    )


def add_table(name: str, keys: Sequence[str], *columns: sa.schema.SchemaItem) -> None:
    """A read model: rows of a course about somebody whose name is not known here."""
    op.create_table(
        name,
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("learner_key", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f(f"fk_{name}_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
    )


def counts() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in COUNTS]
