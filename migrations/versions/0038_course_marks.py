"""A mark of each course that changes with every edit, so that what is read can be cached.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"

MARKED = (
    "courses",
    "lessons",
    "contents",
    "content_versions",
    "documents",
    "document_versions",
    "concepts",
    "concept_prerequisites",
)
"""Tables whose rows stand in what is read of a course and kept."""

ADD_MARK = """
CREATE FUNCTION neuroshiksha_add_course_mark() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.course_marks (course_id) VALUES (NEW.id);
    RETURN NULL;
END $$
"""
RENEW_MARK = """
CREATE FUNCTION neuroshiksha_renew_course_mark() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed uuid;
BEGIN
    IF TG_TABLE_NAME = 'courses' THEN
        changed := COALESCE(NEW.id, OLD.id);
    ELSE
        changed := COALESCE(NEW.course_id, OLD.course_id);
    END IF;
    UPDATE public.course_marks
    SET mark = gen_random_uuid(), transaction_id = pg_current_xact_id()::text::bigint
    WHERE course_id = changed AND transaction_id <> pg_current_xact_id()::text::bigint;
    RETURN NULL;
END $$
"""
"""Runs at the commit, so that a mark is locked for that moment only, and after all other locks."""


def upgrade() -> None:
    op.create_table(
        "course_marks",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_course_marks_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_marks")),
    )
    # Not forced: the owner of the triggers' functions writes, whoever's transaction it is.
    op.execute("ALTER TABLE course_marks ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY course_scope ON course_marks FOR SELECT TO neuroshiksha_app"
        f" USING ({IN_SCOPE})"
    )
    op.execute(
        "CREATE POLICY maintenance ON course_marks TO neuroshiksha_maintenance"
        " USING (true) WITH CHECK (true)"
    )
    op.execute("REVOKE INSERT, UPDATE, DELETE ON course_marks FROM neuroshiksha_app")
    # A course made while the marks of those there are now are written would be left without one.
    op.execute("LOCK TABLE courses IN SHARE ROW EXCLUSIVE MODE")
    op.execute(ADD_MARK)
    op.execute(RENEW_MARK)
    op.execute(
        "CREATE TRIGGER add_course_mark AFTER INSERT ON courses"
        " FOR EACH ROW EXECUTE FUNCTION neuroshiksha_add_course_mark()"
    )
    for table in MARKED:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER renew_course_mark AFTER INSERT OR UPDATE OR DELETE"
            f" ON {table} DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION neuroshiksha_renew_course_mark()"
        )
    op.execute("INSERT INTO course_marks (course_id) SELECT id FROM courses")


def downgrade() -> None:
    for table in MARKED:
        op.execute(f"DROP TRIGGER renew_course_mark ON {table}")
    op.execute("DROP TRIGGER add_course_mark ON courses")
    op.execute("DROP FUNCTION neuroshiksha_renew_course_mark()")
    op.execute("DROP FUNCTION neuroshiksha_add_course_mark()")
    op.drop_table("course_marks")
