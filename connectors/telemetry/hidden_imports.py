"""Keeps libraries from loading others that they only look for, and nothing here needs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Within the context those modules cannot be imported, as if they were not installed."""
    found = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    # Source: Python manual, "The module cache": None stands for a module that is not found.
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules.update(found)
