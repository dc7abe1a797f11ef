"""What learners remember of cards, and each look at one.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "card_memories",
    "card_reviews",
)
APPEND_ONLY = ("card_reviews",)


def upgrade() -> None:
    add_card_memories()
    add_card_reviews()
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


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def add_card_memories() -> None:
    op.create_table(
        "card_memories",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("deck_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=True),
        sa.Column("stability", sa.Double(), nullable=False),
        sa.Column("difficulty", sa.Double(), nullable=False),
        sa.Column("review_count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("last_reviewed_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('learning', 'review', 'relearning')", name=op.f("ck_card_memories_state")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_card_memories_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["deck_id"],
            ["contents.id"],
            name=op.f("fk_card_memories_deck_id_contents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_card_memories_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "deck_id", "card_id", name=op.f("pk_card_memories")),
    )
    op.create_index("ix_card_memories_course_id", "card_memories", ["course_id"])
    op.create_index("ix_card_memories_deck_id", "card_memories", ["deck_id"])
    op.create_index("ix_card_memories_learner_id_due_at", "card_memories", ["learner_id", "due_at"])


def add_card_reviews() -> None:
    op.create_table(
        "card_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("deck_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Text(), nullable=False),
        sa.Column("recall", sa.Text(), nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=False),
        sa.Column("memory", postgresql.JSONB(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "recall IN ('again', 'hard', 'good', 'easy')", name=op.f("ck_card_reviews_recall")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_card_reviews_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["deck_id"],
            ["contents.id"],
            name=op.f("fk_card_reviews_deck_id_contents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_card_reviews_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_reviews")),
    )
    op.create_index("ix_card_reviews_course_id", "card_reviews", ["course_id"])
    op.create_index("ix_card_reviews_deck_id", "card_reviews", ["deck_id"])
    op.create_index(
        "ix_card_reviews_learner_id_reviewed_at", "card_reviews", ["learner_id", "reviewed_at"]
    )
    op.create_index(
        "uq_card_reviews_learner_id_idempotency_key",
        "card_reviews",
        ["learner_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
