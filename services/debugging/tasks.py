"""The asyncio tasks of this process, and where each of them waits."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_FRAMES = 30


@dataclass(frozen=True, slots=True)
class WaitingTasks:
    """Tasks that run the same coroutine and wait at the same place.

    Attributes:
        stack: Where, outermost frame first, as `file:line function`.
        names: Of some of them.
    """

    coroutine: str
    count: int
    names: Sequence[str]
    stack: Sequence[str]


def waiting_tasks(most_names: int = 5) -> list[WaitingTasks]:
    """All tasks of the running loop, those in the same place together, most of a kind first."""
    together: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for task in asyncio.all_tasks():
        coroutine = task.get_coro()
        name = getattr(coroutine, "__qualname__", type(coroutine).__name__)
        together[name, tuple(stack_of(coroutine))].append(task.get_name())
    found = [
        WaitingTasks(name, len(names), sorted(names)[:most_names], stack)
        for (name, stack), names in together.items()
    ]
    return sorted(found, key=lambda tasks: (-tasks.count, tasks.coroutine))


def stack_of(awaited: Any) -> list[str]:  # noqa: ANN401 - coroutines, generators, awaitables of C
    """The frames of a coroutine that waits, and of what it waits for, outermost first."""
    frames: list[str] = []
    while awaited is not None and len(frames) < MOST_FRAMES:
        frame = _attribute(awaited, "cr_frame", "gi_frame", "ag_frame")
        if frame is None:
            break
        code = frame.f_code
        frames.append(f"{code.co_filename}:{frame.f_lineno} {code.co_qualname}")
        awaited = _attribute(awaited, "cr_await", "gi_yieldfrom", "ag_await")
    return frames


def _attribute(holder: Any, *names: str) -> Any:  # noqa: ANN401 - see `stack_of`
    for name in names:
        found = getattr(holder, name, None)
        if found is not None:
            return found
    return None
