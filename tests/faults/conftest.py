"""One installation for the faults of a run, and the table of what they cost."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.report import table, write_page
from tests.faults.stack import Stack, running_stack
from tests.faults.tally import Tally
from tests.faults.upstream import Upstream, running_upstream

PAGE_VARIABLE = "CHAOS_PAGE"
SETTINGS = {
    "NEUROSHIKSHA_FIRST_TOKEN_TIMEOUT_SECONDS": "3",
    "NEUROSHIKSHA_BETWEEN_TOKENS_TIMEOUT_SECONDS": "3",
}
"""So that a silent upstream costs a test little."""

Counted = Callable[[Tally], None]


@pytest.fixture(scope="session")
def tallies() -> list[Tally]:
    """What was counted in this run so far."""
    return []


@pytest.fixture
def counted(tallies: list[Tally], capsys: pytest.CaptureFixture[str]) -> Counted:
    """Notes, prints and writes down a tally, and fails where something was lost."""

    def count(tally: Tally) -> None:
        tallies.append(tally)
        with capsys.disabled():
            print("\n" + table([tally]))  # noqa: T201 - what a run of `make chaos` is for
        if page := os.environ.get(PAGE_VARIABLE):
            write_page(Path(page), tallies)
        assert (tally.lost, tally.doubled) == (0, 0), tally

    return count


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    with running_upstream() as upstream:
        yield upstream


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Stack]:
    """An installation that every test leaves whole."""
    home = tmp_path_factory.mktemp("faults") / "home"
    with running_stack(home, upstream.base_url, SETTINGS) as stack:
        yield stack


@pytest.fixture(autouse=True)
def usual(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leaves the upstream as it was found."""
    yield
    if "upstream" in request.fixturenames:
        upstream: Upstream = request.getfixturevalue("upstream")
        upstream.faults, upstream.tokens_per_second = ("none",), 10.0
