"""Addresses of the servers, whoever runs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bootstrap.secret_files import given

DATABASE_URL = "DATABASE_URL"
REDIS_URL = "REDIS_URL"
REDIS_CACHE_URL = "REDIS_CACHE_URL"


@dataclass(frozen=True, slots=True)
class ServerUrls:
    """Addresses of PostgreSQL and Redis, passwords included; an empty one is not given."""

    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    redis_cache_url: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "ServerUrls":
        """The servers that the environment or its secrets name; the cache may share the Redis."""
        redis_url = given(environment, REDIS_URL)
        return cls(
            given(environment, DATABASE_URL),
            redis_url,
            given(environment, REDIS_CACHE_URL) or redis_url,
        )

    def or_else(self, embedded: "ServerUrls") -> "ServerUrls":
        """These addresses, the missing ones taken from the embedded servers."""
        return ServerUrls(
            self.database_url or embedded.database_url,
            self.redis_url or embedded.redis_url,
            self.redis_cache_url or embedded.redis_cache_url,
        )

    def as_environment(self) -> dict[str, str]:
        """The variables that tell a child process these addresses."""
        return {
            DATABASE_URL: self.database_url,
            REDIS_URL: self.redis_url,
            REDIS_CACHE_URL: self.redis_cache_url,
        }
