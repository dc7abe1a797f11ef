"""Settings of how long things are kept."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from bootstrap.remote_settings import named
from services.retention import Retention

Days = Annotated[int, Field(ge=0, le=36_500)]


class RetentionSettings(BaseSettings):
    """Days after which things are removed for good; 0 keeps them for ever."""

    keep_deleted_days: Days = Field(
        default=30,
        validation_alias=named("NEUROSHIKSHA_KEEP_DELETED_DAYS"),
        description="How long what was deleted is kept: courses, lessons, other content, documents,"
        " conversations, accounts. 0: for ever.",
    )
    keep_conversations_days: Days = Field(
        default=0,
        validation_alias=named("NEUROSHIKSHA_KEEP_CONVERSATIONS_DAYS"),
        description="How long conversations are kept after their last message. 0: for ever.",
    )
    keep_unlisted_conversations_days: Days = Field(
        default=90,
        validation_alias=named("NEUROSHIKSHA_KEEP_UNLISTED_CONVERSATIONS_DAYS"),
        description="The same for turns of conversations that a client keeps itself, asked at /v1."
        " 0: for ever.",
    )
    keep_audit_days: Days = Field(
        default=730,
        validation_alias=named("NEUROSHIKSHA_KEEP_AUDIT_DAYS"),
        description="How long the audit log goes back. 0: for ever.",
    )
    keep_usage_days: Days = Field(
        default=400,
        validation_alias=named("NEUROSHIKSHA_KEEP_USAGE_DAYS"),
        description="How long usage records name the person; the figures stay. 0: for ever.",
    )
    keep_jobs_days: Days = Field(
        default=180,
        validation_alias=named("NEUROSHIKSHA_KEEP_JOBS_DAYS"),
        description="How long jobs are listed after their end. 0: for ever.",
    )
    keep_mails_days: Days = Field(
        default=7,
        validation_alias=named("NEUROSHIKSHA_KEEP_MAILS_DAYS"),
        description="How long mails are kept that could not be sent, or that are read here. 0: for"
        " ever.",
    )

    @property
    def retention(self) -> Retention:
        """How long each kind of thing is kept."""
        return Retention(
            deleted=self.keep_deleted_days,
            conversations=self.keep_conversations_days,
            unlisted_conversations=self.keep_unlisted_conversations_days,
            audit=self.keep_audit_days,
            usage=self.keep_usage_days,
            jobs=self.keep_jobs_days,
            mails=self.keep_mails_days,
        )
