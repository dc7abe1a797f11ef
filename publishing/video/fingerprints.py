"""What a cached scene depends on beside its content: this code, and the programs it runs."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from publishing.video.programs import encoder

_PUBLISHING: Final = Path(__file__).resolve().parent.parent
_SOURCES: Final = ("video/*.py", "slides/*", "*.lua", "pandoc.py", "typst_*.py")
_PACKAGES: Final = (
    *("typst", "pypandoc-binary", "imageio-ffmpeg", "fontpkg-inter"),
    "fontpkg-noto-sans-devanagari",
)


@cache
def renderer() -> str:
    """Changes whenever a scene might come out differently, if only by a newer release.

    Raises:
        EncoderUnavailableError: FFmpeg is not installed.
    """
    digest = hashlib.sha256(Path(encoder()).name.encode())
    for package in _PACKAGES:
        digest.update(f"{package} {_version(package)}\n".encode())
    for pattern in _SOURCES:
        for path in sorted(_PUBLISHING.glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
