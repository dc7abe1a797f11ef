"""Questions that look alike and are not the same, and questions that are."""

import pytest

from ai.caching.guards import guards_of

DIFFERENT = [
    ("What is the range at 10 m/s?", "What is the range at 20 m/s?"),
    ("What is Newton's first law?", "What is Newton's second law?"),
    ("What is newton's third law", "what is kepler's third law"),
    ("How long is 5 km?", "How long is 5 m?"),
    ("Is work done when it moves?", "Is work not done when it moves?"),
    ("Why is the force conserved?", "Why isn't the force conserved?"),
    ("When does the period increase?", "When does the period decrease?"),
    ("Who discovered oxygen?", "When was oxygen discovered?"),
    ("What does g stand for?", "What does G stand for?"),
    ("न्यूटन का पहला नियम क्या है?", "न्यूटन का दूसरा नियम क्या है?"),
    ("क्या ऊर्जा नष्ट होती है?", "क्या ऊर्जा नष्ट नहीं होती है?"),
    ("५ किलोग्राम का भार कितना है?", "६ किलोग्राम का भार कितना है?"),
    ("What does average speed mean?", "What does average velocity mean?"),
    ("What is a collision?", "What is a perfectly inelastic collision?"),
    ("What is it?", "What is this?"),
    ("Explain the Doppler effect", "Explain the Compton effect"),
]

SAME = [
    ("What is Newton's second law?", "explain newton's second law"),
    ("What is Newton's 2nd law?", "What is Newton's 2nd law, please?"),
    ("How heavy is 1,000 kg?", "How heavy is 1000 kilograms?"),
    ("What changes at 2.50 s?", "What changes at 2.5 seconds?"),
    ("What is work in physics?", "Define work in physics"),
    ("Why does a pendulum swing?", "What causes a pendulum to swing?"),
    ("Isn't work a vector?", "Is work not a vector?"),
    ("न्यूटन का पहला नियम क्या है?", "न्यूटन का प्रथम नियम बताइए"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_difference_that_matters_is_seen_from_both_sides(one: str, other: str) -> None:
    assert not guards_of(one).agree_with(guards_of(other))
    assert not guards_of(other).agree_with(guards_of(one))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_words_for_the_same_question_agree(one: str, other: str) -> None:
    assert guards_of(one).agree_with(guards_of(other))
    assert guards_of(other).agree_with(guards_of(one))
