"""Whether a course holds the answer: asked of questions that it answers and of those it does not.

`--corpus PASSAGES[:QUESTIONS]` names a corpus (a JSON Lines file, or a folder of Markdown) and
questions that it answers, as often as wanted; without any, the question set of
`BENCHMARK_PASSAGES` and the demo course. Each corpus' questions are asked of it and of every other
one (crossed), of it without the document that answers (and without every other one of its title
that holds the words of the answer), and without all documents of that title. Weights are judged
by 5-fold cross-validation, all questions of a title in one fold.
"""

import argparse
import asyncio
import itertools
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ai.answering.answerability import (
    ANSWERABLE,
    BY_MEANING,
    BY_WORDS,
    FEATURES,
    answerability,
    gather_evidence,
)
from ai.chat.passage import Passage
from ai.embedding.embedder import Float32Array
from ai.embedding.onnx import OnnxEmbedder
from ai.retrieval.scoring import BM25_B, BM25_K1, TUNED_WEIGHTS, best_sentence_cosines
from ai.retrieval.terms import analyse
from benchmarks.logistic_regression import (
    Floats,
    Labels,
    balanced,
    brier,
    fitted_by_sign,
    interval,
    out_of_fold,
    roc_auc,
)
from benchmarks.material import DEMO_QUESTIONS, material
from benchmarks.report import write_report
from ingestion.document import ParsedDocument
from ingestion.errors import NoTextError
from ingestion.reading import read_documents
from services.ingestion.passages import passages_of
from tests.support.encoder import exported_encoder

QUESTIONS = 500
LONGEST_QUESTION = 160
PASSAGES = 8
PROMISED_AUC = 0.95
SIGNS = [-1 if name == "unknown_names" else 1 for name in FEATURES]

Kind = Literal["answered", "crossed", "without_document", "without_title"]


class Asked(NamedTuple):
    """A question with its vector, the document that answers it, and the words of the answer."""

    text: str
    vector: Float32Array
    document: str
    answers: tuple[str, ...]


class Corpus:
    """Passages to be searched in memory, as the product ranks them.

    Attributes:
        name: Of the corpus.
        questions: Those it answers.
    """

    def __init__(self, path: Path, name: str, embedder: OnnxEmbedder) -> None:
        self.name = name
        self.questions: list[Asked] = []
        self.passages: list[Passage] = []
        self.documents: list[str] = []
        self.titles: dict[str, str] = {}  # by document; numbered where a file has several
        terms: list[dict[str, int]] = []
        inputs = []
        files = [path] if path.is_file() else sorted(path.rglob("*.md"))
        for document in itertools.chain.from_iterable(map(_documents, files)):
            self.titles[document.key] = document.title
            for one in passages_of(document, embedder, language="en"):
                inputs.append(one.encoder_input)
                terms.append(dict(one.term_frequencies))
                self.documents.append(document.key)
                self.passages.append(
                    Passage(
                        n=len(self.passages) + 1,
                        text=one.chunk.text,
                        title=document.title,
                        heading=one.chunk.locator.heading,
                        sentence_bounds=one.chunk.sentence_bounds,
                        sentence_vectors=None,
                        score=0.0,
                    )
                )
        vectors = embedder.encode_passages(inputs)
        self._dense = np.stack([each.vector for each in vectors])
        self._sentences = [each.sentence_vectors for each in vectors]
        self._lengths = np.array([sum(each.values()) for each in terms], dtype=float)
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, each in enumerate(terms):
            for term, frequency in each.items():
                self._postings[term].append((place, frequency))

    def without(self, asked: Asked, *, whole_title: bool) -> NDArray[np.bool_]:
        """`(n,)` which passages are left: none that answers."""
        title = self.titles.get(asked.document, "")
        same_title = np.array([self.titles[key] == title for key in self.documents])
        if whole_title:
            return ~same_title
        own = np.array([key == asked.document for key in self.documents])
        telling = [answer.casefold() for answer in asked.answers if len(answer) >= 3]
        holds = [
            any(answer in passage.text.casefold() for answer in telling)
            for passage in self.passages
        ]
        return ~(own | (same_title & np.array(holds)))

    def search(self, asked: Asked, left: NDArray[np.bool_] | None = None) -> list[Passage]:
        """The best passages for a question, best first."""
        dense = self._dense @ asked.vector
        sentence = best_sentence_cosines(asked.vector, self._sentences)
        fused = (
            TUNED_WEIGHTS.dense * dense
            + TUNED_WEIGHTS.lexical * self._lexical(asked.text)
            + TUNED_WEIGHTS.sentence * sentence
        )
        if left is not None:
            fused = np.where(left, fused, -np.inf)
        best = np.argsort(-fused, kind="stable")[:PASSAGES].tolist()
        return [self._found(n, float(fused[n])) for n in best if fused[n] > -np.inf]

    def _found(self, place: int, score: float) -> Passage:
        passage = self.passages[place]
        return Passage(
            passage.n,
            passage.text,
            passage.title,
            passage.heading,
            passage.sentence_bounds,
            self._sentences[place],
            score,
        )

    def _lexical(self, question: str) -> Floats:
        scores = np.zeros(len(self._lengths))
        norms = BM25_K1 * (1 - BM25_B + BM25_B * self._lengths / self._lengths.mean())
        total = 0.0
        for term in dict.fromkeys(analyse(question)):
            if term in self._postings:
                where, frequencies = np.array(self._postings[term]).T
                count = len(where)
                rarity = math.log(1 + (len(norms) - count + 0.5) / (count + 0.5))
                scores[where] += rarity * frequencies / (frequencies + norms[where])
                total += rarity
        return scores / (total or 1.0)


@dataclass(frozen=True, slots=True)
class Case:
    """A question asked of a corpus, and what was found."""

    kind: Kind
    of: str
    asked_in: str
    group: str
    features: tuple[float, ...]
    by_words: tuple[float, ...]
    in_use: float


def cases_of(corpora: Sequence[Corpus]) -> Iterator[Case]:
    """Every question of every corpus, asked of each."""
    for corpus in corpora:
        for asked in corpus.questions:
            for other in corpora:
                kind: Kind = "answered" if other is corpus else "crossed"
                yield _case(kind, corpus, other, asked, other.search(asked))
            if len(set(corpus.titles.values())) > 1:
                for kind, whole_title in (("without_document", False), ("without_title", True)):
                    left = corpus.without(asked, whole_title=whole_title)
                    yield _case(kind, corpus, corpus, asked, corpus.search(asked, left))


def _case(
    kind: Kind, corpus: Corpus, other: Corpus, asked: Asked, found: Sequence[Passage]
) -> Case:
    return Case(
        kind=kind,
        of=corpus.name,
        asked_in=other.name,
        group=f"{corpus.name}/{corpus.titles.get(asked.document, '')}",
        features=astuple(gather_evidence(asked.text, asked.vector, found)),
        by_words=astuple(gather_evidence(asked.text, None, found)),
        in_use=answerability(asked.text, asked.vector, found),
    )


def read_questions(path: Path, titles: dict[str, str], count: int) -> list[dict[str, Any]]:
    """Questions in words that the corpus answers, evenly over the file, `count` at most.

    Left out are those that need a figure, are calculated, or are longer than a learner types.
    """
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
    kept = [
        row
        for row in rows
        if not row.get("needs_figure")
        and row.get("type") not in ("problems-exercises", "check-understanding")
        and len(row["question"]) <= LONGEST_QUESTION
        and row["doc_id"] in titles
    ]
    step = max(1, len(kept) // count)
    return kept[::step][:count]


def read_corpora(named: Sequence[str], count: int, embedder: OnnxEmbedder) -> list[Corpus]:
    """The corpora of the arguments; else the question set and the demo course."""
    corpora = []
    for name in named:
        passages, _, questions = name.partition(":")
        corpora.append(_corpus(Path(passages), questions, count, embedder))
    if not corpora:
        with material() as given:
            questions = str(given.questions_file or "")
            corpora.append(_corpus(given.passages_file, questions, count, embedder))
            if not given.questions_file:
                return corpora
        demo = Corpus(Path(__file__).parents[1] / "demo" / "course", "demo", embedder)
        demo.questions = _asked([{"question": text} for text in DEMO_QUESTIONS], embedder)
        corpora.append(demo)
    return corpora


def _documents(file: Path) -> list[ParsedDocument]:
    """The documents of a file; none of a page that only links to others."""
    try:
        return list(read_documents(file, key=str(file)))
    except NoTextError:
        return []


def _corpus(passages: Path, questions: str, count: int, embedder: OnnxEmbedder) -> Corpus:
    name = passages.parent.name if passages.is_file() else passages.name
    corpus = Corpus(passages, name, embedder)
    if questions:
        rows = read_questions(Path(questions), corpus.titles, count)
        corpus.questions = _asked(rows, embedder)
    return corpus


def _asked(rows: Sequence[dict[str, Any]], embedder: OnnxEmbedder) -> list[Asked]:
    async def embedded() -> list[Float32Array]:
        return await asyncio.gather(*(embedder.embed_query(row["question"]) for row in rows))

    return [
        Asked(row["question"], vector, row.get("doc_id", ""), tuple(row.get("answers", ())))
        for row, vector in zip(rows, asyncio.run(embedded()), strict=True)
    ]


def figures_of(scores: Floats, cases: Sequence[Case]) -> dict[str, Any]:
    """ROC-AUC of the answered against each kind of unanswered, and what the threshold does."""
    labels = np.array([case.kind == "answered" for case in cases])
    groups = np.unique([case.group for case in cases], return_inverse=True)[1]
    kinds = ("crossed", "without_title", "without_document")
    figures: dict[str, Any] = {
        "answered_and_refused_percent": _percent(scores[labels] < ANSWERABLE)
    }
    for kind in kinds:
        chosen = np.array([case.kind in ("answered", kind) for case in cases])
        if (chosen & ~labels).any():
            figures[kind] = _against(scores, labels, groups, chosen)
    for of, asked_in in sorted({(c.of, c.asked_in) for c in cases if c.kind == "crossed"}):
        chosen = np.array(
            [
                (c.of, c.asked_in) == (of, asked_in) if c.kind == "crossed" else c.of == of
                for c in cases
            ]
        )
        chosen &= np.array([case.kind in ("answered", "crossed") for case in cases])
        figures[f"{of} asked of {asked_in}"] = _against(scores, labels, groups, chosen)
    return figures


def _against(
    scores: Floats, labels: Labels, groups: NDArray[np.intp], chosen: Labels
) -> dict[str, Any]:
    theirs, ours = scores[chosen & ~labels], scores[chosen]
    return {
        "questions": len(theirs),
        "roc_auc": round(roc_auc(ours, labels[chosen]), 4),
        "interval_95": interval(roc_auc, ours, labels[chosen], groups[chosen]),
        "brier": round(brier(ours, labels[chosen]), 4),
        "answered_percent": _percent(theirs >= ANSWERABLE),
    }


def _percent(flags: Labels) -> float:
    return round(100 * float(flags.mean()), 1) if len(flags) else 0.0


def fitted_weights(features: Floats, labels: Labels, importance: Floats) -> dict[str, float]:
    """What the fit on everything gives, to be written into `ai.answering.answerability`."""
    fit = fitted_by_sign(features, labels, importance, SIGNS)
    names = zip(FEATURES, fit.weights.tolist(), strict=True)
    return {"intercept": round(fit.intercept, 2), **{name: round(w, 2) for name, w in names}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", action="append", default=[])
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    options = parser.parse_args(arguments)
    embedder = OnnxEmbedder(exported_encoder(), threads=2)
    corpora = read_corpora(options.corpus, options.questions, embedder)
    cases = list(cases_of(corpora))
    embedder.close()
    labels = np.array([case.kind == "answered" for case in cases])
    groups = np.unique([case.group for case in cases], return_inverse=True)[1]
    by_meaning = np.array([case.features for case in cases])
    by_words = np.array([case.by_words for case in cases])
    # What is left of a title may answer after all, so nothing is fitted on that.
    is_certain = np.array([case.kind != "without_document" for case in cases])
    importance = np.zeros(len(cases))
    importance[is_certain] = balanced(labels[is_certain])
    left_out = figures_of(out_of_fold(by_meaning, labels, groups, SIGNS, importance), cases)
    words_left_out = out_of_fold(by_words, labels, groups, SIGNS, importance)
    figures: dict[str, Any] = {
        "corpora": {
            c.name: {"passages": len(c.passages), "questions": len(c.questions)} for c in corpora
        },
        "left_out": left_out,
        "left_out_by_words": figures_of(words_left_out, cases),
        "in_use": figures_of(np.array([case.in_use for case in cases]), cases),
        "fitted_by_meaning": fitted_weights(by_meaning, labels, importance),
        "fitted_by_words": fitted_weights(by_words, labels, importance),
        "weights_in_use": {"by_meaning": astuple(BY_MEANING), "by_words": astuple(BY_WORDS)},
    }
    promise = f"ROC-AUC of questions left out, against crossed ones, at least {PROMISED_AUC}"
    crossed = left_out.get("crossed", {"roc_auc": 0.0})
    kept = write_report("answerability", figures, {promise: crossed["roc_auc"] >= PROMISED_AUC})
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
