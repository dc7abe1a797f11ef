"""Settings of the edge: whom it listens to, and how often."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from bootstrap.remote_settings import named

LinkHost = Annotated[str, Field(pattern=r"^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$", max_length=253)]
WebhookHost = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+(:\d{1,5})?$", max_length=259)]
PerMinute = Annotated[int | None, Field(ge=0, le=10_000_000)]


class EdgeSettings(BaseSettings):
    """What stands between the network and the routes."""

    rate_limit_address: PerMinute = Field(
        default=None,
        validation_alias=named("NEUROSHIKSHA_RATE_LIMIT_ADDRESS"),
        description="Requests of an address per minute that come without a good token or key, as"
        " signing in does; 0: any number. Unset: 6000 in production, any number in embedded.",
    )
    rate_limit_user: PerMinute = Field(
        default=None,
        validation_alias=named("NEUROSHIKSHA_RATE_LIMIT_USER"),
        description="Requests of a signed-in user per minute; 0: any number. Unset: 1200 in"
        " production, any number in embedded.",
    )
    rate_limit_api_key: PerMinute = Field(
        default=None,
        validation_alias=named("NEUROSHIKSHA_RATE_LIMIT_API_KEY"),
        description="Requests of an API key per minute; 0: any number. Unset: 1200 in production,"
        " any number in embedded.",
    )
    rate_limit_without_redis: Literal["local", "open", "closed"] = Field(
        default="local",
        validation_alias=named("NEUROSHIKSHA_RATE_LIMIT_WITHOUT_REDIS"),
        description="While Redis is away: local: each process counts for itself; open: nothing is"
        " limited; closed: 503.",
    )
    read_cache_seconds: int = Field(
        default=60 * 60,
        ge=0,
        le=7 * 24 * 60 * 60,
        validation_alias=named("NEUROSHIKSHA_READ_CACHE_SECONDS"),
        description="How long what was read of courses, lessons, content and documents is kept in"
        " Redis to be given again; an edit makes it old at once. 0: nothing is kept.",
    )
    read_cache_body_bytes: int = Field(
        default=256 * 1024,
        ge=1024,
        le=16 * 1024 * 1024,
        validation_alias=named("NEUROSHIKSHA_READ_CACHE_BODY_BYTES"),
        description="Largest body that is kept so.",
    )
    debugging: bool | None = Field(
        default=None,
        validation_alias=named("NEUROSHIKSHA_DEBUGGING"),
        description="Whether administrators may look into the API's processes (/admin/debug)."
        " Unset: off in production, on in embedded.",
    )
    trusted_hosts: tuple[str, ...] = Field(
        default=(),
        validation_alias=named("NEUROSHIKSHA_TRUSTED_HOSTS"),
        description='JSON list of the names this service is called by, e.g. ["tutor.school.edu",'
        ' "*.school.edu"]; others get 400. Empty: any.',
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        validation_alias=named("NEUROSHIKSHA_TRUSTED_PROXIES"),
        description="Addresses or networks of proxies, comma-separated, whose X-Forwarded-For and"
        " X-Forwarded-Proto are believed.",
    )
    https_only: bool = Field(
        default=False,
        validation_alias=named("NEUROSHIKSHA_HTTPS_ONLY"),
        description="Whether plain HTTP is sent to HTTPS, and browsers told to stay there (HSTS).",
    )
    webhook_private_hosts: tuple[WebhookHost, ...] = Field(
        default=(),
        validation_alias=named("NEUROSHIKSHA_WEBHOOK_PRIVATE_HOSTS"),
        description='JSON list of hosts, e.g. ["lms.school.local", "10.0.0.5:8080"], that webhooks'
        " may call though they are private, or over plain HTTP.",
    )
    link_hosts: tuple[LinkHost, ...] = Field(
        default=(),
        validation_alias=named("NEUROSHIKSHA_LINK_HOSTS"),
        description='JSON list of hosts that answers may link to, e.g. ["openstax.org",'
        ' "*.school.edu"], besides this service; other links become text.',
    )
    drain_seconds: float = Field(
        default=0.0,
        ge=0,
        le=120,
        validation_alias=named("NEUROSHIKSHA_DRAIN_SECONDS"),
        description="How long an API process that is asked to end goes on taking requests while its"
        " readiness says 503, so that load balancers hear of it first; then answers have ten"
        " seconds, and are handed over.",
    )
    requests_at_once: int = Field(
        default=64,
        ge=8,
        le=100_000,
        validation_alias=named("NEUROSHIKSHA_REQUESTS_AT_ONCE"),
        description="Requests that one API process works on at a time, until their responses begin;"
        " further ones get 503 before anything is looked up.",
    )
