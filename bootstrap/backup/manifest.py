"""What a backup says of itself: its first member."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MANIFEST = "manifest.json"
DATABASE = "database.dump"
STORES = ("files", "assets")
"""The folders of members: originals, and what was made of content."""
SECRET_KEY = "secret-key"  # noqa: S105 - a member's name
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What the backup holds. Members of the stores are named by the sha256 of their bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    made_at: datetime
    schema_revision: str
    database_sha256: Sha256
    database_bytes: Annotated[int, Field(ge=0)]
    file_count: Annotated[int, Field(ge=0)]
    file_bytes: Annotated[int, Field(ge=0)]
    has_secret_key: bool
    """Whether the key that `up` made is in it; in production the key is the operator's to keep."""
