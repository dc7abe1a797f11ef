"""Every setting of the service, read from the environment and `.env`, once, here."""

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bootstrap.account_settings import AccountSettings
from bootstrap.asset_settings import AssetSettings
from bootstrap.edge_settings import EdgeSettings
from bootstrap.learning_settings import LearningSettings
from bootstrap.remote_settings import RemoteServiceSettings, Seconds, named
from bootstrap.retention_settings import RetentionSettings
from bootstrap.secret_files import SECRETS_FOLDER
from bootstrap.telemetry_settings import TelemetrySettings

PRODUCTION_RATE_LIMITS = (6000, 1200, 1200)
"""Per minute: a school signs in from one address; a page asks for a few things at a time."""


class Settings(
    AccountSettings,
    AssetSettings,
    EdgeSettings,
    LearningSettings,
    RemoteServiceSettings,
    RetentionSettings,
    TelemetrySettings,
):
    """Settings of one process. Names of the environment stand in each field's alias.

    Raises:
        pydantic.ValidationError: on a value out of bounds, or a weak secret in production.
    """

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Also from files, a setting each, in the folder that SECRETS_FOLDER names; they come last.

        Raises:
            SettingsError: when that folder is none.
        """
        sources = (init_settings, env_settings, dotenv_settings)
        folder = os.environ.get(SECRETS_FOLDER)
        if not folder:
            return (*sources, file_secret_settings)
        if not Path(folder).is_dir():
            raise SettingsError(f"{SECRETS_FOLDER}: there is no folder {folder}.")
        return (*sources, SecretsSettingsSource(settings_cls, secrets_dir=folder))

    home: Path = Field(
        default=Path(".neuroshiksha"),
        validation_alias=named("NEUROSHIKSHA_HOME"),
        description="Folder for embedded servers, uploaded files, exported models and logs.",
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("DATABASE_URL"),
        description="PostgreSQL with pgvector. Empty: the embedded server.",
    )
    redis_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("REDIS_URL"),
        description="Redis for broker and streams (noeviction). Empty: the embedded server.",
    )
    redis_cache_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("REDIS_CACHE_URL"),
        description="Redis for caches (allkeys-lru). Empty: the embedded server, or REDIS_URL.",
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("OPENAI_API_KEY"),
        description="Key for the chat model's API. With no key and no base URL the built-in"
        " grounded model answers.",
    )
    openai_base_url: str = Field(
        default="",
        validation_alias=named("OPENAI_BASE_URL"),
        description="Base URL of any OpenAI-compatible server, for instance Ollama's /v1.",
    )
    chat_model: str = Field(
        default="gpt-5-mini",
        validation_alias=named("NEUROSHIKSHA_CHAT_MODEL"),
        description="Name of the chat model at that server.",
    )
    models_file: Path | None = Field(
        default=None,
        validation_alias=named("NEUROSHIKSHA_MODELS_FILE"),
        description="TOML file of deployments and aliases; OPENAI_* are not read where it is set.",
    )
    answers_at_once: int = Field(
        default=256,
        ge=1,
        le=100_000,
        validation_alias=named("NEUROSHIKSHA_ANSWERS_AT_ONCE"),
        description="Answers that one API process tells at a time at most; others wait, or get 503."
        " While questions wait long for their sources, fewer are begun at once.",
    )
    answers_waiting: int = Field(
        default=64,
        ge=0,
        le=100_000,
        validation_alias=named("NEUROSHIKSHA_ANSWERS_WAITING"),
        description="Questions that may wait a tenth of a second for a place before they get 503;"
        " never more than one for ten places.",
    )
    questions_encoded_at_once: int = Field(
        default=384,
        ge=1,
        le=100_000,
        validation_alias=named("NEUROSHIKSHA_QUESTIONS_ENCODED_AT_ONCE"),
        description="Questions of chats and searches whose vectors one process makes or waits for"
        " at a time; others get 503.",
    )
    websockets_at_once: int = Field(
        default=2000,
        ge=0,
        le=100_000,
        validation_alias=named("NEUROSHIKSHA_WEBSOCKETS_AT_ONCE"),
        description="WebSockets that one API process keeps open; others get 503.",
    )
    websockets_per_user: int = Field(
        default=20,
        ge=1,
        le=100_000,
        validation_alias=named("NEUROSHIKSHA_WEBSOCKETS_PER_USER"),
        description="WebSockets of one user that one API process keeps open where three quarters"
        " of its places are taken; further ones get 503.",
    )
    websocket_idle_seconds: Seconds = Field(
        default=600.0,
        validation_alias=named("NEUROSHIKSHA_WEBSOCKET_IDLE_SECONDS"),
        description="How long a WebSocket may stay open on which nothing is asked or told.",
    )
    answer_lease_seconds: float = Field(
        default=10.0,
        ge=3,
        le=600,
        validation_alias=named("NEUROSHIKSHA_ANSWER_LEASE_SECONDS"),
        description="How long after the death of an API process others go on with its answers.",
    )
    first_token_timeout_seconds: Seconds = Field(
        default=20.0,
        validation_alias=named("NEUROSHIKSHA_FIRST_TOKEN_TIMEOUT_SECONDS"),
        description="How long an upstream may take to its first token.",
    )
    between_tokens_timeout_seconds: Seconds = Field(
        default=15.0,
        validation_alias=named("NEUROSHIKSHA_BETWEEN_TOKENS_TIMEOUT_SECONDS"),
        description="How long an upstream may pause between tokens.",
    )

    cors_origins: tuple[str, ...] = Field(
        default=(),
        validation_alias=named("NEUROSHIKSHA_CORS_ORIGINS"),
        description="JSON list of origins whose pages may call the API.",
    )
    database_pool_size: int = Field(
        default=10,
        ge=1,
        le=200,
        validation_alias=named("NEUROSHIKSHA_DATABASE_POOL_SIZE"),
        description="Connections a process keeps open to PostgreSQL.",
    )
    database_pool_overflow: int = Field(
        default=0,
        ge=0,
        le=200,
        validation_alias=named("NEUROSHIKSHA_DATABASE_POOL_OVERFLOW"),
        description="Connections a process may open beyond the pool at a peak; each is closed"
        " after its use, which costs more than waiting for one that is open.",
    )
    encoder_threads: int = Field(
        default=0,
        ge=0,
        le=64,
        validation_alias=named("NEUROSHIKSHA_ENCODER_THREADS"),
        description="Passages that the encoder works on at the same time, a core each; 0 takes one"
        " per core, at most four, and half as many where it encodes questions only.",
    )
    exported_encoder: Path | None = Field(
        default=None,
        validation_alias=named("NEUROSHIKSHA_ENCODER_FOLDER"),
        description="Folder of an encoder that was exported beforehand, as an image has it."
        " Unset: one in the home, exported when it is first needed.",
    )
    rewrite_timeout_seconds: float = Field(
        default=1.5,
        ge=0,
        le=30,
        validation_alias=named("NEUROSHIKSHA_REWRITE_TIMEOUT_SECONDS"),
        description="How long a chat model may take to rewrite a follow-up question so that it can"
        " be looked up by itself; then, and at 0 without asking, it is done by rule.",
    )
    conversation_titles: bool = Field(
        default=True,
        validation_alias=named("NEUROSHIKSHA_CONVERSATION_TITLES"),
        description="Whether the chat model gives a new conversation its title, after its first"
        " answer. Else it is called by its first question.",
    )
    answer_cache: bool = Field(
        default=True,
        validation_alias=named("NEUROSHIKSHA_ANSWER_CACHE"),
        description="Whether questions asked before may be answered from the cache.",
    )
    answer_cache_seconds: int = Field(
        default=24 * 60 * 60,
        ge=1,
        le=90 * 24 * 60 * 60,
        validation_alias=named("NEUROSHIKSHA_ANSWER_CACHE_SECONDS"),
        description="How long an answer stays in the cache.",
    )
    answer_cache_questions: int = Field(
        default=1000,
        ge=0,
        le=100_000,
        validation_alias=named("NEUROSHIKSHA_ANSWER_CACHE_QUESTIONS"),
        description="Questions of a course found again by their meaning; the oldest leave.",
    )
    answer_cache_answer_bytes: int = Field(
        default=256 * 1024,
        ge=1024,
        validation_alias=named("NEUROSHIKSHA_ANSWER_CACHE_ANSWER_BYTES"),
        description="Largest answer, sources included, that is kept in the cache.",
    )
    job_poll_seconds: Seconds = Field(
        default=15.0,
        validation_alias=named("NEUROSHIKSHA_JOB_POLL_SECONDS"),
        description="How often a worker process that is idle looks for jobs by itself, should a"
        " message have been lost.",
    )
    jobs_per_course: int = Field(
        default=2,
        ge=1,
        le=1000,
        validation_alias=named("NEUROSHIKSHA_JOBS_PER_COURSE"),
        description="Jobs that write content of one course at the same time; others wait, while"
        " those of other courses go on.",
    )
    upload_limit_bytes: int = Field(
        default=256 * 1024 * 1024,
        ge=1024,
        validation_alias=named("NEUROSHIKSHA_UPLOAD_LIMIT_BYTES"),
        description="Largest file an upload may hold.",
    )

    @property
    def logs_as(self) -> Literal["json", "plain"]:
        """The form of the log."""
        if self.log_format != "auto":
            return self.log_format
        return "json" if self.environment == "production" else "plain"

    @property
    def rate_limits(self) -> dict[Literal["address", "user", "key"], int]:
        """Requests per minute by kind of caller, where they are limited."""
        usual = PRODUCTION_RATE_LIMITS if self.environment == "production" else (0, 0, 0)
        given = (self.rate_limit_address, self.rate_limit_user, self.rate_limit_api_key)
        address, user, key = (
            default if limit is None else limit for limit, default in zip(given, usual, strict=True)
        )
        limits: dict[Literal["address", "user", "key"], int] = {
            "address": address,
            "user": user,
            "key": key,
        }
        return {kind: limit for kind, limit in limits.items() if limit}

    @property
    def is_debugging(self) -> bool:
        """Whether administrators may look into the API's processes."""
        return self.environment != "production" if self.debugging is None else self.debugging

    @property
    def allowed_link_hosts(self) -> frozenset[str]:
        """Hosts that answers may link to, this service's own among them."""
        own = urlsplit(self.public_url).hostname
        return frozenset((*self.link_hosts, *((own,) if own else ())))

    @property
    def files_folder(self) -> Path:
        """Where original files are kept, by content hash."""
        return self.home / "files"

    @property
    def assets_folder(self) -> Path:
        """Where files made of content are kept, by content hash."""
        return self.home / "assets"

    @property
    def scenes_folder(self) -> Path:
        """Where rendered scenes of videos are kept while there is room."""
        return self.home / "scenes"

    @property
    def page_images_folder(self) -> Path:
        """Where pictures of pages are kept while there is room."""
        return self.home / "page-images"

    @property
    def encoder_folder(self) -> Path:
        """Where the exported encoder is kept."""
        return self.exported_encoder or self.home / "models" / "all-MiniLM-L6-v2"

    @property
    def uses_built_in_model(self) -> bool:
        """Whether the grounded model answers, because no upstream is configured."""
        return not (
            self.models_file or self.openai_api_key.get_secret_value() or self.openai_base_url
        )
