"""Answers corrected by teachers, clusters of questions, and what the cockpit reads by.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
IS_DOUBTFUL = (
    "role = 'assistant' AND (status = 'failed' OR (status = 'complete' AND sources <> '[]'::jsonb"
    " AND (citations = '[]'::jsonb OR notices @> '[{\"code\": \"low_support\"}]'::jsonb)))"
)
TABLES = (
    "answer_corrections",
    "correction_versions",
    "settled_answers",
    "question_clusters",
    "question_vectors",
    "clustering_states",
)


def upgrade() -> None:
    op.add_column(
        "documents", sa.Column("kind", sa.Text(), server_default="material", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_documents_kind"), "documents", "kind IN ('material', 'correction')"
    )
    op.create_index(
        "ix_messages_course_id_completed_at_id",
        "messages",
        ["course_id", "completed_at", "id"],
        postgresql_where=sa.text("role = 'assistant'"),
    )
    op.create_index(
        "ix_messages_doubtful",
        "messages",
        ["course_id", "completed_at", "id"],
        postgresql_where=sa.text(IS_DOUBTFUL),
    )
    add_corrections()
    add_clusters()
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
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_messages_doubtful", "messages")
    op.drop_index("ix_messages_course_id_completed_at_id", "messages")
    op.execute("DELETE FROM documents WHERE kind = 'correction'")
    op.drop_constraint(op.f("ck_documents_kind"), "documents")
    op.drop_column("documents", "kind")


def refers(table: str, column: str, to: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=on_delete
    )


def add_corrections() -> None:
    op.create_table(
        "answer_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_answer_corrections_version")),
        refers("answer_corrections", "course_id", "courses", "CASCADE"),
        refers("answer_corrections", "message_id", "messages", "SET NULL"),
        refers("answer_corrections", "document_id", "documents", "SET NULL"),
        refers("answer_corrections", "author_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_corrections")),
    )
    for columns, is_unique in (
        (["author_id"], False),
        (["course_id", "updated_at", "id"], False),
        (["document_id"], False),
        (["message_id"], True),
    ):
        name = f"ix_answer_corrections_{'_'.join(columns)}"
        op.create_index(name, "answer_corrections", columns, unique=is_unique)
    op.create_table(
        "correction_versions",
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        refers("correction_versions", "correction_id", "answer_corrections", "CASCADE"),
        refers("correction_versions", "course_id", "courses", "CASCADE"),
        refers("correction_versions", "author_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("correction_id", "number", name=op.f("pk_correction_versions")),
    )
    op.create_index("ix_correction_versions_author_id", "correction_versions", ["author_id"])
    op.create_index("ix_correction_versions_course_id", "correction_versions", ["course_id"])
    op.create_table(
        "settled_answers",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        refers("settled_answers", "message_id", "messages", "CASCADE"),
        refers("settled_answers", "course_id", "courses", "CASCADE"),
        refers("settled_answers", "settled_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_settled_answers")),
    )
    op.create_index("ix_settled_answers_course_id", "settled_answers", ["course_id"])
    op.create_index("ix_settled_answers_settled_by", "settled_answers", ["settled_by"])


def add_clusters() -> None:
    op.create_table(
        "question_clusters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("embedder_id", sa.SmallInteger(), nullable=False),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("centroid", HALFVEC(), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        refers("question_clusters", "course_id", "courses", "CASCADE"),
        refers("question_clusters", "embedder_id", "embedders", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_clusters")),
    )
    op.create_index(
        "ix_question_clusters_course_id_embedder_id",
        "question_clusters",
        ["course_id", "embedder_id"],
    )
    op.create_table(
        "question_vectors",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("embedder_id", sa.SmallInteger(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("cluster_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("is_doubtful", sa.Boolean(), nullable=False),
        sa.Column("vector", HALFVEC(), nullable=False),
        refers("question_vectors", "message_id", "messages", "CASCADE"),
        refers("question_vectors", "embedder_id", "embedders", "CASCADE"),
        refers("question_vectors", "course_id", "courses", "CASCADE"),
        refers("question_vectors", "learner_id", "users", "CASCADE"),
        refers("question_vectors", "cluster_id", "question_clusters", "CASCADE"),
        sa.PrimaryKeyConstraint("message_id", "embedder_id", name=op.f("pk_question_vectors")),
    )
    for columns in (["cluster_id"], ["course_id", "asked_at"], ["learner_id"]):
        op.create_index(f"ix_question_vectors_{'_'.join(columns)}", "question_vectors", columns)
    op.create_table(
        "clustering_states",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("embedder_id", sa.SmallInteger(), nullable=False),
        sa.Column("done_until", MOMENT, nullable=False),
        refers("clustering_states", "course_id", "courses", "CASCADE"),
        refers("clustering_states", "embedder_id", "embedders", "CASCADE"),
        sa.PrimaryKeyConstraint("course_id", "embedder_id", name=op.f("pk_clustering_states")),
    )
