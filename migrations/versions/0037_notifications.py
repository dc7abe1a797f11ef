"""Notifications: what happened and is not told yet, what people are told, webhooks.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

SCOPE = "(SELECT current_setting('neuroshiksha.course_ids', true))"
IN_SCOPE = f"{SCOPE} = '*' OR course_id = ANY ((SELECT neuroshiksha_course_scope())::uuid[])"
OWN = "user_id = (SELECT nullif(current_setting('neuroshiksha.user_id', true), '')::uuid)"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
OF_COURSES = ("webhooks", "webhook_deliveries")
OF_PEOPLE = ("notifications", "notification_settings")
TABLES = (
    "announcements",
    "notifications",
    "notification_deliveries",
    "notification_settings",
    *OF_COURSES,
)


def upgrade() -> None:
    op.drop_index("uq_outgoing_mails_kind_recipient", "outgoing_mails")
    op.create_index(
        "uq_outgoing_mails_kind_recipient",
        "outgoing_mails",
        ["kind", "recipient"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND kind <> 'notifications'::text"),
    )
    add_announcements()
    add_notifications()
    add_webhooks()
    for tables, condition, name in (
        (OF_COURSES, IN_SCOPE, "course_scope"),
        (OF_PEOPLE, OWN, "own_rows"),
    ):
        for table in tables:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY {name} ON {table} TO neuroshiksha_app"
                f" USING ({condition}) WITH CHECK ({condition})"
            )
            op.execute(
                f"CREATE POLICY maintenance ON {table} TO neuroshiksha_maintenance"
                " USING (true) WITH CHECK (true)"
            )
    # What happened is written by whoever does it, and read by those who tell it alone.
    op.execute("REVOKE SELECT, UPDATE, DELETE ON announcements FROM neuroshiksha_app")
    op.execute("REVOKE ALL ON notification_deliveries FROM neuroshiksha_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM outgoing_mails WHERE kind = 'notifications'")
    op.drop_index("uq_outgoing_mails_kind_recipient", "outgoing_mails")
    op.create_index(
        "uq_outgoing_mails_kind_recipient",
        "outgoing_mails",
        ["kind", "recipient"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def refers(table: str, column: str, to: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=on_delete
    )


def add_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("due_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        refers("announcements", "course_id", "courses", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index("ix_announcements_course_id", "announcements", ["course_id"])
    op.create_index(
        "ix_announcements_due_at",
        "announcements",
        ["due_at"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def add_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        refers("notifications", "user_id", "users", "CASCADE"),
        refers("notifications", "course_id", "courses", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_course_id", "notifications", ["course_id"])
    op.create_index("ix_notifications_created_at", "notifications", ["created_at"])
    op.create_index(
        "ix_notifications_user_id_created_at_id", "notifications", ["user_id", "created_at", "id"]
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        postgresql_where=sa.text("is_shown AND read_at IS NULL"),
    )
    op.create_index(
        "uq_notifications_announcement_id_user_id",
        "notifications",
        ["announcement_id", "user_id"],
        unique=True,
    )
    op.create_table(
        "notification_deliveries",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        refers("notification_deliveries", "notification_id", "notifications", "CASCADE"),
        refers("notification_deliveries", "user_id", "users", "CASCADE"),
        sa.PrimaryKeyConstraint(
            "notification_id", "channel", name=op.f("pk_notification_deliveries")
        ),
    )
    op.create_index("ix_notification_deliveries_user_id", "notification_deliveries", ["user_id"])
    op.create_index(
        "ix_notification_deliveries_due_at",
        "notification_deliveries",
        ["due_at"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "notification_settings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("digest", sa.Text(), server_default="off", nullable=False),
        sa.Column("quiet_from_minute", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_until_minute", sa.SmallInteger(), nullable=True),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.CheckConstraint(
            "digest IN ('off', 'daily', 'weekly')", name=op.f("ck_notification_settings_digest")
        ),
        sa.CheckConstraint(
            "quiet_from_minute BETWEEN 0 AND 1439 AND quiet_until_minute BETWEEN 0 AND 1439",
            name=op.f("ck_notification_settings_quiet_minutes"),
        ),
        sa.CheckConstraint(
            "(quiet_from_minute IS NULL) = (quiet_until_minute IS NULL)",
            name=op.f("ck_notification_settings_quiet_hours"),
        ),
        refers("notification_settings", "user_id", "users", "CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_settings")),
    )


def add_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        refers("webhooks", "course_id", "courses", "CASCADE"),
        refers("webhooks", "created_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index("ix_webhooks_course_id", "webhooks", ["course_id"])
    op.create_index("ix_webhooks_created_by", "webhooks", ["created_by"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("response_status", sa.SmallInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'delivered', 'failed')",
            name=op.f("ck_webhook_deliveries_status"),
        ),
        refers("webhook_deliveries", "webhook_id", "webhooks", "CASCADE"),
        refers("webhook_deliveries", "course_id", "courses", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index("ix_webhook_deliveries_course_id", "webhook_deliveries", ["course_id"])
    op.create_index("ix_webhook_deliveries_created_at", "webhook_deliveries", ["created_at"])
    op.create_index(
        "ix_webhook_deliveries_due_at",
        "webhook_deliveries",
        ["due_at"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_webhook_deliveries_webhook_id_created_at_id",
        "webhook_deliveries",
        ["webhook_id", "created_at", "id"],
    )
    op.create_index(
        "uq_webhook_deliveries_webhook_id_announcement_id",
        "webhook_deliveries",
        ["webhook_id", "announcement_id"],
        unique=True,
    )
