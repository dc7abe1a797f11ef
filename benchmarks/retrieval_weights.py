"""Where the constants of `ai/retrieval/scoring.py` come from: a search over a question set.

`python -m benchmarks.retrieval_weights PASSAGES QUESTIONS` reads passages as `{"doc_id", "title",
"text"}` lines and questions as `{"question", "doc_id"}` lines, chunks and encodes as the product
does, and ranks the union of both arms' best in memory. It prints each part alone, the constants in
use, and what 5-fold cross-validation would choose.
"""

import argparse
import asyncio
import itertools
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ai.embedding.embedder import Float32Array
from ai.embedding.onnx import OnnxEmbedder
from ai.embedding.onnx_export import ensure_exported
from ai.retrieval.scoring import (
    BM25_B,
    BM25_K1,
    TUNED_WEIGHTS,
    FusionWeights,
    best_sentence_cosines,
)
from ai.retrieval.terms import analyse
from ingestion.reading import read_documents
from services.ingestion.passages import Passage, passages_of

FOLDS = 5
PER_ARM = 50
STEP = 0.05
SATURATIONS = (0.6, 0.75, 0.9, 1.2)
LENGTH_NORMALISATIONS = (0.75, 0.9)

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Chunks and questions with all that ranking needs.

    Attributes:
        passages: of all documents.
        documents: `(n_passages,)` the document of each, as a number.
        gold: `(n_questions,)` the document that answers.
        question_terms: of each question, once each.
        dense: `(n_questions, n_passages)` cosines.
        sentence: `(n_questions, n_passages)` cosines of the best sentence.
    """

    passages: list[Passage]
    documents: NDArray[np.intp]
    gold: NDArray[np.intp]
    question_terms: list[list[str]]
    dense: Matrix
    sentence: Matrix


class Choice(NamedTuple):
    """One point of the search."""

    k1: float
    b: float
    weights: FusionWeights


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; exit status 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--encoder", type=Path, help="folder of an exported encoder")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as scratch:
        embedder = OnnxEmbedder(ensure_exported(given.encoder or Path(scratch) / "encoder"))
        asked = read_question_set(given.passages, given.questions, embedder)
        embedder.close()
    print(f"{len(asked.passages)} passages, {len(asked.gold)} questions")
    lexical = attainable_bm25(asked, BM25_K1, BM25_B)
    everywhere = np.ones_like(lexical, dtype=bool)
    _print("dense alone", document_ranks(asked, asked.dense, everywhere))
    _print("BM25 alone", document_ranks(asked, lexical, everywhere))
    _print("best sentence alone", document_ranks(asked, asked.sentence, everywhere))
    found = candidates(asked, lexical)
    _print("constants in use", fused_ranks(asked, lexical, found, TUNED_WEIGHTS))
    grid = dict(_search(asked))
    two_arms = {choice: ranks for choice, ranks in grid.items() if not choice.weights.sentence}
    _print_cross_validated("dense and BM25", two_arms)
    _print_cross_validated("with best sentence", grid)
    return 0


def read_question_set(passages: Path, questions: Path, embedder: OnnxEmbedder) -> QuestionSet:
    """Chunks, encodes and scores; a matter of a minute for a thousand passages."""
    documents = list(read_documents(passages, key=passages.name))
    cut = [passages_of(document, embedder, language="en") for document in documents]
    rows = [orjson.loads(line) for line in questions.read_bytes().splitlines()]
    rows = [row for row in rows if not row.get("needs_figure")]
    numbers = {document.key: number for number, document in enumerate(documents)}
    flat = list(itertools.chain.from_iterable(cut))
    vectors = embedder.encode_passages([passage.encoder_input for passage in flat])
    asked = asyncio.run(_query_vectors([row["question"] for row in rows], embedder))
    sentences = [one.sentence_vectors for one in vectors]
    return QuestionSet(
        passages=flat,
        documents=np.repeat(np.arange(len(cut)), [len(of_one) for of_one in cut]),
        gold=np.array([numbers[row["doc_id"]] for row in rows]),
        question_terms=[list(dict.fromkeys(analyse(row["question"]))) for row in rows],
        dense=(np.stack(asked) @ np.stack([one.vector for one in vectors]).T).astype(np.float64),
        sentence=np.stack([best_sentence_cosines(one, sentences) for one in asked]).astype(float),
    )


async def _query_vectors(questions: list[str], embedder: OnnxEmbedder) -> list[Float32Array]:
    return await asyncio.gather(*(embedder.embed_query(question) for question in questions))


def attainable_bm25(asked: QuestionSet, k1: float, b: float) -> Matrix:
    """BM25 as the database computes it: a share of what the question could attain."""
    lengths = np.array([sum(p.term_frequencies.values()) for p in asked.passages], dtype=float)
    norms = k1 * (1 - b + b * lengths / lengths.mean())
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, passage in enumerate(asked.passages):
        for term, frequency in passage.term_frequencies.items():
            postings[term].append((number, frequency))
    scores = np.zeros((len(asked.gold), len(lengths)))
    for question, terms in enumerate(asked.question_terms):
        total = 0.0
        for found in (postings[term] for term in terms if term in postings):
            where, frequencies = np.array(found).T
            rarity = math.log(1 + (len(lengths) - len(found) + 0.5) / (len(found) + 0.5))
            scores[question, where] += rarity * frequencies / (frequencies + norms[where])
            total += rarity
        scores[question] /= total or 1.0
    return scores


def candidates(asked: QuestionSet, lexical: Matrix) -> NDArray[np.bool_]:
    """The union of each arm's best, as the database hands it over."""
    found = np.zeros(lexical.shape, dtype=bool)
    for arm in (asked.dense, lexical):
        best = np.argsort(-arm, axis=1, kind="stable")[:, :PER_ARM]
        np.put_along_axis(found, best, values=True, axis=1)
    return found


def document_ranks(
    asked: QuestionSet, scores: Matrix, found: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """`(n_questions,)` the rank of the document that answers, from 0; infinite if not found."""
    starts = np.searchsorted(asked.documents, np.arange(asked.documents[-1] + 1))
    best = np.maximum.reduceat(np.where(found, scores, -np.inf), starts, axis=1)
    gold = best[np.arange(len(asked.gold)), asked.gold]
    return np.where(np.isfinite(gold), (best > gold[:, np.newaxis]).sum(axis=1), np.inf)


def fused_ranks(
    asked: QuestionSet, lexical: Matrix, found: NDArray[np.bool_], weights: FusionWeights
) -> Matrix:
    """`(n_questions,)` ranks of the answers by the weighted sum of the three parts."""
    fused = weights.dense * asked.dense + weights.lexical * lexical
    return document_ranks(asked, fused + weights.sentence * asked.sentence, found)


def _search(asked: QuestionSet) -> Iterator[tuple[Choice, Matrix]]:
    steps = round(1 / STEP)
    for k1, b in itertools.product(SATURATIONS, LENGTH_NORMALISATIONS):
        lexical = attainable_bm25(asked, k1, b)
        found = candidates(asked, lexical)
        for dense, words in itertools.product(range(steps), range(1, steps)):
            if dense + words <= steps:
                sentence = (steps - dense - words) * STEP
                weights = FusionWeights(dense * STEP, words * STEP, sentence)
                yield Choice(k1, b, weights), fused_ranks(asked, lexical, found, weights)


def _print_cross_validated(name: str, grid: dict[Choice, Matrix]) -> None:
    """What the best choice on four fifths of the questions makes of the fifth, for each fifth."""
    gains = {choice: ndcg_gains(ranks) for choice, ranks in grid.items()}
    questions = len(next(iter(gains.values())))
    fold_of = np.random.default_rng(0).permutation(questions) % FOLDS
    left_out = np.zeros(questions)
    for fold in range(FOLDS):
        tested = fold_of == fold
        chosen = max(gains, key=lambda choice: float(gains[choice][~tested].mean()))
        left_out[tested] = grid[chosen][tested]
        _print(f"  {name}, fold {fold + 1}", grid[chosen][tested], str(chosen))
    _print(f"{name}, all folds", left_out)


def ndcg_gains(ranks: Matrix) -> Matrix:
    """nDCG@10 of each question, with one relevant document each."""
    return np.where(ranks < 10, 1 / np.log2(ranks + 2), 0.0)


def _print(name: str, ranks: Matrix, note: str = "") -> None:
    recall = (ranks < 5).mean()
    print(f"{name:36} nDCG@10 {ndcg_gains(ranks).mean():.4f}  recall@5 {recall:.4f}  {note}")


if __name__ == "__main__":
    sys.exit(main())
