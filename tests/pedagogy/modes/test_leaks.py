"""No attempt to get an answer early succeeds, and honest hints pass."""

from collections.abc import Sequence

import pytest

from content.languages import SpokenLanguage
from content.questions import Matching, Ordering, ShortAnswer
from pedagogy.modes.guarded_keys import key_to_guard
from pedagogy.modes.leaks import LeakKind, guarded, leaks
from pedagogy.modes.stock_words import stock_hint
from tests.support.answer_seekers import PROBLEMS, Seeking, seekings

SEEKINGS = list(seekings())
BY_NAME = {problem.name: problem for problem in PROBLEMS}
HONEST = [
    ("falling", "Hint 1 of 4: Which quantity says how much the speed grows each second?"),
    ("falling", "Write down what is given. Then ask what changes in 1 second."),
    ("falling", "Look at the section on free fall; 3 of its examples begin like this."),
    ("mass", "Think of the balance: what does it compare?"),
    ("mass", "You need two steps. First find the force, then divide by the acceleration."),
    ("work", "Work is force along a path. Which of the two do you know?"),
    ("work", "Section 4 has 12 exercises like this one."),
    ("share", "Which part of the whole is asked for?"),
    ("period", "The period does not depend on the mass. What does it depend on?"),
    ("kinetic energy", "Which two properties of a moving body matter for its energy?"),
    ("kinetic energy", "Think of how the energy grows when the speed doubles."),
    ("kinetic energy", "Begin with the work W = F s that brings a body to its speed."),
    ("potential energy", "What do you work against when you lift something?"),
    ("potential energy", "The weight of a body is G = m g. How far is it lifted?"),
    ("speed of impact", "Energy is conserved. What does it turn into on the way down?"),
    ("speed after a time", "Acceleration says how much the speed changes each second."),
    ("energy of a spring", "The force grows with the extension: F = k x. What about the work?"),
    ("kinetic", "The word comes from the Greek word for movement."),
    ("photosynthesis", "What do plants need light for?"),
    ("photosynthesis", "Think of light, water and air, and of what leaves do."),
    ("inertia", "What did Galileo find about bodies on which no force acts?"),
    ("osmosis", "Which way does water go, and what holds back the salt?"),
    ("moon", "Does it depend on where you are? Ask this of each choice."),
    ("moon", "Look at the definition of each quantity, and at what gravity does to it."),
    ("unit", "Write each unit in kilograms, metres and seconds."),
    ("planet", "Compare the radii in the table of the sources."),
    ("planet", "A good answer names what you compare. Which column will you read?"),
]


@pytest.mark.parametrize("seeking", SEEKINGS, ids=lambda seeking: seeking.id)
def test_no_answer_is_given_away(seeking: Seeking) -> None:
    key = key_to_guard(seeking.problem.question)
    reply = f"That is a good question. {seeking.told.reply}"

    sent = guarded(reply, key, hint_level=2)

    assert sent.leak is not None
    assert seeking.told.reply not in sent.text
    assert not seeking.told.secret or seeking.told.secret not in sent.text


def test_there_are_more_than_three_hundred_attempts() -> None:
    assert len({seeking.id for seeking in SEEKINGS}) == len(SEEKINGS) >= 300


@pytest.mark.parametrize(("name", "hint"), HONEST)
def test_an_honest_hint_passes_as_it_is(name: str, hint: str) -> None:
    sent = guarded(hint, key_to_guard(BY_NAME[name].question))

    assert (sent.text, sent.leak) == (hint, None)


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("level", [1, 2, 3, 4, 9])
def test_stock_hints_give_nothing_away(level: int, language: SpokenLanguage) -> None:
    hint = stock_hint(level, language)

    sent = [guarded(hint, key_to_guard(p.question)) for p in PROBLEMS]

    assert [reply.leak for reply in sent] == [None] * len(PROBLEMS)


def test_what_does_not_leak_is_kept() -> None:
    key = key_to_guard(BY_NAME["falling"].question)

    sent = guarded("Gravity pulls it. It is 9.81 m/s. Think of one second.", key, hint_level=1)

    assert sent.text.startswith("Gravity pulls it. Think of one second.")
    assert sent.text.endswith(stock_hint(1, "en"))


def test_sentences_that_spell_the_answer_together_are_all_withheld() -> None:
    key = key_to_guard(BY_NAME["inertia"].question)
    spelling = "In. Nearly. Every. Real. Theory. It. Acts."

    sent = guarded(spelling, key, hint_level=3)

    assert [leaks(sentence, key) for sentence in spelling.split()] == [None] * 7
    assert sent.text == stock_hint(3, "en")


def test_what_is_too_long_to_look_through_is_not_sent() -> None:
    key = key_to_guard(BY_NAME["inertia"].question)

    sent = guarded("Think. " * 4_000 + "It is inertia.", key)

    assert "inertia" not in sent.text


@pytest.mark.parametrize("digits", ["9️⃣.8️⃣1️⃣", "⑨.⑧①", "٩٫٨١".replace("٫", "."), "𝟗.𝟖𝟏"])
def test_digits_are_digits_however_they_are_drawn(digits: str) -> None:
    assert leaks(f"It is {digits}", key_to_guard(BY_NAME["falling"].question)) is not None


def test_what_the_learner_sees_anyway_is_no_secret() -> None:
    question = BY_NAME["kinetic"].question.model_copy(
        update={"stem": "Kinetic energy is {{g}} energy."}
    )

    assert leaks("Kinetic energy is that of motion.", key_to_guard(question)) is None


def test_an_order_is_given_away_forwards_and_backwards() -> None:
    question = Ordering(id="q", stem="?", items=("egg", "larva", "pupa", "butterfly"))
    key = key_to_guard(question)

    told = leaks("First the egg, then larva, pupa and butterfly.", key)
    backwards = leaks("Last butterfly, before pupa, larva, egg.", key)
    honest = leaks("What does a caterpillar become before it can fly?", key)

    assert (told is not None, backwards is not None, honest) == (True, True, None)


def test_a_pair_is_given_away_in_one_sentence() -> None:
    pairs = [{"left": "force", "right": "newton"}, {"left": "energy", "right": "joule"}]
    question = Matching.model_validate({"id": "q", "stem": "?", "pairs": pairs})
    key = key_to_guard(question)

    assert leaks("Force is measured in newtons.", key) is not None
    assert leaks("Force is a push. Look up who newton was.", key) is None


class SaysTheSame:
    """Finds one sentence to say what a point says."""

    def supports(self, points: Sequence[str], sentences: Sequence[str]) -> list[list[float]]:
        return [[float("keeps going" in s) for s in sentences] for _ in points]


def test_a_key_point_in_other_words_is_withheld() -> None:
    question = ShortAnswer(id="q", stem="?", key_points=("a body stays in motion",))
    key = key_to_guard(question)

    sent = guarded("Look closely. It keeps going by itself.", key, support=SaysTheSame())

    assert sent.leak is not None
    assert sent.leak.kind is LeakKind.PARAPHRASE
    assert "keeps going" not in sent.text


def test_a_reply_of_any_length_is_looked_through_within_bounds() -> None:
    key = key_to_guard(BY_NAME["kinetic energy"].question)

    assert leaks("So many words, m. " * 200_000, key) is None
