"""Knowledge tracing gives the figures of a published implementation, and fits what was drawn."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.questions import Numeric, SingleChoice
from pedagogy.mastery.fitting import FEWEST_LEARNERS, fit
from pedagogy.mastery.knowledge_tracing import (
    DEFAULT_PARAMETERS,
    KnowledgeParameters,
    Mastery,
    after_answer,
    chance_of_right_answer,
    for_question,
    not_yet_seen,
    traced,
)

EXAMPLE = KnowledgeParameters(prior=0.4, learn=0.1, guess=0.2, slip=0.3)
# What pyBKT 1.4.3 predicts with these parameters before each answer: how likely the concept is
# known, and how likely the answer is right.
PYBKT = {
    (0, 0, 1, 1, 0, 1, 1, 1): [
        (0.400000000000, 0.400000000000),
        (0.280000000000, 0.340000000000),
        (0.214545454545, 0.307272727273),
        (0.539881656805, 0.469940828402),
        (0.823762276505, 0.611881138252),
        (0.673061081481, 0.536530540740),
        (0.890315646799, 0.645157823400),
        (0.969397901010, 0.684698950505),
    ],
    (1, 1, 0, 1): [
        (0.400000000000, 0.400000000000),
        (0.730000000000, 0.565000000000),
        (0.913982300885, 0.656991150442),
        (0.819442724458, 0.609721362229),
    ],
    (0, 0, 0, 1, 1, 1): [
        (0.400000000000, 0.400000000000),
        (0.280000000000, 0.340000000000),
        (0.214545454545, 0.307272727273),
        (0.183622047244, 0.291811023622),
        (0.496427415003, 0.448213707501),
        (0.797768199003, 0.598884099502),
    ],
}

probabilities = st.floats(0.01, 0.99)


@pytest.mark.parametrize("answers", list(PYBKT))
def test_beliefs_are_those_of_pybkt(answers: tuple[int, ...]) -> None:
    mastery = not_yet_seen(EXAMPLE)
    beliefs = []
    for answer in answers:
        beliefs.append((mastery.probability, chance_of_right_answer(mastery, EXAMPLE)))
        mastery = after_answer(mastery, answer, EXAMPLE)

    expected = PYBKT[answers]
    assert [known for known, _ in beliefs] == pytest.approx([k for k, _ in expected], abs=1e-9)
    assert [right for _, right in beliefs] == pytest.approx([r for _, r in expected], abs=1e-9)


def test_one_right_answer_worked_by_hand() -> None:
    # 0.4 * 0.7 / (0.4 * 0.7 + 0.6 * 0.2) = 0.7, and 0.7 + 0.3 * 0.1 = 0.73
    assert after_answer(Mastery(0.4), 1, EXAMPLE).probability == pytest.approx(0.73)


@given(known=probabilities, share=st.floats(0, 1))
def test_a_better_answer_never_lowers_the_belief(known: float, share: float) -> None:
    mastery = Mastery(known)

    worst, some, best = (after_answer(mastery, s).probability for s in (0, share, 1))

    assert 0 <= worst <= some + 1e-12
    assert some <= best + 1e-12 <= 1 + 1e-12


def test_uncertainty_is_highest_where_either_is_as_likely() -> None:
    uncertainties = [Mastery(p).uncertainty for p in (0.0, 0.1, 0.5, 0.9, 1.0)]

    assert uncertainties == pytest.approx([0, 0.469, 1, 0.469, 0], abs=1e-3)


def test_a_right_choice_counts_less_than_a_right_number() -> None:
    choices = [{"id": c, "text": c, "is_right": c == "a"} for c in "abcd"]
    choice = SingleChoice.model_validate({"id": "q", "stem": "?", "choices": choices})
    number = Numeric(id="q", stem="?", value=1)

    after_choice, after_number = (
        after_answer(Mastery(0.3), 1, for_question(DEFAULT_PARAMETERS, question)).probability
        for question in (choice, number)
    )

    assert after_choice < after_number


@pytest.mark.parametrize(
    "values",
    [{"prior": -0.1}, {"learn": 1.1}, {"guess": 0.6, "slip": 0.4}, {"slip": math.nan}],
)
def test_parameters_that_mean_nothing_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"probability|together"):
        KnowledgeParameters(**values)


def drawn(learners: int, answers: int, truth: KnowledgeParameters, seed: int) -> list[list[bool]]:
    draw = np.random.default_rng(seed)
    sequences = []
    for _learner in range(learners):
        is_known = draw.random() < truth.prior
        sequence = []
        for _answer in range(answers):
            sequence.append(bool(draw.random() < (1 - truth.slip if is_known else truth.guess)))
            is_known = is_known or draw.random() < truth.learn
        sequences.append(sequence)
    return sequences


def test_fitting_ends_where_pybkt_ends() -> None:
    # The draws that pyBKT 1.4.3 was given (Model(seed=1, num_fits=5)).
    sequences = drawn(200, 8, KnowledgeParameters(0.3, 0.2, 0.2, 0.1), seed=3)

    fitted = fit(sequences).parameters

    assert (fitted.prior, fitted.learn, fitted.guess, fitted.slip) == pytest.approx(
        (0.32265, 0.23627, 0.15028, 0.10839), abs=0.01
    )


def test_the_likelihood_is_that_of_all_hidden_paths() -> None:
    sequences = drawn(FEWEST_LEARNERS, 5, EXAMPLE, seed=1)

    found = fit(sequences)

    assert found.is_fitted
    assert found.log_likelihood == pytest.approx(
        sum(math.log(path_sum(sequence, found.parameters)) for sequence in sequences)
    )
    assert found.log_likelihood >= sum(math.log(path_sum(s, EXAMPLE)) for s in sequences)


def path_sum(sequence: list[bool], parameters: KnowledgeParameters) -> float:
    """The chance of the answers, added up over every moment at which it may have been learned."""
    total = 0.0
    for learned_at in range(len(sequence) + 1):
        chance = parameters.prior if learned_at == 0 else (1 - parameters.prior)
        if learned_at:
            chance *= (1 - parameters.learn) ** (learned_at - 1)
            chance *= parameters.learn if learned_at < len(sequence) else 1
        for at, is_right in enumerate(sequence):
            right = 1 - parameters.slip if at >= learned_at else parameters.guess
            chance *= right if is_right else 1 - right
        total += chance
    return total


def test_path_sum_adds_up_to_one_over_all_answers() -> None:
    sequences = itertools.product([False, True], repeat=4)

    assert sum(path_sum(list(s), EXAMPLE) for s in sequences) == pytest.approx(1)


def test_a_handful_of_learners_leaves_the_defaults() -> None:
    found = fit([[True, False, True]] * 3)

    assert (found.parameters, found.is_fitted) == (DEFAULT_PARAMETERS, False)


def test_answers_that_are_all_right_leave_room_to_be_moved() -> None:
    fitted = fit([[True] * 10] * 30).parameters

    assert traced([False] * 4, fitted).probability < traced([True] * 4, fitted).probability


def test_given_guesses_are_kept_and_the_rest_is_fitted() -> None:
    draw = np.random.default_rng(5)
    truth = KnowledgeParameters(prior=0.3, learn=0.25, guess=0.2, slip=0.08)
    rights, guesses = [], []
    for _learner in range(600):
        knows = draw.random() < truth.prior
        own = [0.5 if place % 2 else 0.05 for place in range(8)]
        seen = []
        for guess in own:
            seen.append(bool(draw.random() < (1 - truth.slip if knows else guess)))
            knows = knows or draw.random() < truth.learn
        rights.append(seen)
        guesses.append(own)

    found = fit(rights, guesses=guesses)
    weighed = fit(rights, guesses=guesses, rounds=0)

    assert found.parameters.prior == pytest.approx(truth.prior, abs=0.06)
    assert found.parameters.learn == pytest.approx(truth.learn, abs=0.06)
    assert found.parameters.slip == pytest.approx(truth.slip, abs=0.04)
    assert found.parameters.guess == DEFAULT_PARAMETERS.guess
    assert found.log_likelihood > weighed.log_likelihood
