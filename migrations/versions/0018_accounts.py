"""Sessions, attempts to sign in, links sent by mail, and one account per address.

Revision ID: 0018
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

USER = "(SELECT nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)"
SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
ALIVE = sa.text("deleted_at IS NULL")
WAITING = sa.text("ended_at IS NULL")
TABLES = (
    "outgoing_mails", "invitations", "account_links", "sign_in_attempts", "user_sessions",
)  # fmt: skip


def upgrade() -> None:
    add_user_columns()
    add_sessions()
    add_sign_in_attempts()
    add_account_links()
    add_invitations()
    add_outgoing_mails()
    extend_audit()


def downgrade() -> None:
    op.execute("GRANT UPDATE, DELETE ON audit_events TO neuroshiksha_app")
    op.execute("GRANT UPDATE ON audit_events TO neuroshiksha_maintenance")
    op.drop_index("ix_audit_events_subject_created_at", "audit_events")
    op.drop_index("ix_audit_events_actor_id_created_at", "audit_events")
    op.drop_column("audit_events", "address")
    op.drop_column("socket_tickets", "session_id")
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("uq_users_email_key", "users")
    op.drop_column("users", "email_verified_at")
    op.drop_column("users", "email_key")


def add_user_columns() -> None:
    key = sa.Computed("lower(normalize(email, NFKC))", persisted=True)
    op.add_column("users", sa.Column("email_key", sa.Text(), key, nullable=False))
    op.add_column("users", sa.Column("email_verified_at", MOMENT, nullable=True))
    op.create_index(
        "uq_users_email_key", "users", ["email_key"], unique=True, postgresql_where=ALIVE
    )
    # An account that somebody else made was made by an admin, who knows whose address it is.
    op.execute(
        "UPDATE users SET email_verified_at = created_at WHERE EXISTS ("
        " SELECT FROM audit_events WHERE action = 'user.create'"
        " AND subject = users.id::text AND actor_id IS DISTINCT FROM users.id)"
    )


def add_sessions() -> None:
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cookie_hash", sa.LargeBinary(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("last_used_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('browser', 'tool')", name=op.f("ck_user_sessions_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        belongs_to_user("user_sessions"),
    )
    op.create_index("uq_user_sessions_cookie_hash", "user_sessions", ["cookie_hash"], unique=True)
    op.create_index(
        "ix_user_sessions_user_id_created_at", "user_sessions", ["user_id", "created_at"]
    )
    op.create_index("ix_user_sessions_expires_at", "user_sessions", ["expires_at"])
    wall_off_by_user("user_sessions", f"user_id = {USER} OR {SCOPE} = '*'")
    op.add_column("socket_tickets", sa.Column("session_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_socket_tickets_session_id_user_sessions"),
        "socket_tickets",
        "user_sessions",
        ["session_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("ix_socket_tickets_session_id", "socket_tickets", ["session_id"])


def add_sign_in_attempts() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("last_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("blocked_until", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index("ix_sign_in_attempts_last_at", "sign_in_attempts", ["last_at"])


def add_account_links() -> None:
    op.create_table(
        "account_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "purpose IN ('verify_email', 'reset_password')", name=op.f("ck_account_links_purpose")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_links")),
        belongs_to_user("account_links"),
    )
    op.create_index("ix_account_links_user_id_purpose", "account_links", ["user_id", "purpose"])
    op.create_index("ix_account_links_expires_at", "account_links", ["expires_at"])
    wall_off_by_user("account_links")


def add_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'teacher', 'student')", name=op.f("ck_invitations_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_invitations_invited_by_users"),
            ondelete="SET NULL",
        ),
    )
    op.create_index("uq_invitations_token_hash", "invitations", ["token_hash"], unique=True)
    op.create_index("ix_invitations_created_at_id", "invitations", ["created_at", "id"])
    op.create_index("ix_invitations_invited_by", "invitations", ["invited_by"])
    op.create_index("ix_invitations_expires_at", "invitations", ["expires_at"])


def add_outgoing_mails() -> None:
    op.create_table(
        "outgoing_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("due_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
    )
    op.create_index(
        "uq_outgoing_mails_kind_recipient",
        "outgoing_mails",
        ["kind", "recipient"],
        unique=True,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_outgoing_mails_due_at", "outgoing_mails", ["due_at"], postgresql_where=WAITING
    )
    op.create_index("ix_outgoing_mails_created_at_id", "outgoing_mails", ["created_at", "id"])
    op.create_index("ix_outgoing_mails_ended_at", "outgoing_mails", ["ended_at"])


def extend_audit() -> None:
    """Where an act came from; and rows that the application can add, but not change."""
    op.add_column("audit_events", sa.Column("address", sa.Text(), nullable=True))
    op.create_index(
        "ix_audit_events_actor_id_created_at", "audit_events", ["actor_id", "created_at"]
    )
    op.create_index("ix_audit_events_subject_created_at", "audit_events", ["subject", "created_at"])
    op.execute("REVOKE UPDATE, DELETE ON audit_events FROM neuroshiksha_app")
    op.execute("REVOKE UPDATE ON audit_events FROM neuroshiksha_maintenance")


def belongs_to_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id_users"), ondelete="CASCADE"
    )


def wall_off_by_user(table: str, condition: str = f"user_id = {USER}") -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_rows ON {table} TO neuroshiksha_app"
        f" USING ({condition}) WITH CHECK ({condition})"
    )
    op.execute(
        f"CREATE POLICY maintenance ON {table} TO neuroshiksha_maintenance"
        " USING (true) WITH CHECK (true)"
    )
