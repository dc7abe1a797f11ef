"""Where an installation keeps its data: the folder NEUROSHIKSHA_HOME and what lies in it."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import bootstrap

HOME_VARIABLE = "NEUROSHIKSHA_HOME"
CHECKOUT = Path(bootstrap.__file__).resolve().parents[1]
_OTHERS_MAY_PASS = 0o711
_OWNER_ONLY = 0o700


class HomeNotWritableError(Exception):
    """The home, or a part of it, belongs to someone else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} cannot be written by this user. Start as the user it belongs to, or set"
            f" {HOME_VARIABLE} to a folder of your own."
        )


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one installation; nothing is created before `create`."""

    root: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        """The folder that NEUROSHIKSHA_HOME names, else `.neuroshiksha` in the checkout."""
        named = environment.get(HOME_VARIABLE, "")
        return cls((Path(named).expanduser() if named else CHECKOUT / ".neuroshiksha").absolute())

    @property
    def postgres(self) -> Path:
        """Data of the embedded PostgreSQL."""
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        """Data of the embedded Redis for broker and streams."""
        return self.root / "redis"

    @property
    def redis_cache(self) -> Path:
        """Working folder of the embedded Redis for caches."""
        return self.root / "redis-cache"

    @property
    def logs(self) -> Path:
        """A log file per child process."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Locks, remembered ports, and what runs now."""
        return self.root / "run"

    @property
    def secrets(self) -> Path:
        """Random secrets, a file each, readable by the owner only."""
        return self.root / "secrets"

    @property
    def models(self) -> Path:
        """Exported encoders."""
        return self.root / "models"

    def create(self) -> None:
        """Makes the folders that are missing.

        Raises:
            HomeNotWritableError: when this user may not write there.
        """
        try:
            self._create()
        except PermissionError as error:
            raise HomeNotWritableError(Path(error.filename or self.root)) from error
        for folder in self._own_folders:
            if not os.access(folder, os.W_OK):
                raise HomeNotWritableError(folder)

    @property
    def _own_folders(self) -> tuple[Path, ...]:
        return (self.logs, self.run, self.secrets, self.models)

    def _create(self) -> None:
        if not self.root.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            # The account of the embedded servers passes through; only the owner lists.
            self.root.chmod(_OTHERS_MAY_PASS)
        for folder in self._own_folders:
            folder.mkdir(mode=_OWNER_ONLY, exist_ok=True)

    def secret(self, name: str) -> str:
        """The random secret of that name, made on first use: 43 URL-safe characters."""
        path = self.secrets / name
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            return _create_secret(path)


def _create_secret(path: Path) -> str:
    """Writes a new secret whole, or reads the one that another process wrote meanwhile."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
    return path.read_text(encoding="ascii")
