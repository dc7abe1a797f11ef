"""What each writer of a format gives: a file in the scratch folder, with warnings."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Written:
    """A file made in the scratch folder, and a sentence for each thing that is not as given."""

    path: Path
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that content was made into.

    Attributes:
        path: in the folder given; its name comes from the content's title and is safe anywhere.
        media_type: what to send it as.
        warnings: a sentence for each thing that is not as in the content.
    """

    path: Path
    media_type: str
    warnings: tuple[str, ...]
