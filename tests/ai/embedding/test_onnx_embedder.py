"""The ONNX encoder against worked cases and against sentence-transformers."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ai.embedding.embedder import PassageInput
from ai.embedding.onnx import WITHOUT_TELEMETRY, OnnxEmbedder
from tests.support.encoder import exported_encoder

INERTIA = "Inertia is the tendency of a body to keep its motion. Mass measures inertia."
INERTIA_BOUNDS = ((0, 53), (54, 76))


@pytest.fixture(scope="module")
def embedder() -> Iterator[OnnxEmbedder]:
    encoder = OnnxEmbedder(exported_encoder(), threads=1)
    yield encoder
    encoder.close()


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


async def test_query_vector_has_unit_length_and_the_stated_dimension(embedder):
    vector = await embedder.embed_query("What is inertia?")

    assert vector.shape == (embedder.dimension,) == (384,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-6)


async def test_a_question_is_nearer_to_its_answer_than_to_another_passage(embedder):
    question = await embedder.embed_query("What does inertia mean?")
    answer, other = embedder.encode_passages(
        [PassageInput(INERTIA), PassageInput("The loop ends when the condition is false.")]
    )

    assert cosine(question, answer.vector) > cosine(question, other.vector) + 0.3


async def test_question_gets_the_same_vector_alone_and_among_others(embedder):
    questions = [f"What is the meaning of number {n} " * (1 + n % 5) for n in range(40)]

    together = await asyncio.gather(*(embedder.embed_query(question) for question in questions))
    alone = [await embedder.embed_query(question) for question in questions]

    np.testing.assert_allclose(np.stack(together), np.stack(alone), atol=1e-5)


async def test_long_questions_at_once_get_the_vectors_they_get_alone(embedder):
    questions = [f"Question {number}: " + "mass and weight " * 100 for number in range(6)]

    together = await asyncio.gather(*map(embedder.embed_query, [*questions, "What is mass?"]))

    for question, vector in zip([*questions, "What is mass?"], together, strict=True):
        np.testing.assert_allclose(vector, await embedder.embed_query(question), atol=1e-5)


def test_passages_come_back_in_their_order_whatever_their_length(embedder):
    texts = ["short", INERTIA * 9, "", "a little longer than short"] * 5

    together = embedder.encode_passages([PassageInput(text) for text in texts])

    for text, encoded in zip(texts[:4], together[:4], strict=True):
        (alone,) = embedder.encode_passages([PassageInput(text)])
        np.testing.assert_allclose(encoded.vector, alone.vector, atol=1e-5)


def test_a_sentence_vector_is_the_mean_of_its_own_tokens(embedder):
    (whole,) = embedder.encode_passages(
        [PassageInput(INERTIA, sentence_bounds=((0, len(INERTIA)),))]
    )

    # One sentence that spans the text differs from the text only by the two marks of its ends.
    assert cosine(whole.sentence_vectors[0].astype(np.float32), whole.vector) > 0.9


async def test_the_nearest_sentence_is_the_one_that_answers(embedder):
    question = await embedder.embed_query("What does mass measure?")
    (passage,) = embedder.encode_passages([PassageInput(INERTIA, sentence_bounds=INERTIA_BOUNDS)])

    first, second = (cosine(question, row) for row in passage.sentence_vectors.astype(np.float32))

    assert second > first


def test_sentence_bounds_are_counted_after_the_prefix(embedder):
    prefix = "मापन: Units and inertia\n"
    (plain,) = embedder.encode_passages(
        [
            PassageInput(
                prefix + INERTIA,
                sentence_bounds=tuple(
                    (start + len(prefix), end + len(prefix)) for start, end in INERTIA_BOUNDS
                ),
            )
        ]
    )

    (prefixed,) = embedder.encode_passages(
        [PassageInput(prefix + INERTIA, len(prefix), INERTIA_BOUNDS)]
    )

    assert plain.sentence_vectors.any(axis=1).all()
    np.testing.assert_array_equal(prefixed.sentence_vectors, plain.sentence_vectors)


def test_a_sentence_past_the_limit_has_the_zero_vector(embedder):
    text = "word " * 400 + "Last sentence."
    (encoded,) = embedder.encode_passages(
        [PassageInput(text, sentence_bounds=((0, 10), (2000, 2014)))]
    )

    assert encoded.sentence_vectors[0].any()
    assert not encoded.sentence_vectors[1].any()


def test_a_passage_without_sentences_has_an_empty_matrix(embedder):
    (encoded,) = embedder.encode_passages([PassageInput("Text")])

    assert encoded.sentence_vectors.shape == (0, 384)
    assert embedder.encode_passages([]) == []


def test_text_past_the_limit_changes_nothing(embedder):
    limit = embedder.max_tokens
    fitting = "word " * (limit - 2)

    whole, longer = embedder.encode_passages(
        [PassageInput(fitting), PassageInput(fitting + "and more of it")]
    )

    assert embedder.count(fitting) == limit == 256
    assert embedder.count(fitting + "and more of it") == limit + 4
    np.testing.assert_allclose(longer.vector, whole.vector, atol=1e-5)


async def test_a_cancelled_question_does_not_harm_its_neighbours(embedder):
    first = asyncio.ensure_future(embedder.embed_query("first"))
    cancelled = asyncio.ensure_future(embedder.embed_query("cancelled"))
    last = asyncio.ensure_future(embedder.embed_query("last"))
    await asyncio.sleep(0)

    cancelled.cancel()

    assert (await first).shape == (await last).shape == (384,)
    with pytest.raises(asyncio.CancelledError):
        await cancelled


def test_export_agrees_with_sentence_transformers_on_vectors_and_sentences():
    """In a process of its own: torch would stay in this one."""
    program = """
import sys
import numpy as np
from ai.embedding.embedder import PassageInput
from ai.embedding.onnx import WITHOUT_TELEMETRY, OnnxEmbedder
from ai.embedding.onnx_files import read_exported
from ai.embedding.sentence_transformer import SentenceTransformerEmbedder
from pathlib import Path
passages = [
    PassageInput("Title\\n" + "Force is mass times acceleration. It is a vector. " * n, 6,
                 ((0, 33), (34, 49)))
    for n in (1, 3, 30)
]
source = SentenceTransformerEmbedder().encode_passages(passages)
export = OnnxEmbedder(read_exported(Path(sys.argv[1])))
for expected, actual in zip(source, export.encode_passages(passages), strict=True):
    pairs = [(expected.vector, actual.vector),
             *zip(expected.sentence_vectors.astype(float), actual.sentence_vectors.astype(float))]
    print(*(a @ b / np.linalg.norm(a) / np.linalg.norm(b) for a, b in pairs))
export.close()
"""
    command = [sys.executable, "-c", program, str(exported_encoder().folder)]

    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)

    similarities = [list(map(float, line.split())) for line in output.stdout.splitlines()]
    assert [len(line) for line in similarities] == [3, 3, 3]
    assert min(map(min, similarities)) > 0.998


def test_serving_encoder_does_not_import_torch():
    program = (
        "import sys; from pathlib import Path; from ai.embedding.onnx import OnnxEmbedder;"
        "from ai.embedding.onnx_export import ensure_exported;"
        "OnnxEmbedder(ensure_exported(Path(sys.argv[1]))).close();"
        "print(*sorted(name for name in sys.modules if re.match('torch|transformers', name)))"
    ).replace("import sys;", "import re, sys;")
    command = [sys.executable, "-c", program, str(exported_encoder().folder)]

    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)

    assert not re.search(r"\w", output.stdout)


def test_encoder_tells_its_makers_nothing(tmp_path: Path):
    program = (
        "import sys; from pathlib import Path; from ai.embedding.onnx import OnnxEmbedder;"
        "from ai.embedding.onnx_files import read_exported;"
        "OnnxEmbedder(read_exported(Path(sys.argv[1]))).close()"
    )
    command = [sys.executable, "-c", program, str(exported_encoder().folder)]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop(WITHOUT_TELEMETRY, None)

    subprocess.run(command, check=True, env=environment, timeout=60)

    assert list(tmp_path.iterdir()) == []  # what waits to be sent would be kept there


def test_texts_counted_word_by_word_have_as_many_pieces_as_when_read_whole(embedder):
    texts = [
        "",
        " two  words\n",
        "F=ma, 3.14 µm; naïve café",
        "ऊर्जा संरक्षण",
        "日本語 text",
        "un-\tbelievable",
    ]

    for text in texts:
        [whole] = embedder._tokenizer.tokenize([text])
        assert embedder.count(text) == len(whole.ids)
