"""Row-level security: a transaction sees the courses of its scope, and what is its user's own.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PARTITIONED = ("chunks", "chunk_vectors", "lexical_postings")
PARTITION_COUNT = 16

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
USER = "(SELECT nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
NAMED = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_named_courses())::uuid[])"
"""For `enrollments` itself, which the courses of an enrolled scope are read from."""

POLICIES = {
    "chunks": IN_SCOPE,
    "chunk_vectors": IN_SCOPE,
    "lexical_postings": IN_SCOPE,
    "documents": IN_SCOPE,
    "document_versions": IN_SCOPE,
    "lessons": IN_SCOPE,
    "enrollments": f"user_id = {USER} OR {NAMED}",
    "conversations": f"user_id = {USER} OR {IN_SCOPE}",
    "messages": (
        f"{IN_SCOPE} OR EXISTS (SELECT FROM conversations"
        f" WHERE conversations.id = messages.conversation_id AND conversations.user_id = {USER})"
    ),
    "jobs": f"requested_by = {USER} OR {IN_SCOPE}",
}
"""Each uncorrelated subquery is evaluated once for a statement, not once for a row."""

FUNCTIONS = """
CREATE FUNCTION neuroshiksha_named_courses() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(
        nullif(nullif(nullif(
            current_setting('neuroshiksha.course_ids', true), ''), '*'), 'enrolled'), ',')::uuid[]
$$;
CREATE FUNCTION neuroshiksha_enrolled_courses() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT array(
        SELECT course_id FROM public.enrollments
        WHERE user_id = nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)
$$;
CREATE FUNCTION neuroshiksha_course_scope() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE current_setting('neuroshiksha.course_ids', true)
        WHEN 'enrolled' THEN public.neuroshiksha_enrolled_courses()
        ELSE public.neuroshiksha_named_courses() END
$$;
"""
NAMES = (
    "neuroshiksha_course_scope",
    "neuroshiksha_enrolled_courses",
    "neuroshiksha_named_courses",
)


def upgrade() -> None:
    for function in FUNCTIONS.split("$$;\n")[:-1]:
        op.execute(f"{function}$$")
    for table, condition in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY course_scope ON {table} TO neuroshiksha_app"
            f" USING ({condition}) WITH CHECK ({condition})"
        )
        op.execute(
            f"CREATE POLICY maintenance ON {table} TO neuroshiksha_maintenance"
            " USING (true) WITH CHECK (true)"
        )
    for partition in partitions():
        # Policies are the parent's; a partition named by itself shows nothing.
        op.execute(f"ALTER TABLE {partition} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    for partition in partitions():
        op.execute(f"ALTER TABLE {partition} DISABLE ROW LEVEL SECURITY")
    for table in POLICIES:
        op.execute(f"DROP POLICY maintenance ON {table}")
        op.execute(f"DROP POLICY course_scope ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}()")


def partitions() -> list[str]:
    return [f"{table}_p{n:02}" for table in PARTITIONED for n in range(PARTITION_COUNT)]
