"""What can go wrong with the embedded servers.

```
EmbeddedServerError            the message says what happened and what to do
├── ServerBinaryMissingError   install again, or name a server by its URL
├── ServerAccountError         the account that must run PostgreSQL cannot reach its files
├── ServerStartError           a server ended or did not answer in time; see its log
└── ServersInUseError          they run already, but not the way that is asked for
```
"""

from pathlib import Path

from bootstrap.log_files import last_lines


class EmbeddedServerError(Exception):
    """The embedded servers cannot be used; the message says why and what to do."""


class ServerBinaryMissingError(EmbeddedServerError):
    """A server's program is not installed."""

    def __init__(self, program: str, url_variable: str) -> None:
        super().__init__(
            f"The program {program!r} is not installed. Run `make run` again to install it, or"
            f" set {url_variable} to a server of your own."
        )


class ServerAccountError(EmbeddedServerError):
    """PostgreSQL refuses to run as root, and no other account can run it."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"PostgreSQL must not run as root, and {reason}."
            " Start NeuroShiksha as an ordinary user, or set NEUROSHIKSHA_HOME to a folder that"
            " everyone may enter (for instance /var/lib/neuroshiksha) with the checkout in"
            " such a folder too, or set DATABASE_URL to a server of your own."
        )


class ServerStartError(EmbeddedServerError):
    """A server ended at its start, or did not answer in time."""

    def __init__(self, server: str, log_file: Path) -> None:
        super().__init__(
            f"The embedded {server} server did not start. Its log {log_file} ends with:\n"
            f"{last_lines(log_file)}"
        )


class ServersInUseError(EmbeddedServerError):
    """The servers of this home run, but do not offer what this process needs."""
