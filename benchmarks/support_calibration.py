"""Support of a sentence by its source: how well it tells what a source says from what it does not.

Sentences of the material are put in other words, which their passage still bears out, and changed
in one thing, which it does not (`benchmarks.claim_variants`). Weights are judged by 5-fold
cross-validation, with all sentences of a document in one fold. The pairs written by hand in
`benchmarks/data/support_pairs.jsonl`, in English and Hindi, are judged alike, each passage in one
fold. No supported sentence is a copy.
"""

import argparse
import asyncio
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import orjson
from numpy.typing import NDArray

from ai.answering.answer_sentences import answer_sentences
from ai.answering.citations import SUPPORTED
from ai.answering.prose import is_complete, is_statement, leans_on_predecessor
from ai.answering.quotes import QuotableSource
from ai.answering.support import BY_MEANING, BY_WORDS, FEATURES
from ai.chat.passage import Passage
from ai.embedding.embedder import Embedder, PassageInput
from ai.embedding.onnx import OnnxEmbedder
from benchmarks.claim_variants import Surroundings, paraphrases, perturbations
from benchmarks.logistic_regression import (
    Floats,
    Labels,
    balanced,
    brier,
    fitted_by_sign,
    interval,
    out_of_fold,
    reliability,
    roc_auc,
)
from benchmarks.material import material
from benchmarks.report import write_report
from ingestion.reading import read_documents
from services.ingestion.passages import passages_of
from tests.support.encoder import exported_encoder

PAIRS = Path(__file__).parent / "data" / "support_pairs.jsonl"
SENTENCES = 700
PROMISED_AUC = 0.95

Origin = Literal["made", "en", "hi"]
ORIGINS: tuple[Origin, ...] = ("made", "en", "hi")
SWAPPED = ("number", "name", "negation", "unrelated")
"""What the promise is about; the other kinds are told beside it."""
COSINE = FEATURES.index("cosine")
SIGNS = [1 if name in ("coverage", "cosine") else -1 for name in FEATURES]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer with the passage it cites.

    Attributes:
        group: What must not be divided between folds.
        source: Number of the passage.
        kind: `paraphrase`, or what was changed.
        of_paraphrase: Whether the changed sentence was a paraphrase before.
        origin: `made` by rule, or the language of a pair written by hand.
    """

    text: str
    group: int
    source: int
    kind: str
    of_paraphrase: bool = False
    origin: Origin = "made"

    @property
    def is_supported(self) -> bool:
        """Whether its passage bears it out."""
        return self.kind == "paraphrase"


@dataclass(frozen=True, slots=True)
class Judged:
    """Claims with what speaks for and against them.

    Attributes:
        by_meaning: `(n, n_features)` with cosines.
        by_words: The same without.
        in_use: `(n,)` support as the product reckons it, with cosines.
        in_use_words: The same without.
    """

    claims: Sequence[Claim]
    labels: Labels
    groups: NDArray[np.intp]
    by_meaning: Floats
    by_words: Floats
    in_use: Floats
    in_use_words: Floats

    def only(self, chosen: Labels) -> "Judged":
        """A part of the claims."""
        return Judged(
            [claim for claim, is_chosen in zip(self.claims, chosen, strict=True) if is_chosen],
            self.labels[chosen],
            self.groups[chosen],
            self.by_meaning[chosen],
            self.by_words[chosen],
            self.in_use[chosen],
            self.in_use_words[chosen],
        )

    def of(self, *origins: Origin) -> Labels:
        """`(n,)` which claims are of these origins."""
        return np.array([claim.origin in origins for claim in self.claims])


def material_passages(embedder: OnnxEmbedder) -> tuple[list[Passage], list[int]]:
    """The passages of the material, as the product cuts and encodes them, and their documents.

    Passages of one title are one document.
    """
    cut: list[tuple[str, Any]] = []
    with material() as given:
        for document in read_documents(given.passages_file, key=given.passages_file.name):
            cut += [(document.title, one) for one in passages_of(document, embedder, language="en")]
    vectors = embedder.encode_passages([one.encoder_input for _, one in cut])
    titles = {title: number for number, title in enumerate(dict.fromkeys(t for t, _ in cut))}
    passages = [
        Passage(
            n=1,
            text=one.chunk.text,
            title=title,
            heading=one.chunk.locator.heading,
            sentence_bounds=one.chunk.sentence_bounds,
            sentence_vectors=encoded.sentence_vectors,
            score=1.0,
        )
        for (title, one), encoded in zip(cut, vectors, strict=True)
    ]
    return passages, [titles[title] for title, _ in cut]


def generated_claims(
    passages: Sequence[Passage], documents: Sequence[int], count: int
) -> Iterator[Claim]:
    """Paraphrases and perturbations, of themselves and of what they are made of."""
    dice = random.Random(7)
    sayable = [list(_sayable(passage)) for passage in passages]
    places = [(place, index) for place, found in enumerate(sayable) for index in range(len(found))]
    for place, index in dice.sample(places, min(count, len(places))):
        passage, group = passages[place], documents[place]
        sentence = sayable[place][index]
        others = dice.sample(range(len(passages)), min(40, len(passages)))
        where = Surroundings(
            passage=passage.text,
            following=_following(passage, sentence),
            elsewhere=[
                text
                for n, found in enumerate(sayable)
                if documents[n] == group and n != place
                for text in found
            ],
            far=[text for n in others if documents[n] != group for text in sayable[n]],
        )
        said = list(paraphrases(sentence, where, dice))
        for claim in said:
            yield Claim(claim, group, place, "paraphrase")
        for claim in (sentence, *said[:1]):
            for kind, text in perturbations(claim, where, dice):
                yield Claim(text, group, place, kind, of_paraphrase=claim != sentence)


def handwritten_claims(
    embedder: Embedder, language: Origin, first_source: int, first_group: int
) -> tuple[list[Passage], list[Claim]]:
    """The pairs written by hand in a language, numbered on from those before."""
    lines = [orjson.loads(line) for line in PAIRS.read_bytes().splitlines()]
    lines = [line for line in lines if line["language"] == language]
    bounds = [answer_sentences(line["passage"]) for line in lines]
    inputs = [
        PassageInput(line["passage"], 0, tuple(each))
        for line, each in zip(lines, bounds, strict=True)
    ]
    passages, claims = [], []
    for number, (line, vectors) in enumerate(
        zip(lines, embedder.encode_passages(inputs), strict=True)
    ):
        passages.append(
            Passage(
                1, line["passage"], "", (), tuple(bounds[number]), vectors.sentence_vectors, 1.0
            )
        )
        source, group = first_source + number, first_group + number
        said = [(text, "paraphrase") for text in line["supported"]]
        said += [(one["text"], one["differs_in"]) for one in line["unsupported"]]
        claims += [Claim(text, group, source, kind, origin=language) for text, kind in said]
    return passages, claims


def judge(claims: Sequence[Claim], passages: Sequence[Passage], embedder: Embedder) -> Judged:
    """Evidence of every claim, with vectors and without; checks that quotes are verbatim."""
    vectors = asyncio.run(_embedded([claim.text for claim in claims], embedder))
    sources: dict[int, QuotableSource] = {}
    rows: dict[bool, list[tuple[float, ...]]] = defaultdict(list)
    supports: dict[bool, list[float]] = defaultdict(list)
    for claim, vector in zip(claims, vectors, strict=True):
        source = sources.setdefault(claim.source, QuotableSource(passages[claim.source]))
        for with_cosine in (True, False):
            quote = source.best_quote(claim.text, vector if with_cosine else None)
            if quote.evidence is None:
                raise ValueError(f"A claim is a copy: {claim.text}")
            rows[with_cosine].append(astuple(quote.evidence))
            supports[with_cosine].append(quote.support)
    return Judged(
        claims=claims,
        labels=np.array([claim.is_supported for claim in claims]),
        groups=np.unique([claim.group for claim in claims], return_inverse=True)[1],
        by_meaning=np.array(rows[True]),
        by_words=np.array(rows[False]),
        in_use=np.array(supports[True]),
        in_use_words=np.array(supports[False]),
    )


async def _embedded(texts: Sequence[str], embedder: Embedder) -> list[NDArray[np.float32]]:
    found: list[NDArray[np.float32]] = []
    for start in range(0, len(texts), 64):
        found += await asyncio.gather(*map(embedder.embed_query, texts[start : start + 64]))
    return found


def _sayable(passage: Passage) -> Iterator[str]:
    """Sentences that say something by themselves, in words."""
    for start, end in passage.sentence_bounds:
        text = passage.text[start:end]
        is_prose = is_complete(text) and is_statement(text, is_whole=True)
        is_plain = "$" not in text and text.isprintable()
        fits = 50 <= len(text) <= 280 and not leans_on_predecessor(text)
        if is_prose and is_plain and fits:
            yield text


def _following(passage: Passage, sentence: str) -> str:
    texts = [passage.text[start:end] for start, end in passage.sentence_bounds]
    place = texts.index(sentence) + 1
    return texts[place] if place < len(texts) else ""


def calibrated(judged: Judged, features: Floats, in_use: Floats) -> dict[str, Any]:
    """Figures of claims left out, by origin; of the weights in use; and the fit on everything."""
    scores = out_of_fold(features, judged.labels, judged.groups, SIGNS, balanced(judged.labels))
    figures: dict[str, Any] = {}
    for origin in ORIGINS:
        chosen = judged.of(origin)
        if chosen.any():
            figures[f"left_out_{origin}"] = figures_of(scores[chosen], judged.only(chosen))
    made = judged.of("made")
    figures["in_use_made"] = figures_of(in_use[made], judged.only(made))
    fit = fitted_by_sign(features, judged.labels, balanced(judged.labels), SIGNS)
    names = zip(FEATURES, fit.weights.tolist(), strict=True)
    weights = {name: round(weight, 2) for name, weight in names}
    figures["fitted"] = {"intercept": round(fit.intercept, 2), **weights}
    return figures


def figures_of(scores: Floats, judged: Judged) -> dict[str, Any]:
    """ROC-AUC over all and by kind, with intervals; Brier score and reliability."""
    labels, accepted = judged.labels, scores >= SUPPORTED
    kinds = [claim.kind for claim in judged.claims]
    swapped = np.array([kind in ("paraphrase", *SWAPPED) for kind in kinds])
    figures: dict[str, Any] = {
        "paraphrases": int(labels.sum()),
        "unsupported": int((~labels).sum()),
        "swapped": _auc(scores, judged, swapped),
        "all_kinds": _auc(scores, judged, np.ones_like(labels)),
        "brier": round(brier(scores, labels), 4),
        "supported_passed_percent": _percent(accepted[labels]),
        "unsupported_passed_percent": _percent(accepted[~labels]),
        "reliability": reliability(scores, labels),
    }
    for kind in sorted({*kinds} - {"paraphrase"}):
        chosen = np.array([one in ("paraphrase", kind) for one in kinds])
        figures[f"against_{kind}"] = {
            "claims": kinds.count(kind),
            "passed_percent": _percent(accepted[chosen & ~labels]),
            **_auc(scores, judged, chosen),
        }
    of_paraphrase = np.array([c.is_supported or c.of_paraphrase for c in judged.claims])
    if (of_paraphrase & ~labels).any():
        figures["changed_paraphrases"] = _auc(scores, judged, of_paraphrase)
    return figures


def _auc(scores: Floats, judged: Judged, chosen: Labels) -> dict[str, Any]:
    labels, groups = judged.labels[chosen], judged.groups[chosen]
    return {
        "roc_auc": round(roc_auc(scores[chosen], labels), 4),
        "interval_95": interval(roc_auc, scores[chosen], labels, groups),
    }


def _percent(flags: NDArray[np.bool_]) -> float:
    return round(100 * float(flags.mean()), 1) if len(flags) else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    parser.add_argument("--show", type=int, default=0, help="print so many of the worst mistakes")
    options = parser.parse_args(arguments)
    embedder = OnnxEmbedder(exported_encoder(), threads=2)
    passages, documents = material_passages(embedder)
    claims = list(generated_claims(passages, documents, options.sentences))
    for language in ORIGINS[1:]:
        first_group = max(claim.group for claim in claims) + 1
        written, pairs = handwritten_claims(embedder, language, len(passages), first_group)
        passages += written
        claims += pairs
    judged = judge(claims, passages, embedder)
    embedder.close()
    # The encoder reads English: elsewhere words alone decide.
    english = judged.only(judged.of("made", "en"))
    figures = {
        "documents": len(set(documents)),
        "by_meaning": calibrated(english, english.by_meaning, english.in_use),
        "by_words": calibrated(judged, judged.by_words, judged.in_use_words),
        "cosine_alone": _auc(english.by_meaning[:, COSINE], english, english.of("made")),
        "coverage_alone": _auc(english.by_meaning[:, 0], english, english.of("made")),
        "weights_in_use": {"by_meaning": astuple(BY_MEANING), "by_words": astuple(BY_WORDS)},
    }
    _show(judged, passages, options.show)
    left_out = figures["by_meaning"]["left_out_made"]["swapped"]["roc_auc"]
    promise = (
        "ROC-AUC of sentences left out, number, name or negation swapped or from elsewhere, at"
        f" least {PROMISED_AUC}"
    )
    kept = write_report("support_calibration", figures, {promise: left_out >= PROMISED_AUC})
    return 0 if kept else 1


def _show(judged: Judged, passages: Sequence[Passage], count: int) -> None:
    """Prints the worst mistakes of the weights in use."""
    wrongness = np.abs(judged.in_use - judged.labels)
    for place in np.argsort(-wrongness, kind="stable")[:count].tolist():
        claim = judged.claims[place]
        quote = QuotableSource(passages[claim.source]).best_quote(claim.text, None)
        quoted = passages[claim.source].text[quote.char_start : quote.char_end]
        found = dict(zip(FEATURES, judged.by_meaning[place].round(2).tolist(), strict=True))
        print(f"{claim.kind} {judged.in_use[place]:.2f}\n  {claim.text}\n  {quoted}")
        print("  ", {name: value for name, value in found.items() if value})


if __name__ == "__main__":
    sys.exit(main())
