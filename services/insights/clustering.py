"""Gathers what learners ask into clusters, little by little, beside a worker's jobs."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from uuid_utils.compat import uuid7

from ai.embedding.embedder import Embedder, PassageInput
from ai.questions.clusters import Cluster, gather
from storage.database import MAINTENANCE, Database
from storage.errors import LockTakenError
from storage.locks import named_lock
from storage.repositories.embedders import EmbeddersRepository
from storage.repositories.question_clusters import (
    AskedQuestion,
    PlacedQuestion,
    QuestionClusterRepository,
    StoredCluster,
    WaitingCourse,
)

LOCK = "question clusters"
LOOKS_BACK = timedelta(days=180)
"""Older questions are not gathered: they tell little of what learners need now."""
LAG = timedelta(seconds=20)
"""An answer's row may be written this much after the moment that it names."""
QUESTIONS_AT_ONCE = 256
COURSES_A_ROUND = 100
CLUSTERS_COMPARED = 2_000
"""Of a course, those that grew last; an older one is begun anew rather than searched for."""


class QuestionClustering:
    """Encodes new questions and finds each its cluster; bounded, and taken up where it stopped."""

    def __init__(
        self, database: Database, embedder: Embedder, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._embedder = embedder
        self._clock = clock

    async def tend(self, is_stopping: Callable[[], bool]) -> int:
        """Goes through the courses that have new questions; how many questions were placed.

        A second process at the same time does nothing.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost; the next round goes on.
            EmbeddingError: when a remote encoder gives no vectors; the next round goes on.
        """
        try:
            async with named_lock(self._database, LOCK, wait_seconds=0):
                return await self._round(is_stopping)
        except LockTakenError:
            return 0

    async def _round(self, is_stopping: Callable[[], bool]) -> int:
        until = self._clock() - LAG
        async with self._database.transaction(MAINTENANCE) as session:
            embedder_id = await EmbeddersRepository(session).ensure(
                self._embedder.id, self._embedder.dimension
            )
            waiting = await QuestionClusterRepository(session).waiting(
                embedder_id, until - LOOKS_BACK, until, COURSES_A_ROUND
            )
        placed = 0
        for course in waiting:
            if is_stopping():
                break
            placed += await self._gather(course, embedder_id, until, is_stopping)
        return placed

    async def _gather(
        self,
        course: WaitingCourse,
        embedder_id: int,
        until: datetime,
        is_stopping: Callable[[], bool],
    ) -> int:
        placed, since = 0, course.done_until
        while not is_stopping():
            async with self._database.transaction(MAINTENANCE) as session:
                repository = QuestionClusterRepository(session)
                asked = await repository.new_questions(
                    course.course_id, since, until, QUESTIONS_AT_ONCE
                )
                known = await repository.known(embedder_id, [one.message_id for one in asked])
            is_last = len(asked) < QUESTIONS_AT_ONCE
            since = until if is_last else asked[-1].answered_at
            new = {one.message_id: one for one in asked if one.message_id not in known}
            await self._place(course.course_id, embedder_id, list(new.values()), since)
            placed += len(new)
            if is_last:
                break
        return placed

    async def _place(
        self, course_id: UUID, embedder_id: int, asked: Sequence[AskedQuestion], done: datetime
    ) -> None:
        """Encodes without a connection, then writes all of it in one transaction."""
        vectors = await self._encoded([one.text for one in asked])
        async with self._database.transaction(MAINTENANCE) as session:
            repository = QuestionClusterRepository(session)
            if asked:
                stored = await repository.clusters(course_id, embedder_id, CLUSTERS_COMPARED)
                clusters, places = _gathered(stored, vectors)
                questions = [
                    PlacedQuestion(one, vector, clusters[place].id)
                    for one, vector, place in zip(asked, vectors, places, strict=True)
                ]
                grown = [clusters[place] for place in sorted(set(places))]
                await repository.put(course_id, embedder_id, grown, questions)
            await repository.set_done(course_id, embedder_id, done)

    async def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        inputs = [PassageInput(text) for text in texts]
        if not inputs:
            return np.empty((0, self._embedder.dimension), dtype=np.float32)
        encoded = await asyncio.to_thread(self._embedder.encode_passages, inputs)
        return np.stack([passage.vector for passage in encoded])


def _gathered(
    stored: Sequence[StoredCluster], vectors: NDArray[np.float32]
) -> tuple[list[StoredCluster], list[int]]:
    """All clusters as they are once the questions have joined them, and each question's place."""
    clusters = [Cluster(each.centroid, each.question_count) for each in stored]
    places = gather(vectors, clusters)
    ids = [each.id for each in stored] + [uuid7() for _ in clusters[len(stored) :]]
    return [
        StoredCluster(cluster_id, cluster.question_count, cluster.centroid)
        for cluster_id, cluster in zip(ids, clusters, strict=True)
    ], places
