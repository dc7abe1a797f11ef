"""What must be done before the service starts: the schema, and the encoder's files.

`python -m bootstrap.preparation` does what is missing, with the settings of its environment. A
process of its own, so that what it imports does not stay in the supervisor's memory.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass

from ai.embedding.errors import EmbeddingError
from ai.embedding.onnx_export import ensure_exported
from ai.embedding.onnx_files import read_exported
from ai.routing.errors import ModelsFileError
from bootstrap.chat_models import require_usable_models_file
from bootstrap.settings import Settings
from storage.schema_revision import current_revision, serves


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to make ready; `run` may be called again at any time."""

    title: str
    """What the user reads while it runs."""
    is_done: Callable[[Settings], bool]
    run: Callable[[Settings], None]


def prepare(settings: Settings, steps: tuple[Step, ...], announce: Callable[[str], None]) -> None:
    """Does the steps that are not done, in order, announcing each."""
    for step in steps:
        if not step.is_done(settings):
            announce(step.title)
            step.run(settings)


def _has_newest_schema(settings: Settings) -> bool:
    url = settings.database_url.get_secret_value()
    return serves(asyncio.run(current_revision(url)))


def _migrate(settings: Settings) -> None:
    # Imported on use: Alembic is large, and hardly a start has anything to migrate.
    from storage.migrations import upgrade_to_head

    upgrade_to_head(settings.database_url.get_secret_value())


def _has_encoder(settings: Settings) -> bool:
    try:
        read_exported(settings.encoder_folder)
    except EmbeddingError:
        return False
    return True


def _export_encoder(settings: Settings) -> None:
    ensure_exported(settings.encoder_folder)


STEPS = (
    Step("bringing the database to the newest schema", _has_newest_schema, _migrate),
    Step("preparing the text encoder (some seconds, once)", _has_encoder, _export_encoder),
)


def main() -> int:
    """Prepares the installation that the environment describes; 1 where it must not start."""

    def announce(title: str) -> None:
        sys.stdout.write(f"  {title}\n")
        sys.stdout.flush()

    settings = Settings()
    try:
        require_usable_models_file(settings)
    except ModelsFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    prepare(settings, STEPS, announce)
    return 0


if __name__ == "__main__":
    sys.exit(main())
