"""How much a browser fetches before it can show the chat."""

import gzip
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

PAGE = Path(__file__).parents[2] / "web" / "dist"
FIRST_LOAD_LIMIT_BYTES = 250_000
FIRST_LOAD_LIMIT_FILES = 4
"""Scripts and style sheets; a browser asks for six files of a service at once, and each waits."""
LATIN_TYPEFACES = r"(inter|source-serif-4)-latin-wght-normal-.*\.woff2"


def test_first_load_of_the_chat_stays_under_its_limit() -> None:
    index = PAGE / "index.html"
    if not index.is_file():
        pytest.skip("the page is not built; `make page` builds it")

    named = re.findall(r'(?:src|href)="/(assets/[^"]+)"', index.read_text())
    code = [gzip.compress((PAGE / name).read_bytes(), 6) for name in named]
    assets = (PAGE / "assets").iterdir()
    typefaces = [file for file in assets if re.fullmatch(LATIN_TYPEFACES, file.name)]
    sizes = [*map(len, code), *(file.stat().st_size for file in typefaces)]

    assert 2 <= len(named) <= FIRST_LOAD_LIMIT_FILES
    assert all((PAGE / f"{name}{ending}").is_file() for name in named for ending in (".br", ".gz"))
    assert len(typefaces) == 2
    assert sum(sizes) < FIRST_LOAD_LIMIT_BYTES


def test_who_is_signed_in_is_asked_once_and_before_the_scripts_have_come(page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))

    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in").wait_for()

    assert asked.count("session") == 1
    script = next(place for place, name in enumerate(asked) if name.startswith("page-"))
    assert asked.index("session") <= script + 1
