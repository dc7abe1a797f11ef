"""PostgreSQL with pgvector and Redis, run by the installation for itself."""

from bootstrap.embedded.errors import EmbeddedServerError
from bootstrap.embedded.servers import EmbeddedServers, embedded_servers, servers_for
from bootstrap.embedded.urls import ServerUrls

__all__ = [
    "EmbeddedServerError",
    "EmbeddedServers",
    "ServerUrls",
    "embedded_servers",
    "servers_for",
]
