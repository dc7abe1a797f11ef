"""Errors of debugging.

```
ServiceError
├── DebuggingOffError      give up: the installation does not allow it
└── ProfileRunningError    retry later: one at a time
```
"""

from services.errors import ServiceError


class DebuggingOffError(ServiceError):
    """Debugging is off in this installation."""

    code = "debugging_off"

    def __init__(self) -> None:
        super().__init__(
            "Debugging is off here. Start the service with NEUROSHIKSHA_DEBUGGING=true to use it."
        )


class ProfileRunningError(ServiceError):
    """A profile is being taken already."""

    code = "profile_running"

    def __init__(self) -> None:
        super().__init__("A profile is being taken in this process. Ask again when it is done.")
