"""What a `sources` event says of a passage is enough to take its answer over."""

from typing import Any

import numpy as np

from services.answering.payloads import chunk_ids_of, shown_passages
from storage.repositories.passages import PassageSentences

FIRST = PassageSentences("One. Two.", ((0, 4), (5, 9)), np.full((2, 3), 1, np.int8))
SECOND = PassageSentences("Three.", ((0, 6),), np.full((1, 3), 2, np.int8))


def source(text: str, **more: Any) -> dict[str, Any]:
    entry = {"n": 1, "chunk_id": 7, "document_title": "Numbers", "text": text, "score": 0.5}
    return {**entry, "locator": {"heading": ["Counting"]}, **more}


def test_a_passage_of_two_chunks_gets_the_sentences_and_vectors_of_both():
    shown = source("One. Two.\n\nThree.", chunk_ids=[7, 8])

    (passage,) = shown_passages([shown], {7: FIRST, 8: SECOND})

    assert [passage.text[start:end] for start, end in passage.sentence_bounds] == [
        "One.",
        "Two.",
        "Three.",
    ]
    assert passage.sentence_vectors is not None
    assert passage.sentence_vectors[:, 0].tolist() == [1, 1, 2]


def test_a_source_that_names_no_chunks_has_its_own():
    shown = source("One. Two.")

    (passage,) = shown_passages([shown], {7: FIRST})

    assert chunk_ids_of(shown) == [7]
    assert passage.sentence_bounds == FIRST.bounds
    assert passage.sentence_vectors is not None


def test_a_passage_of_which_a_chunk_is_gone_or_reads_otherwise_is_divided_anew():
    shown = source("One. Two.\n\nThree.", chunk_ids=[7, 8])
    other = PassageSentences("Four.", ((0, 5),), SECOND.vectors)

    for known in ({7: FIRST}, {7: FIRST, 8: other}, {8: SECOND}):
        (passage,) = shown_passages([shown], known)
        assert passage.sentence_vectors is None
        start, end = passage.sentence_bounds[0]
        assert passage.text[start:end].strip() == "One."
