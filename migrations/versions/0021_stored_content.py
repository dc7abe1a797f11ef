"""Content in kept versions: lessons, quizzes, decks, study guides, slides and videos.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("contents", "content_versions", "content_comments")


def upgrade() -> None:
    add_contents()
    add_versions()
    add_comments()
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
    op.execute("REVOKE UPDATE, DELETE ON content_versions FROM neuroshiksha_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def references(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete=ondelete,
    )


def add_contents() -> None:
    op.create_table(
        "contents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), server_default="person", nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('lesson', 'quiz', 'deck', 'study_guide', 'slides', 'video')",
            name=op.f("ck_contents_kind"),
        ),
        sa.CheckConstraint(
            "origin IN ('person', 'job', 'import')", name=op.f("ck_contents_origin")
        ),
        sa.CheckConstraint(
            "(kind = 'lesson') = (lesson_id IS NOT NULL)", name=op.f("ck_contents_lesson_has_row")
        ),
        sa.CheckConstraint("lesson_id = id", name=op.f("ck_contents_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
        references("contents", "course_id", "courses", "CASCADE"),
        references("contents", "lesson_id", "lessons", "CASCADE"),
        references("contents", "job_id", "jobs", "SET NULL"),
        references("contents", "created_by", "users", "SET NULL"),
    )
    op.create_index(
        "ix_contents_course_id_kind_created_at_id",
        "contents",
        ["course_id", "kind", "created_at", "id"],
    )
    op.create_index("ix_contents_lesson_id", "contents", ["lesson_id"])
    op.create_index("ix_contents_created_by", "contents", ["created_by"])
    op.create_index(
        "uq_contents_job_id",
        "contents",
        ["job_id"],
        unique=True,
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )


def add_versions() -> None:
    op.create_table(
        "content_versions",
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("quality", postgresql.JSONB(), nullable=True),
        sa.Column("source_documents", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("source_versions", sa.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("parent < number", name=op.f("ck_content_versions_parent_is_earlier")),
        sa.PrimaryKeyConstraint("content_id", "number", name=op.f("pk_content_versions")),
        references("content_versions", "content_id", "contents", "CASCADE"),
        references("content_versions", "course_id", "courses", "CASCADE"),
        references("content_versions", "author_id", "users", "SET NULL"),
        references("content_versions", "job_id", "jobs", "SET NULL"),
    )
    op.create_index(
        "uq_content_versions_job_id",
        "content_versions",
        ["job_id"],
        unique=True,
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )
    for column in ("course_id", "author_id"):
        op.create_index(f"ix_content_versions_{column}", "content_versions", [column])


def add_comments() -> None:
    op.create_table(
        "content_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_comments")),
        sa.ForeignKeyConstraint(
            ["content_id", "version"],
            ["content_versions.content_id", "content_versions.number"],
            name="fk_content_comments_content_id_version_content_versions",
            ondelete="CASCADE",
        ),
        references("content_comments", "course_id", "courses", "CASCADE"),
        references("content_comments", "author_id", "users", "SET NULL"),
    )
    op.create_index(
        "ix_content_comments_content_id_created_at_id",
        "content_comments",
        ["content_id", "created_at", "id"],
    )
    for column in ("course_id", "author_id"):
        op.create_index(f"ix_content_comments_{column}", "content_comments", [column])
