"""How far learners have read and watched, their goals, and certificates.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
OWN = "user_id = (SELECT nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
POLICIES = {
    "study_positions": IN_SCOPE,
    "certificate_rules": IN_SCOPE,
    "certificates": IN_SCOPE,
    "learning_goals": OWN,
}


def upgrade() -> None:
    add_study_positions()
    add_learning_goals()
    add_certificate_rules()
    add_certificates()
    for table, condition in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        name = "own_rows" if table == "learning_goals" else "course_scope"
        op.execute(
            f"CREATE POLICY {name} ON {table} TO neuroshiksha_app"
            f" USING ({condition}) WITH CHECK ({condition})"
        )
        op.execute(
            f"CREATE POLICY maintenance ON {table} TO neuroshiksha_maintenance"
            " USING (true) WITH CHECK (true)"
        )


def downgrade() -> None:
    for table in reversed(POLICIES):
        op.drop_table(table)


def add_study_positions() -> None:
    op.create_table(
        "study_positions",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("position_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("watched", postgresql.INT4MULTIRANGE(), server_default="{}", nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("kind IN ('lesson', 'video')", name=op.f("ck_study_positions_kind")),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_study_positions_share")),
        refers("study_positions", "learner_id", "users", "CASCADE"),
        refers("study_positions", "course_id", "courses", "CASCADE"),
        sa.PrimaryKeyConstraint("learner_id", "item_id", name=op.f("pk_study_positions")),
    )
    op.create_index(
        "ix_study_positions_course_id_learner_id", "study_positions", ["course_id", "learner_id"]
    )


def add_learning_goals() -> None:
    op.create_table(
        "learning_goals",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("per_week", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "unit IN ('minutes', 'items', 'days')", name=op.f("ck_learning_goals_unit")
        ),
        sa.CheckConstraint("per_week > 0", name=op.f("ck_learning_goals_per_week")),
        refers("learning_goals", "user_id", "users", "CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_learning_goals")),
    )


def add_certificate_rules() -> None:
    shares = ("lessons_share", "quiz_mark", "mastered_share")
    op.create_table(
        "certificate_rules",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=True) for name in shares),
        sa.Column("signed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        *(
            sa.CheckConstraint(f"{name} BETWEEN 0 AND 1", name=op.f(f"ck_certificate_rules_{name}"))
            for name in shares
        ),
        refers("certificate_rules", "course_id", "courses", "CASCADE"),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_certificate_rules")),
    )


def add_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=True),
        sa.Column("reached", postgresql.JSONB(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        refers("certificates", "course_id", "courses", "CASCADE"),
        refers("certificates", "learner_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("course_id", "learner_id", name="uq_certificates_course_id_learner_id"),
    )
    op.create_index("ix_certificates_learner_id", "certificates", ["learner_id"])


def refers(table: str, column: str, to: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=on_delete
    )
