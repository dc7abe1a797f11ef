"""What runs now in a home, written by the keeper for everyone who joins."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bootstrap.embedded.urls import ServerUrls
from bootstrap.processes import ProcessIdentity

STATE_FILE = "state.json"
USERS_LOCK = "users.lock"
"""Every user of the servers shares this lock; see `bootstrap.embedded.keeper`."""


@dataclass(frozen=True, slots=True)
class ServersState:
    """The keeper, its servers and their addresses."""

    keeper: ProcessIdentity
    urls: ServerUrls
    servers: dict[str, ProcessIdentity] = field(default_factory=dict)


def write_state(run_folder: Path, state: ServersState) -> None:
    """Replaces the state at once; only the owner may read it, for it holds passwords."""
    draft = run_folder / f"{STATE_FILE}.draft"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(state), file, indent=2)
    draft.replace(run_folder / STATE_FILE)


def read_state(run_folder: Path) -> ServersState | None:
    """The state last written, or None where no keeper has run or it ended in order."""
    try:
        written = json.loads((run_folder / STATE_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return ServersState(
        keeper=ProcessIdentity(**written["keeper"]),
        urls=ServerUrls(**written["urls"]),
        servers={name: ProcessIdentity(**one) for name, one in written["servers"].items()},
    )


def remove_state(run_folder: Path) -> None:
    """Says that nothing runs."""
    (run_folder / STATE_FILE).unlink(missing_ok=True)
