"""How long the read models of learning take to make anew, and a dashboard to read."""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from benchmarks.report import milliseconds, percentile, write_report
from bootstrap.embedded import embedded_servers
from bootstrap.home import Home
from services.actors import Actor
from services.learning.activity import CourseActivityService
from services.learning.projecting import EventProjector
from storage.database import MAINTENANCE, Database
from storage.migrations import upgrade_to_head
from storage.paging import PageRequest

COURSE, TEACHER = UUID(int=1), UUID(int=2)
CONCEPTS, DAYS, READINGS = 30, 90, 50
SCHOOL = (
    "INSERT INTO courses (id, slug, title) VALUES (:course, 'benchmark', 'Benchmark')",
    """INSERT INTO users (id, email, display_name, role)
       SELECT lpad(to_hex(n + 1000), 32, '0')::uuid, n || '@school.edu', 'Learner ' || n, 'student'
       FROM generate_series(1, CAST(:learners AS int)) AS n""",
    """INSERT INTO users (id, email, display_name, role)
       VALUES (:teacher, 'teacher@school.edu', 'Teacher', 'teacher')""",
    """INSERT INTO enrollments (course_id, user_id, role)
       SELECT :course, id, CASE WHEN role = 'teacher' THEN 'owner' ELSE 'learner' END FROM users""",
    "SELECT neuroshiksha_learner_key(id) FROM users",
    """INSERT INTO concepts (id, course_id, name, key)
       SELECT md5('concept' || n)::uuid, :course, 'Concept ' || n, 'concept ' || n
       FROM generate_series(0, CAST(:concepts AS int) - 1) AS n""",
)
EVENTS = """
INSERT INTO learning_events (course_id, learner_key, kind, version, occurred_at, payload)
SELECT :course, keys.learner_key, made.kind, made.version,
       now() - make_interval(mins => (random() * 1440 * CAST(:days AS int))::int), made.payload
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
JOIN (
    SELECT learner_key, row_number() OVER () - 1 AS place
    FROM neuroshiksha_learner_keys(ARRAY(SELECT id FROM users WHERE role = 'student'))
) AS keys ON keys.place = n % CAST(:learners AS int)
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN n % 20 < 7 THEN 'answer.graded' WHEN n % 20 < 12 THEN 'mastery.estimated'
        WHEN n % 20 < 15 THEN 'card.reviewed' WHEN n % 20 < 16 THEN 'question.asked'
        WHEN n % 20 < 17 THEN 'question.answered' WHEN n % 20 < 18 THEN 'lesson.read'
        WHEN n % 20 < 19 THEN 'quiz.attempted' ELSE 'hint.given' END AS kind
) AS chosen
CROSS JOIN LATERAL (
    SELECT chosen.kind, CASE WHEN chosen.kind IN ('answer.graded', 'hint.given') THEN 2 ELSE 1 END
               AS version,
           CASE chosen.kind
        WHEN 'answer.graded' THEN jsonb_build_object(
            'attempt_id', gen_random_uuid(), 'question_id', 'q' || n % 9, 'revision', 1,
            'score', n % 3, 'maximum', 2, 'judged_by', 'key', 'is_answered', true,
            'answered_at', now() - make_interval(days => n % CAST(:days AS int)),
            'concept_ids', jsonb_build_array(
                md5('concept' || n * 7 % CAST(:concepts AS int))::uuid))
        WHEN 'mastery.estimated' THEN jsonb_build_object(
            'concept_id', md5('concept' || n * 7 % CAST(:concepts AS int))::uuid,
            'probability', round(random()::numeric, 4), 'answer_count', n % 9)
        WHEN 'card.reviewed' THEN jsonb_build_object(
            'deck_id', md5('deck' || n % 5)::uuid, 'card_id', 'c' || n % 20, 'recall', 'good',
            'stability', 3.2, 'due_at', now())
        WHEN 'question.asked' THEN jsonb_build_object(
            'message_id', gen_random_uuid(), 'conversation_id', gen_random_uuid(),
            'mode', 'explain')
        WHEN 'question.answered' THEN jsonb_build_object(
            'message_id', gen_random_uuid(), 'status', 'complete', 'groundedness', 0.9,
            'confidence', 0.8, 'is_cached', false, 'citations', 3)
        WHEN 'lesson.read' THEN jsonb_build_object(
            'lesson_id', md5('lesson' || n % 25)::uuid, 'share', 1, 'seconds', n % 90,
            'is_finished', n % 40 = 17)
        WHEN 'quiz.attempted' THEN jsonb_build_object(
            'attempt_id', gen_random_uuid(), 'quiz_id', md5('quiz' || n % 12)::uuid,
            'quiz_version', 1, 'number', 1, 'score', n % 7, 'maximum', 6, 'is_late', false)
        ELSE jsonb_build_object(
            'quiz_id', md5('quiz' || n % 12)::uuid, 'question_id', 'q' || n % 9,
            'help', 'hint', 'level', n % 4 + 1)
    END AS payload
) AS made
"""
EVENTS_AT_ONCE = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--learners", type=int, default=1_000)
    parser.add_argument("--only-rebuild", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.only_rebuild:
        print(json.dumps(rebuild(options.only_rebuild)))
        return 0
    with (
        TemporaryDirectory(prefix="neuroshiksha-benchmark-") as folder,
        embedded_servers(Home(Path(folder))) as servers,
    ):
        url = servers.urls.database_url
        upgrade_to_head(url)
        asyncio.run(fill(url, options.events, options.learners))
        seconds, mebibytes = rebuilt_apart(url)
        asyncio.run(analyse(url))
        behind = asyncio.run(catch_up(url, options.events, options.learners))
        read = asyncio.run(dashboard(url))
    is_kept = write_report(
        "read_models",
        {
            "events": options.events,
            "learners": options.learners,
            "rebuild_seconds": round(seconds, 1),
            "rebuild_process_peak_mib": round(mebibytes),
            "a_thousand_new_events_ms": milliseconds(behind),
            "dashboard_ms": {
                "p50": milliseconds(percentile(read, 0.5)),
                "p95": milliseconds(percentile(read, 0.95)),
            },
        },
        {
            "the read models are made anew within 60 s": seconds < 60,
            "with at most 500 MB in the process that does it": mebibytes * 1.048576 < 500,
            "the dashboard is read within 100 ms (p95)": percentile(read, 0.95) < 0.1,
        },
    )
    return 0 if is_kept else 1


async def fill(url: str, events: int, learners: int) -> None:
    """A course with so many learners, and what they did in three months."""
    database = Database(url)
    await execute(database, SCHOOL, {"learners": learners})
    for first in range(1, events + 1, EVENTS_AT_ONCE):
        last = min(first + EVENTS_AT_ONCE - 1, events)
        await execute(database, [EVENTS], {"first": first, "last": last, "learners": learners})
    await execute(database, ["ANALYZE"], {})
    await database.close()


def rebuilt_apart(url: str) -> tuple[float, float]:
    """What `rebuild` gives in a process of its own, whose memory is nothing else's."""
    command = [sys.executable, "-m", "benchmarks.read_models", "--only-rebuild", url]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, mebibytes = json.loads(printed)
    return seconds, mebibytes


def rebuild(url: str) -> tuple[float, float]:
    """Seconds, and the most memory of this process, in MiB."""

    async def run() -> float:
        database = Database(url)
        started = time.perf_counter()
        await EventProjector(database, ZoneInfo("Asia/Kolkata")).rebuild()
        seconds = time.perf_counter() - started
        await database.close()
        return seconds

    seconds = asyncio.run(run())
    return seconds, _peak_mib()


def _peak_mib() -> float:
    """The most that this program held; `ru_maxrss` would begin with what its parent held."""
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


async def catch_up(url: str, events: int, learners: int) -> float:
    """Seconds to read a thousand events that are new."""
    database = Database(url)
    values = {"first": events + 1, "last": events + 1_000, "learners": learners}
    await execute(database, [EVENTS], values)
    projector = EventProjector(database, ZoneInfo("Asia/Kolkata"))
    started = time.perf_counter()
    assert await projector.project() == 1_000
    seconds = time.perf_counter() - started
    await database.close()
    return seconds


async def dashboard(url: str) -> list[float]:
    """Seconds of readings of the course's dashboard, of the last thirty days."""
    database = Database(url)
    service = CourseActivityService(database, lambda: datetime.now(UTC), ZoneInfo("Asia/Kolkata"))
    teacher = Actor(TEACHER, "teacher@school.edu", "teacher")
    seconds = []
    for _reading in range(READINGS):
        started = time.perf_counter()
        found = await service.of_course(teacher, COURSE, 30, PageRequest(page=1, size=50))
        seconds.append(time.perf_counter() - started)
        assert found.learners.items
        assert len(found.concepts) == CONCEPTS
    await database.close()
    return seconds


async def analyse(url: str) -> None:
    """What autovacuum does within a minute of such a change."""
    database = Database(url)
    await execute(database, ["ANALYZE"], {})
    await database.close()


async def execute(database: Database, statements: Sequence[str], values: dict[str, int]) -> None:
    """Runs statements with what each of them names."""
    every = {"course": COURSE, "teacher": TEACHER, "concepts": CONCEPTS, "days": DAYS, **values}
    async with database.transaction(MAINTENANCE) as session:
        for statement in map(text, statements):
            named = {name: every[name] for name in statement.compile().params}
            await session.execute(statement, named)


if __name__ == "__main__":
    sys.exit(main())
