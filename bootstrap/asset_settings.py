"""Settings of where files made of content are kept."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from bootstrap.remote_settings import RemoteAddress, named

BucketAddress = Annotated[
    str, Field(pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*/?)?$")
]
"""Source: Amazon S3 user guide, "General purpose bucket naming rules"."""


class AssetSettings(BaseSettings):
    """Where they are, and how many.

    Raises:
        pydantic.ValidationError: on half of a key.
    """

    asset_store: BucketAddress = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_ASSET_STORE"),
        description="Where files made of content are kept, `s3://bucket` or `s3://bucket/prefix`."
        " Empty: the folder `assets` in NEUROSHIKSHA_HOME.",
    )
    s3_endpoint: RemoteAddress = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_S3_ENDPOINT"),
        description="Address of the S3-compatible server, for instance of MinIO. Empty: AWS.",
    )
    s3_region: str = Field(
        default="us-east-1",
        validation_alias=named("NEUROSHIKSHA_S3_REGION"),
        description="Region of the bucket.",
    )
    s3_key_id: str = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_S3_KEY_ID"),
        description="Access key id. Empty: what AWS gives the machine, container or environment.",
    )
    s3_secret: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("NEUROSHIKSHA_S3_SECRET"),
        description="Secret of that key.",
    )
    asset_quota_bytes: int = Field(
        default=20 * 1024**3,
        ge=1024,
        validation_alias=named("NEUROSHIKSHA_ASSET_QUOTA_BYTES"),
        description="Room for the files made of one course's content, videos above all.",
    )

    @model_validator(mode="after")
    def _key_is_whole(self) -> Self:
        if bool(self.s3_key_id) != bool(self.s3_secret.get_secret_value()):
            raise ValueError(
                "NEUROSHIKSHA_S3_KEY_ID and NEUROSHIKSHA_S3_SECRET go together: set both or none"
            )
        return self
