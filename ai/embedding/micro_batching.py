"""Joins calls that wait at the same time into one call, without ever waiting for company."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class MicroBatcher(Generic[Item, Result]):
    """Runs a blocking batch function in one thread of its own.

    An item that arrives when the thread is idle starts at once; those that arrive while it works
    form the next batch, first come first served. To be used from one event loop at a time.

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
        self._run = run
        self._max_batch = max_batch
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=thread_name)
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        """The result of ``item``. A cancelled call leaves its batch without harm to the others."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await future

    def close(self) -> None:
        """End the thread after the batch it works on; idempotent."""
        self._executor.shutdown(wait=True, cancel_futures=True)

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
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._executor, self._run, items)
        await asyncio.wait([running])
        error = running.exception()
        answered = [future for _, future in batch]
        if error is not None:
            for future in answered:
                if not future.done():
                    future.set_exception(error)
            return
        for future, result in zip(answered, running.result(), strict=True):
            if not future.done():
                future.set_result(result)
