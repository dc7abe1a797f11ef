"""What can go wrong while a job writes, as the failure that its requester is told of."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from ai.chat.errors import ChatModelError
from ai.validation.errors import OutputError
from ai.writing.errors import NothingToWriteError
from publishing.errors import DiskFullError, PublishingError
from publishing.room import is_disk_full
from services.generation.errors import too_little
from services.job_running import JobFailedError
from storage.errors import StorageUnavailableError

TRY_LATER = (StorageUnavailableError,)
"""Of several failures at once these count: the others may have come of them."""


@asynccontextmanager
async def explained(topic: str) -> AsyncIterator[None]:
    """Turns what can go wrong on the way into the job's failure with its reason.

    Raises:
        JobFailedError: For good, or until a person does something about it.
        StorageUnavailableError: The job is to be run again later.
    """
    try:
        async with _one_of_many():
            yield
    except NothingToWriteError as error:
        raise too_little(error.topic or topic) from error
    except (ChatModelError, OutputError) as error:
        raise JobFailedError(error.code, f"{error} What was written by then is kept.") from error
    except PublishingError as error:
        raise JobFailedError(_code_of(error), str(error)) from error
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise JobFailedError("disk_full", str(DiskFullError())) from error


@asynccontextmanager
async def _one_of_many() -> AsyncIterator[None]:
    """Of what tasks that run together have failed with, the one that says what to do."""
    try:
        yield
    except ExceptionGroup as group:
        failures = list(_leaves(group))
        later = [failure for failure in failures if isinstance(failure, TRY_LATER)]
        raise (later or failures)[0] from group


def _leaves(group: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for failure in group.exceptions:
        if isinstance(failure, ExceptionGroup):
            yield from _leaves(failure)
        else:
            yield failure


def _code_of(error: PublishingError) -> str:
    """A stable code: `DiskFullError` is `disk_full`."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
