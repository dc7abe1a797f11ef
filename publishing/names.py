"""Names of files out of titles of any kind."""

import re

_LONGEST_BYTES = 120


def file_stem(title: str) -> str:
    """A title as a file's name without suffix: letters and digits of any script, and hyphens."""
    words = re.findall(r"[^\W_]+(?:[\u0900-\u0dff\u200c\u200d]|[^\W_])*", title.lower())
    stem = "-".join(words).encode()[:_LONGEST_BYTES].decode(errors="ignore").strip("-")
    return stem or "export"
