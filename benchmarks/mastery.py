"""Whether estimates of mastery converge on the truth, and whether practice by them pays."""

import argparse
import itertools
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from benchmarks.report import write_report
from benchmarks.simulated_learners import SimulatedLearner, drawn_truth, layered_course
from pedagogy.mastery.concepts import ConceptGraph
from pedagogy.mastery.fitting import fit
from pedagogy.mastery.knowledge_tracing import (
    KnowledgeParameters,
    Mastery,
    after_answer,
    not_yet_seen,
)
from pedagogy.mastery.practice import suggestions

COURSE = layered_course(layers=5, width=4)
FLAT_COURSE = ConceptGraph({str(number): [] for number in range(20)})
BUDGET = 160
LOOKED_AT = (0, 1, 2, 4, 8, 16)
FITTED_ON = (50, 200, 1000)
FITTED_TRUTH = KnowledgeParameters(prior=0.3, learn=0.2, guess=0.2, slip=0.1)

Choose = Callable[[ConceptGraph, dict[str, Mastery]], str | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=1000)
    options = parser.parse_args(arguments)
    errors = estimate_errors(options.learners, FLAT_COURSE)
    errors_unready = estimate_errors(options.learners, COURSE)
    known = {name: practised(options.learners, order) for name, order in ORDERS.items()}
    fits = fit_errors()
    falls = all(later < earlier for earlier, later in itertools.pairwise(errors.values()))
    best_fixed = max(share for name, share in known.items() if name != "by_the_model")
    is_kept = write_report(
        "mastery",
        {
            "learners": options.learners,
            "concepts": len(COURSE.order),
            "answers_per_learner": BUDGET,
            "brier_score_after_answers": errors,
            "brier_score_where_prerequisites_are_missing": errors_unready,
            "concepts_known_at_the_end": known,
            "largest_error_of_a_fitted_parameter": fits,
        },
        {
            "the Brier score of estimates falls with every doubling of answers": falls,
            "practice by the model beats every fixed order": known["by_the_model"] > best_fixed,
            "parameters fitted on 1,000 learners are within 0.05": fits["1000"] <= 0.05,
        },
    )
    return 0 if is_kept else 1


def estimate_errors(learners: int, course: ConceptGraph) -> dict[str, float]:
    """The Brier score of estimates against the truth, after so many answers on a concept.

    The model has the default parameters, the learners others, each their own. Where the course
    has prerequisites, concepts are answered whether these are known or not, which no estimate
    of a single concept can see.
    """
    squares: dict[int, list[float]] = defaultdict(list)
    for learner in simulated(learners, course, seed=1):
        for concept in course.order:
            mastery = not_yet_seen()
            for count in range(max(LOOKED_AT) + 1):
                if count in LOOKED_AT:
                    squares[count].append((mastery.probability - (concept in learner.known)) ** 2)
                mastery = after_answer(mastery, learner.answer(concept))
    return {str(count): round(statistics.fmean(squares[count]), 4) for count in LOOKED_AT}


def practised(learners: int, order: Callable[[], Choose]) -> float:
    """The share of concepts really known after the budget of answers, chosen by an order."""
    shares = []
    for learner in simulated(learners, COURSE, seed=2):
        choose = order()
        beliefs: dict[str, Mastery] = {}
        for _answer in range(BUDGET):
            concept = choose(COURSE, beliefs)
            if concept is None:
                break
            before = beliefs.get(concept) or not_yet_seen()
            beliefs[concept] = after_answer(before, learner.answer(concept))
        shares.append(len(learner.known) / len(COURSE.order))
    return round(statistics.fmean(shares), 4)


def fit_errors() -> dict[str, float]:
    """The largest error of a fitted parameter, by the learners it was fitted on."""
    graph = ConceptGraph({"only": []})
    errors = {}
    for count in FITTED_ON:
        draw = random.Random(3)
        learners = [SimulatedLearner(graph, {"only": FITTED_TRUTH}, draw) for _ in range(count)]
        fitted = fit([[learner.answer("only") for _ in range(10)] for learner in learners])
        errors[str(count)] = round(
            max(
                abs(getattr(fitted.parameters, name) - getattr(FITTED_TRUTH, name))
                for name in ("prior", "learn", "guess", "slip")
            ),
            4,
        )
    return errors


def simulated(count: int, course: ConceptGraph, seed: int) -> Iterator[SimulatedLearner]:
    """The same learners for every order."""
    for number in range(count):
        draw = random.Random(seed * 1_000_003 + number)
        yield SimulatedLearner(course, drawn_truth(course, draw), draw)


def by_the_model() -> Choose:
    """What the model suggests first; nothing once all is mastered."""

    def choose(graph: ConceptGraph, beliefs: dict[str, Mastery]) -> str | None:
        found = suggestions(graph, beliefs)
        return found[0].concept if found else None

    return choose


def in_turn(repeats: int) -> Callable[[], Choose]:
    """The course's order, so many answers on each concept, and again from the start."""

    def order() -> Choose:
        concepts = itertools.cycle(c for c in COURSE.order for _ in range(repeats))
        return lambda _graph, _beliefs: next(concepts)

    return order


def by_chance() -> Choose:
    """Any concept."""
    draw = random.Random(4)
    return lambda graph, _beliefs: draw.choice(graph.order)


ORDERS: dict[str, Callable[[], Choose]] = {
    "by_the_model": by_the_model,
    "fixed_all_of_a_concept_at_once": in_turn(BUDGET // len(COURSE.order)),
    "fixed_two_rounds": in_turn(BUDGET // len(COURSE.order) // 2),
    "fixed_one_answer_at_a_time": in_turn(1),
    "by_chance": by_chance,
}


if __name__ == "__main__":
    sys.exit(main())
