"""Which passages a chat model is shown, where they do not all fit."""

from collections.abc import Sequence
from itertools import zip_longest

from ai.chat.token_estimates import estimated_tokens
from ai.writing.brief import SourcePassage


def fitting(passages: Sequence[SourcePassage], most_tokens: int) -> list[SourcePassage]:
    """The passages that fit into so many tokens, in their order; at least one.

    The best matches first where they have scores; else in turns from each heading, so that no
    part of the material is left out before another.
    """
    has_scores = any(passage.score for passage in passages)
    ranked = sorted(passages, key=lambda p: -p.score) if has_scores else _in_turns(passages)
    left = most_tokens
    chosen: set[int] = set()
    for passage in ranked:
        tokens = _tokens(passage)
        if tokens <= left or not chosen:
            chosen.add(id(passage))
            left -= tokens
    return [passage for passage in passages if id(passage) in chosen]


def batches(passages: Sequence[SourcePassage], most_tokens: int) -> list[list[SourcePassage]]:
    """All passages, in runs that each fit; those below one heading follow one another."""
    runs: list[list[SourcePassage]] = []
    for group in _by_heading(passages):
        for passage in group:
            tokens = _tokens(passage)
            fits = runs and sum(map(_tokens, runs[-1])) + tokens <= most_tokens
            if fits:
                runs[-1].append(passage)
            else:
                runs.append([passage])
    return runs


def _in_turns(passages: Sequence[SourcePassage]) -> list[SourcePassage]:
    return [
        passage
        for turn in zip_longest(*_by_heading(passages))
        for passage in turn
        if passage is not None
    ]


def _by_heading(passages: Sequence[SourcePassage]) -> list[list[SourcePassage]]:
    groups: dict[tuple[object, ...], list[SourcePassage]] = {}
    for passage in passages:
        place = (passage.document_id, passage.heading or passage.place)
        groups.setdefault(place, []).append(passage)
    return list(groups.values())


def _tokens(passage: SourcePassage) -> int:
    return estimated_tokens(passage.text) + estimated_tokens(" ".join(passage.heading)) + 20
