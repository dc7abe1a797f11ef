"""Joins calls that wait at the same time into one call, without ever waiting for company."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class AsyncMicroBatcher(Generic[Item, Result]):
    """Runs a batch function, a bounded number of times at once.

    An item that arrives while fewer batches run starts at once; those that arrive while all run
    form the next batch, first come first served. To be used from one event loop at a time.

    Args:
        run: gives one result for each item, in order. If it raises, all callers of that batch get
            the error.
        max_batch: items in one call at most.
        batches_at_once: calls under way at most.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        max_batch: int,
        batches_at_once: int = 1,
    ) -> None:
        self._run = run
        self._max_batch = max_batch
        self._batches_at_once = batches_at_once
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._workers: set[asyncio.Task[None]] = set()

    async def submit(self, item: Item) -> Result:
        """The result of ``item``. A cancelled call leaves its batch without harm to the others."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._workers = {worker for worker in self._workers if not worker.done()}
        if len(self._workers) < self._batches_at_once:
            self._workers.add(asyncio.create_task(self._work()))
        return await future

    async def _work(self) -> None:
        while batch := self._next_batch():
            await self._run_batch(batch)

    def _next_batch(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        batch: list[tuple[Item, asyncio.Future[Result]]] = []
        while self._waiting and len(batch) < self._max_batch:
            item, future = self._waiting.popleft()
            if not future.done():
                batch.append((item, future))
        return batch

    async def _run_batch(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        items = [item for item, _ in batch]
        [outcome] = await asyncio.gather(self._run(items), return_exceptions=True)
        answered = [future for _, future in batch]
        if isinstance(outcome, BaseException):
            for future in answered:
                if not future.done():
                    future.set_exception(outcome)
            return
        for future, result in zip(answered, outcome, strict=True):
            if not future.done():
                future.set_result(result)


class MicroBatcher(AsyncMicroBatcher[Item, Result]):
    """Runs a blocking batch function in one thread of its own, one batch at a time.

    Args:
        run: gives one result for each item, in order. If it raises, all callers of that batch get
            the error.
        max_batch: items in one call at most.
        thread_name: shown by debuggers and profilers.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        *,
        max_batch: int,
        thread_name: str,
    ) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=thread_name)
        super().__init__(
            lambda items: asyncio.get_running_loop().run_in_executor(self._executor, run, items),
            max_batch=max_batch,
        )

    def close(self) -> None:
        """End the thread after the batch it works on; idempotent."""
        self._executor.shutdown(wait=True, cancel_futures=True)
