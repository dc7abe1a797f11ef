"""Settings of learning."""

from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings

from bootstrap.remote_settings import named


class LearningSettings(BaseSettings):
    """What the days of learners are reckoned by."""

    time_zone: ZoneInfo = Field(
        default=ZoneInfo("UTC"),
        validation_alias=named("NEUROSHIKSHA_TIME_ZONE"),
        description="Time zone of the school, such as Asia/Kolkata: which day something was"
        " learned on. The read models are made anew when it changes.",
    )
