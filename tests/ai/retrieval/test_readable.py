"""Passages of found chunks: verbatim, in order, without overlap, within their bound."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ai.retrieval.readable import (
    PlacedChunk,
    joined_bounds,
    joined_text,
    readable_passages,
)

GAPS = st.sampled_from([None, "", " ", "\n", "\n\n", "\n  "])
TEXTS = st.text("abcé. ", min_size=1, max_size=30).map(lambda text: f"x{text}.")
DOCUMENTS = st.lists(st.lists(st.tuples(GAPS, TEXTS), min_size=1, max_size=8), max_size=4)


def placed(*texts: str, gap: str | None = "\n\n") -> list[PlacedChunk]:
    """Neighbours in one document."""
    return [PlacedChunk("d", n, text, gap if n else None) for n, text in enumerate(texts)]


@st.composite
def found_chunks(draw: st.DrawFn) -> tuple[list[str], list[PlacedChunk], list[int]]:
    """Texts of documents, the chunks of them that are at hand, and the ranking of some."""
    texts: list[str] = []
    chunks: list[PlacedChunk] = []
    for number, parts in enumerate(draw(DOCUMENTS)):
        text = ""
        for ordinal, (gap, part) in enumerate(parts):
            before = gap if ordinal else None
            text += ("\n\n# Heading\n\n" if before is None else before) + part
            chunks.append(PlacedChunk(number, ordinal, part, before))
        texts.append(text)
    at_hand = [chunk for chunk in chunks if draw(st.booleans())]
    order = draw(st.permutations(range(len(at_hand))))
    return texts, at_hand, order[: draw(st.integers(0, len(order)))]


@given(found_chunks(), st.integers(1, 6), st.integers(0, 120))
def test_passages_are_verbatim_in_order_apart_and_bounded(
    found: tuple[list[str], list[PlacedChunk], list[int]], limit: int, max_characters: int
) -> None:
    texts, chunks, ranked = found

    passages = readable_passages(ranked, chunks, limit=limit, max_characters=max_characters)

    used = [position for passage in passages for position in passage.positions]
    assert len(used) == len(set(used))
    assert set(ranked) <= set(used) if len(passages) < limit else len(passages) == limit
    places = [ranked.index(passage.found) for passage in passages]
    assert places == sorted(places)
    for passage in passages:
        own = [chunks[position] for position in passage.positions]
        assert {chunk.document for chunk in own} == {own[0].document}
        assert all(b.ordinal == a.ordinal + 1 for a, b in pairwise(own))
        text = joined_text(own)
        assert text in texts[own[0].document]
        assert len(own) == 1 or len(text) <= max_characters
        best = min(ranked.index(p) for p in passage.positions if p in ranked)
        assert ranked[best] == passage.found


@given(st.lists(st.tuples(GAPS, TEXTS), min_size=1, max_size=8))
def test_sentences_keep_their_words_where_chunks_are_joined(
    parts: list[tuple[str | None, str]],
) -> None:
    chunks = [PlacedChunk("d", n, text, gap or "") for n, (gap, text) in enumerate(parts)]
    bounds = [((0, 1), (1, len(chunk.text))) for chunk in chunks]

    joined = joined_bounds(chunks, bounds)

    text = joined_text(chunks)
    expected = [part for chunk in chunks for part in (chunk.text[:1], chunk.text[1:])]
    assert [text[start:end] for start, end in joined] == expected


def test_two_found_neighbours_are_one_passage_and_leave_a_place_to_the_next() -> None:
    chunks = [*placed("A pulley turns.", "It needs a rope."), PlacedChunk("e", 4, "Rope.", None)]

    passages = readable_passages([1, 0, 2], chunks, limit=2)

    assert [(passage.found, passage.positions) for passage in passages] == [(1, (0, 1)), (2, (2,))]


def test_a_chunk_between_two_found_ones_joins_all_three() -> None:
    chunks = placed("One. " * 70, "Two. " * 70, "Three. " * 70)

    (passage,) = readable_passages([2, 0, 1], chunks, limit=3)

    assert (passage.found, passage.positions) == (2, (0, 1, 2))


def test_neighbours_that_are_too_long_together_stay_apart() -> None:
    chunks = placed("One. " * 70, "Two. " * 70)

    passages = readable_passages([0, 1], chunks, limit=2, max_characters=400)

    assert [passage.positions for passage in passages] == [(0,), (1,)]


def test_what_ends_in_the_middle_of_a_thought_gets_its_end() -> None:
    long = "A long explanation of levers and what they are for. " * 8
    chunks = placed(f"{long}The law is as follows:", f"$F=ma$ {long}", long)

    (passage,) = readable_passages([0], chunks, limit=1)

    assert passage.positions == (0, 1)


def test_what_begins_in_the_middle_of_a_paragraph_gets_its_beginning() -> None:
    long = "A long explanation of levers and what they are for. " * 8
    chunks = placed(long, long, gap=" ")

    (passage,) = readable_passages([1], chunks, limit=1)

    assert passage.positions == (0, 1)


def test_a_short_passage_gets_a_neighbour_and_a_long_whole_one_none() -> None:
    long = "A long explanation of levers and what they are for. " * 8
    chunks = placed(long, "Short.", long)

    (short,) = readable_passages([1], chunks, limit=1)
    (whole,) = readable_passages([0], chunks, limit=1)

    assert short.positions == (1, 2)
    assert whole.positions == (0,)


def test_nothing_is_joined_across_a_heading_a_page_or_a_missing_chunk() -> None:
    under_headings = [PlacedChunk("d", n, f"Short {n}", None) for n in range(2)]
    with_a_hole = [PlacedChunk("d", n, f"Short {n}", "\n\n") for n in (0, 2)]

    for chunks in (under_headings, with_a_hole):
        passages = readable_passages([0, 1], chunks, limit=2)
        assert [passage.positions for passage in passages] == [(0,), (1,)]
