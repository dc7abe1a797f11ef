"""Why `neuroshiksha up` cannot run.

```
UpError                    the message says what happened and what to do
├── AlreadyRunningError    this home is served already, at another address
├── PortBusyError          another program has the port
├── PreparationError       the database or the encoder could not be made ready
└── ChildStartError        a process keeps dying before the service was ever healthy
```
"""

from pathlib import Path

from bootstrap.log_files import last_lines


class UpError(Exception):
    """The service cannot be started; the message says why and what to do."""


class AlreadyRunningError(UpError):
    """A second `up` on the same home."""

    def __init__(self, home: Path, address: str) -> None:
        super().__init__(
            f"NeuroShiksha already runs for {home}: {address}. Stop it with Ctrl-C in its terminal,"
            " or set NEUROSHIKSHA_HOME to another folder for a second installation."
        )


class PortBusyError(UpError):
    """The port that the API should listen on is taken."""

    def __init__(self, port: int, holder: str, free_port: int) -> None:
        held_by = f" by {holder}" if holder else ""
        super().__init__(
            f"Port {port} is in use{held_by}. Choose another one:"
            f" `make run PORT={free_port}`, or `./neuroshiksha up --port {free_port}`."
        )


class PreparationError(UpError):
    """A step before the start failed; it has said why on the terminal."""


class ChildStartError(UpError):
    """A child died several times before the service answered once."""

    def __init__(self, child: str, log_file: Path) -> None:
        super().__init__(
            f"The {child} process keeps ending at its start. Its log {log_file} ends with:\n"
            f"{last_lines(log_file)}"
        )
