"""Joins calls that wait at the same time into one call, without ever waiting for company."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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
        self._under_way: set[asyncio.Future[Sequence[Result]]] = set()

    def submit(self, item: Item) -> asyncio.Future[Result]:
        """The result of ``item``; where there is room its batch has started on return.

        A cancelled one leaves its batch without harm to the others.
        """
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        self._start()
        return result

    def _start(self) -> None:
        """Starts the next batch if there is one, and room for it."""
        self._under_way = {batch for batch in self._under_way if not batch.done()}
        if len(self._under_way) >= self._batches_at_once:
            return
        if batch := self._next_batch():
            outcome = asyncio.ensure_future(self._run([item for item, _ in batch]))  # noqa: RUF006
            self._under_way.add(outcome)  # the reference that keeps it
            outcome.add_done_callback(partial(self._ended, [result for _, result in batch]))

    def _next_batch(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        batch: list[tuple[Item, asyncio.Future[Result]]] = []
        while self._waiting and len(batch) < self._max_batch:
            item, result = self._waiting.popleft()
            if not result.done():
                batch.append((item, result))
        return batch

    def _ended(
        self, results: Sequence[asyncio.Future[Result]], outcome: asyncio.Future[Sequence[Result]]
    ) -> None:
        self._start()
        if outcome.cancelled():
            for result in results:
                result.cancel()
        elif error := outcome.exception():
            for result in results:
                if not result.done():
                    result.set_exception(error)
        else:
            for result, value in zip(results, outcome.result(), strict=True):
                if not result.done():
                    result.set_result(value)


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
