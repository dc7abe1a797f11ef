"""What a process keeps of itself: bounded, without secrets, and true."""

import asyncio
import logging
import time
from collections.abc import Iterator

import pytest

from services.debugging.errors import ProfileRunningError
from services.debugging.event_loop import LoopMonitor
from services.debugging.fingerprints import fingerprint
from services.debugging.log_lines import LogLines
from services.debugging.memory import MemoryInspector
from services.debugging.profiling import ProfileTaker
from services.debugging.redaction import HIDDEN, shown_body, shown_headers, shown_query
from services.debugging.statements import CURRENT, RequestStatements, StatementTable
from services.debugging.tasks import waiting_tasks


@pytest.mark.parametrize(
    ("statement", "pattern"),
    [
        (
            "SELECT *\n  FROM users WHERE email = 'a@b.c' AND age > 12",
            "SELECT * FROM users WHERE email = ? AND age > ?",
        ),
        ("SELECT 'it''s', chunks_p03 FROM t2", "SELECT ?, chunks_p03 FROM t2"),
        ("... WHERE id IN ($1::UUID, $2::UUID, $3::UUID)", "... WHERE id IN ($...)"),
        ("INSERT INTO t VALUES ($1, $2), ($3, $4)", "INSERT INTO t VALUES ($...), ..."),
        ("SELECT slug FROM courses WHERE id = $1::UUID", None),
    ],
)
def test_a_pattern_is_the_statement_without_its_values(statement: str, pattern: str | None) -> None:
    assert fingerprint(statement) == (pattern or statement)


def test_statements_are_counted_by_pattern_and_for_their_request() -> None:
    table, request = StatementTable(), RequestStatements()
    token = CURRENT.set(request)
    for number in range(5):
        table.note(f"SELECT {number}", 0.02)
    table.note("BEGIN;", 0.01)
    CURRENT.reset(token)
    table.note("SELECT 9", 0.3, "DataError")

    [selected, *_] = table.patterns("total", 10)

    assert (selected.pattern, selected.count, selected.failed) == ("SELECT ?", 6, 1)
    assert selected.total_seconds == pytest.approx(0.4)
    assert (selected.max_seconds, selected.most_in_one_request) == (0.3, 5)
    assert (request.count, request.seconds) == (5, pytest.approx(0.1))
    assert request.most_repeated is not None
    assert request.most_repeated.count == 5
    assert [slow.pattern for slow in table.slow] == ["SELECT ?"]


def test_the_table_of_statements_is_bounded_and_lets_the_least_go() -> None:
    table = StatementTable(most_patterns=3)
    for name, seconds in (("a", 0.03), ("b", 0.01), ("c", 0.02), ("d", 0.005)):
        table.note(f"SELECT {name}", seconds)

    assert [p.pattern for p in table.patterns("max", 9)] == ["SELECT a", "SELECT c", "SELECT d"]
    assert table.left_out == 1


def test_secrets_are_hidden_wherever_they_stand() -> None:
    body = b'{"email": "a@b.c", "password": "s3cret", "deep": [{"access_token": "x", "n": 1}]}'

    shown = shown_body(body, is_whole=True)
    cut = shown_body(b'{"refresh_token": "abcdef", "text": "Bearer eyJhbGci', is_whole=False)
    headers = shown_headers(
        [(b"Authorization", b"Bearer x"), (b"Cookie", b"a=b"), (b"Accept", b"*/*")]
    )
    query = shown_query(b"ticket=abc&q=levers")

    assert shown == (
        f'{{"email":"a@b.c","password":"{HIDDEN}","deep":[{{"access_token":"{HIDDEN}","n":1}}]}}'
    )
    assert "abcdef" not in cut
    assert "eyJhbGci" not in cut
    assert headers == {"authorization": HIDDEN, "cookie": HIDDEN, "accept": "*/*"}
    assert ("abc" not in query, "q=levers" in query) == (True, True)


@pytest.fixture
def log_lines() -> Iterator[LogLines]:
    lines = LogLines(most=3)
    lines.start()
    yield lines
    lines.stop()


def test_the_log_keeps_the_last_lines_without_secrets(log_lines: LogLines) -> None:
    logger = logging.getLogger("test.debugging")
    for number in range(5):
        logger.warning("line %d of postgresql://me:s3cret@host/db", number)

    found = log_lines.latest(10, level=logging.WARNING, words="LINE")

    assert [line.text.split(" of")[0] for line in found] == ["line 4", "line 3", "line 2"]
    assert all("s3cret" not in line.text for line in found)


async def test_what_holds_up_the_loop_is_caught_in_the_act() -> None:
    monitor = LoopMonitor()
    monitor.start()
    await asyncio.sleep(0.12)

    def hold_up() -> None:
        time.sleep(0.4)

    caught: list[str] = []
    async with asyncio.timeout(60):  # on a busy machine the watch may itself come late
        while not any("hold_up" in frame for frame in caught):
            hold_up()
            await asyncio.sleep(0.12)
            caught = [frame for block in monitor.blocks for frame in block.stack]
    monitor.stop()

    assert monitor.lag.max_seconds > 0.2


async def test_tasks_in_the_same_place_are_told_together_with_where_they_wait() -> None:
    gate = asyncio.Event()

    async def inner() -> None:
        await gate.wait()

    async def outer() -> None:
        await inner()

    tasks = [asyncio.create_task(outer(), name=f"outer {n}") for n in range(3)]
    await asyncio.sleep(0)

    [found] = [waiting for waiting in waiting_tasks() if "outer" in waiting.coroutine]
    gate.set()
    await asyncio.gather(*tasks)

    assert (found.count, found.names) == (3, ["outer 0", "outer 1", "outer 2"])
    assert [frame.rpartition(".")[2] for frame in found.stack] == ["outer", "inner", "wait"]


class Leaked:
    """Something to find again."""


def test_a_snapshot_of_memory_tells_what_came_since_the_one_before() -> None:
    inspector = MemoryInspector()
    inspector.trace(True)
    first = inspector.snapshot()
    kept = [Leaked() for _ in range(5000)]

    second = inspector.snapshot()
    inspector.trace(False)

    assert first.since is None
    assert second.since == first.at
    grown = {row.type: row.difference for row in second.types}
    assert grown["Leaked"] == len(kept)
    assert second.lines[0].difference_bytes > 100_000
    assert __file__ in second.lines[0].place
    assert not inspector.is_traced


async def test_a_profile_shows_what_the_loop_did_and_there_is_one_at_a_time() -> None:
    profiles = ProfileTaker()

    def busy_with_this_test() -> None:
        until = time.perf_counter() + 0.1
        while time.perf_counter() < until:
            sum(range(1000))

    taking = asyncio.create_task(profiles.take(0.3))
    await asyncio.sleep(0.05)
    busy_with_this_test()
    with pytest.raises(ProfileRunningError):
        await profiles.take(0.1)
    page = await taking

    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "busy_with_this_test" in page
