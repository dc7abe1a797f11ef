"""One list of passages from several searches, none of them twice."""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, TypeVar

from ai.retrieval.terms import analyse

Found = TypeVar("Found")

SAME_TERMS: Final = 0.9
"""Share of all their terms that two passages have in common from which they say the same."""


def interleaved(
    rankings: Sequence[Sequence[Found]],
    *,
    chunks: Callable[[Found], tuple[int, tuple[int, ...]]],
    text: Callable[[Found], str],
    limit: int,
) -> list[Found]:
    """The best of each ranking, then the second of each, and so on, `limit` at most.

    Left out is a passage whose found chunk stands in one that is taken already, and one that
    nearly repeats it word for word.

    Args:
        rankings: each best first.
        chunks: the chunk that a passage was found by, and all it is made of.
        text: its words.
        limit: how many to keep at most.
    """
    kept: list[Found] = []
    taken: set[int] = set()
    said: list[frozenset[str]] = []
    for passage in _in_turn(rankings):
        found, of_passage = chunks(passage)
        terms = frozenset(analyse(text(passage)))
        if found in taken or any(_repeats(terms, other) for other in said):
            continue
        kept.append(passage)
        taken.update(of_passage)
        said.append(terms)
        if len(kept) == limit:
            break
    return kept


def _in_turn(rankings: Sequence[Sequence[Found]]) -> Iterator[Found]:
    for of_one_rank in zip_longest(*rankings):
        yield from (passage for passage in of_one_rank if passage is not None)


def _repeats(terms: frozenset[str], other: frozenset[str]) -> bool:
    return len(terms & other) >= SAME_TERMS * (len(terms | other) or 1)
