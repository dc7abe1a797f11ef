"""Which queue carries which kind of job, and who works it off."""

import pytest

from jobs.kinds import JobKind
from jobs.queue import QUEUE_OF, QUEUES, kinds_in
from workers.__main__ import main


def test_every_kind_of_job_has_one_queue_that_workers_know() -> None:
    assert QUEUE_OF.keys() == frozenset(JobKind) == kinds_in(QUEUES)
    assert frozenset(QUEUE_OF.values()) < frozenset(QUEUES)


def test_a_worker_of_some_queues_takes_their_kinds_only() -> None:
    assert kinds_in(["ingestion", "maintenance"]) == {JobKind.INGEST}
    assert kinds_in(["video"]) == {JobKind.VIDEO}
    assert kinds_in(["maintenance"]) == frozenset()


def test_a_worker_of_a_queue_that_does_not_exist_says_which_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEUROSHIKSHA_ENV", "embedded")

    with pytest.raises(SystemExit, match="no queue vidoe; there are maintenance, ingestion"):
        main(["worker", "--queues", "vidoe,content"])
