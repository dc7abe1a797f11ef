"""What every embedder gives: the built-in one and a remote one are held to the same."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from ai.embedding.embedder import Embedder, PassageInput
from ai.embedding.onnx import OnnxEmbedder
from tests.support.embedders import remote_embedder
from tests.support.encoder import exported_encoder
from tests.support.remote_services import remote_services

INERTIA = "Inertia is the tendency of a body to keep its motion. Mass measures inertia."
BOUNDS = ((0, 53), (54, 76))


@pytest.fixture(scope="module", params=["built in", "remote"])
def embedder(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    if request.param == "built in":
        with closing(OnnxEmbedder(exported_encoder(), threads=1)) as encoder:
            yield encoder
    else:
        with remote_services() as remote, remote_embedder(remote) as encoder:
            yield encoder


def unit(vector: np.ndarray) -> np.ndarray:
    return vector.astype(np.float32) / np.linalg.norm(vector.astype(np.float32))


async def test_a_question_has_a_vector_of_length_one(embedder: Embedder) -> None:
    vector = await embedder.embed_query("What is inertia?")

    assert (vector.shape, vector.dtype) == ((embedder.dimension,), np.float32)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-6)


async def test_a_question_gets_the_same_vector_alone_and_among_others(embedder: Embedder) -> None:
    questions = [f"What is the meaning of number {n} " * (1 + n % 5) for n in range(40)]

    together = await asyncio.gather(*map(embedder.embed_query, questions))
    alone = [await embedder.embed_query(question) for question in questions]

    np.testing.assert_allclose(np.stack(together), np.stack(alone), atol=1e-5)


async def test_a_question_is_nearer_to_what_answers_it(embedder: Embedder) -> None:
    question = await embedder.embed_query("What does mass measure, inertia or motion?")
    answer, other = embedder.encode_passages(
        [PassageInput(INERTIA), PassageInput("The loop ends when a condition becomes false.")]
    )

    assert question @ answer.vector > question @ other.vector + 0.2


def test_passages_come_back_in_their_order_whatever_their_length(embedder: Embedder) -> None:
    texts = [f"Sentence {n} is about number {n}. " * (1 + n * 7 % 11) for n in range(40)]

    together = embedder.encode_passages([PassageInput(text) for text in texts])

    for text, encoded in zip(texts, together, strict=True):
        [alone] = embedder.encode_passages([PassageInput(text)])
        np.testing.assert_allclose(encoded.vector, alone.vector, atol=1e-5)


def test_sentences_are_those_of_the_passage_after_its_prefix(embedder: Embedder) -> None:
    prefix = "Physics > Laws of motion\n\n"
    [encoded] = embedder.encode_passages([PassageInput(prefix + INERTIA, len(prefix), BOUNDS)])
    alone = embedder.encode_passages([PassageInput(INERTIA[a:b]) for a, b in BOUNDS])

    assert encoded.sentence_vectors.shape == (2, embedder.dimension)
    assert encoded.sentence_vectors.dtype == np.int8
    assert np.abs(encoded.sentence_vectors).max(axis=1).tolist() == [127, 127]
    likeness = [
        [unit(sentence) @ one.vector for one in alone] for sentence in encoded.sentence_vectors
    ]
    assert np.argmax(likeness, axis=1).tolist() == [0, 1]


def test_no_passage_no_sentence_and_no_text_are_fine(embedder: Embedder) -> None:
    [bare] = embedder.encode_passages([PassageInput("Text")])
    [blank] = embedder.encode_passages([PassageInput("")])

    assert embedder.encode_passages([]) == []
    assert bare.sentence_vectors.shape == (0, embedder.dimension)
    assert np.linalg.norm(blank.vector) == pytest.approx(1.0, abs=1e-6)


async def test_an_empty_question_has_a_vector(embedder: Embedder) -> None:
    assert np.isfinite(await embedder.embed_query("")).all()


async def test_text_past_the_limit_changes_nothing(embedder: Embedder) -> None:
    fitting = "mass " * (embedder.max_tokens - 2)
    whole, longer = embedder.encode_passages(
        [PassageInput(fitting), PassageInput(fitting + "a quite different end")]
    )

    assert embedder.count(fitting) == embedder.max_tokens
    np.testing.assert_allclose(whole.vector, longer.vector, atol=1e-5)
    question = await embedder.embed_query(fitting + "another end")
    np.testing.assert_allclose(question, await embedder.embed_query(fitting), atol=1e-5)


async def test_a_cancelled_question_does_not_harm_its_neighbours(embedder: Embedder) -> None:
    first, cancelled, last = [
        asyncio.ensure_future(embedder.embed_query(text)) for text in ("first", "cancelled", "last")
    ]
    await asyncio.sleep(0)
    cancelled.cancel()

    assert (await first).shape == (await last).shape == (embedder.dimension,)
