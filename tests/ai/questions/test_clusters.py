"""Questions are gathered by what they ask about, one pass, in any order."""

import itertools

import numpy as np
import pytest

from ai.embedding.onnx import OnnxEmbedder
from ai.questions.clusters import Cluster, gather

SUBJECTS = (
    ("What is inertia?", "Can you explain inertia?", "Define inertia", "what does inertia mean"),
    (
        "What is Newton's second law?",
        "Explain the second law of Newton",
        "State Newton's 2nd law",
        "What does F = ma mean?",
    ),
    (
        "Why does a heavier pendulum not swing faster?",
        "Does the mass of a pendulum change its period?",
        "Why is the period of a pendulum independent of mass?",
        "does weight affect how fast a pendulum swings",
    ),
    (
        "What is kinetic energy?",
        "Define kinetic energy",
        "How do you calculate kinetic energy?",
        "formula for kinetic energy",
    ),
    (
        "What is potential energy?",
        "Explain gravitational potential energy",
        "how is potential energy calculated?",
    ),
    (
        "What is the difference between mass and weight?",
        "How do mass and weight differ?",
        "mass vs weight",
        "Is weight the same as mass?",
    ),
    (
        "How long does a ball take to fall from 20 m?",
        "How many seconds to fall 20 metres?",
        "time of fall from 20 meters",
    ),
    ("What is momentum?", "Define momentum", "What does momentum mean in physics?"),
    (
        "Is momentum conserved in collisions?",
        "When is momentum conserved?",
        "Explain conservation of momentum",
    ),
    ("What is an algorithm?", "Define algorithm", "explain what an algorithm is"),
    ("What is a variable in Java?", "What are variables?", "Explain variables in programming"),
    ("What is a for loop?", "How does a for loop work?", "explain for loops"),
    ("What is a while loop?", "how do while loops work"),
    ("What is a compiler?", "What does a compiler do?"),
    (
        "What is photosynthesis?",
        "How do plants make food from light?",
        "Explain photosynthesis",
    ),
)


def test_questions_join_the_nearest_cluster_and_move_its_middle() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [-1, 0]], dtype=np.float32)
    clusters: list[Cluster] = []

    places = gather(vectors, clusters)

    assert places == [0, 0, 1]
    assert [cluster.question_count for cluster in clusters] == [2, 1]
    middle = np.array([0.9, 0.3]) / np.hypot(0.9, 0.3)
    np.testing.assert_allclose(clusters[0].centroid, middle, atol=1e-6)


def test_gathering_in_parts_is_the_same_as_at_once() -> None:
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(60, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    at_once: list[Cluster] = []
    in_parts: list[Cluster] = []

    whole = gather(vectors, at_once)
    parts = [*gather(vectors[:25], in_parts), *gather(vectors[25:], in_parts)]

    assert whole == parts
    assert len(at_once) == len(in_parts) < 60


async def test_wordings_of_one_question_come_together(session_encoder: OnnxEmbedder) -> None:
    asked = [(subject, text) for subject, texts in enumerate(SUBJECTS) for text in texts]
    vectors = np.stack([await session_encoder.embed_query(text) for _, text in asked])
    together = right = wanted = 0

    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(asked))
        places = gather(vectors[order], [])
        for one, other in itertools.combinations(range(len(order)), 2):
            is_same = asked[order[one]][0] == asked[order[other]][0]
            is_together = places[one] == places[other]
            together, wanted = together + is_together, wanted + is_same
            right += is_same and is_together

    assert right / together == pytest.approx(0.91, abs=0.03)
    assert right / wanted == pytest.approx(0.82, abs=0.03)
