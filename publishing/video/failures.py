"""The reason among the failures of tasks that ran together."""

from collections.abc import Iterator

from publishing.errors import PublishingError


def first_failure(group: ExceptionGroup[Exception]) -> Exception:
    """One of the failures in a group: the first that has a name of ours, or else the first."""
    failures = list(_leaves(group))
    named = [failure for failure in failures if isinstance(failure, PublishingError)]
    return (named or failures)[0]


def _leaves(group: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for failure in group.exceptions:
        if isinstance(failure, ExceptionGroup):
            yield from _leaves(failure)
        else:
            yield failure
