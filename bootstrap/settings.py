"""Every setting of the service, read from the environment and `.env`, once, here."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from bootstrap.remote_settings import RemoteServiceSettings, Seconds, named

WEAK_SECRETS = frozenset({"", "secret", "changeme", "change-me", "password", "neuroshiksha"})
MINIMUM_SECRET_LENGTH = 32


class Settings(RemoteServiceSettings):
    """Settings of one process. Names of the environment stand in each field's alias.

    Raises:
        pydantic.ValidationError: on a value out of bounds, or a weak secret in production.
    """

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    environment: Literal["embedded", "production"] = Field(
        default="embedded",
        validation_alias=named("NEUROSHIKSHA_ENV"),
        description="embedded: servers of its own, open metrics, demo accounts. production: none.",
    )
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
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("NEUROSHIKSHA_SECRET_KEY"),
        description="Signs access tokens; at least 32 characters. `up` makes one by itself.",
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
        description="Answers that one API process tells at a time; others wait, or get 503.",
    )
    answers_waiting: int = Field(
        default=64,
        ge=0,
        le=100_000,
        validation_alias=named("NEUROSHIKSHA_ANSWERS_WAITING"),
        description="Questions that may wait half a second for a place before they get 503.",
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

    access_token_minutes: int = Field(
        default=12 * 60,
        ge=1,
        le=30 * 24 * 60,
        validation_alias=named("NEUROSHIKSHA_ACCESS_TOKEN_MINUTES"),
        description="Lifetime of an access token.",
    )
    allowed_email_domains: tuple[str, ...] = Field(
        default=(),
        validation_alias=named("NEUROSHIKSHA_ALLOWED_EMAIL_DOMAINS"),
        description='JSON list of e-mail domains that may register, e.g. ["school.edu"].',
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
        description="Threads of the encoder; 0 takes one per core, at most four, and half as many"
        " where it encodes questions only.",
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
    upload_limit_bytes: int = Field(
        default=256 * 1024 * 1024,
        ge=1024,
        validation_alias=named("NEUROSHIKSHA_UPLOAD_LIMIT_BYTES"),
        description="Largest file an upload may hold.",
    )

    @model_validator(mode="after")
    def _refuse_a_weak_secret_in_production(self) -> "Settings":
        secret = self.secret_key.get_secret_value()
        weak = secret.lower() in WEAK_SECRETS or len(secret) < MINIMUM_SECRET_LENGTH
        if self.environment == "production" and weak:
            message = (
                "NEUROSHIKSHA_SECRET_KEY is missing or weak. Set it to at least"
                f" {MINIMUM_SECRET_LENGTH} random characters, for instance the output of"
                " `openssl rand -hex 32`."
            )
            raise ValueError(message)
        return self

    @property
    def files_folder(self) -> Path:
        """Where original files are kept, by content hash."""
        return self.home / "files"

    @property
    def page_images_folder(self) -> Path:
        """Where pictures of pages are kept while there is room."""
        return self.home / "page-images"

    @property
    def encoder_folder(self) -> Path:
        """Where the exported encoder is kept."""
        return self.home / "models" / "all-MiniLM-L6-v2"

    @property
    def uses_built_in_model(self) -> bool:
        """Whether the grounded model answers, because no upstream is configured."""
        return not (
            self.models_file or self.openai_api_key.get_secret_value() or self.openai_base_url
        )
