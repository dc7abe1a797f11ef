"""What can be wrong with a stored event.

UnreadableEventError      leave it out, count it, go on
├── UnknownKindError      a later version of the program wrote it: upgrade, then rebuild
├── UnknownVersionError   the same
└── DamagedEventError     its payload is not what its kind and version say
"""


class UnreadableEventError(Exception):
    """This version of the program cannot read an event."""

    def __init__(self, kind: str, version: int, reason: str) -> None:
        super().__init__(f"event {kind}@{version}: {reason}")
        self.kind = kind
        self.version = version
        self.reason = reason


class UnknownKindError(UnreadableEventError):
    """There is no such kind."""

    def __init__(self, kind: str, version: int) -> None:
        super().__init__(kind, version, "its kind is not known")


class UnknownVersionError(UnreadableEventError):
    """The kind is known, not this version of it."""

    def __init__(self, kind: str, version: int, newest: int) -> None:
        super().__init__(kind, version, f"its version is not known; {newest} is the newest")


class DamagedEventError(UnreadableEventError):
    """The payload does not fit."""
