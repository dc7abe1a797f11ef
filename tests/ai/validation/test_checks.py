import pytest

from ai.validation.checks import has_content, is_refusal


@pytest.mark.parametrize("text", ["", " \n", "[1]", " [1, 2] … ", "—", "**"])
def test_an_answer_without_words_has_no_content(text: str) -> None:
    assert not has_content(text)


@pytest.mark.parametrize("text", ["No.", "42 [1]", "जूल", "$x$"])
def test_the_shortest_answer_has_content(text: str) -> None:
    assert has_content(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but I can’t assist with that request.",
        "Sorry, I cannot provide instructions for this.",
        "I cannot answer this question as it goes against my guidelines.",
        "I am unable to assist with that.",
        "I'm not able to discuss this topic.",
        "As an AI language model, I cannot create such content.",
        "I must decline to answer.",
        "I won't help with cheating.",
        "I'm sorry, but this request violates our policy.",
        "मैं इस अनुरोध में मदद नहीं कर सकता।",
        "क्षमा करें, मैं इसमें आपकी सहायता नहीं कर सकती।",
        "मुझे खेद है, मैं इस प्रश्न का उत्तर नहीं दे सकता।",
    ],
)
def test_a_refusal_is_seen(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Work is the product of force and displacement [1].",
        "I cannot answer this from the course beyond the unit, which is the joule [1].",
        "The sources do not say what causes inflation. The nearest topics are work and power.",
        "A body cannot help accelerating under a net force.",
        "Plants cannot provide their own nitrogen. They need bacteria.",
        "One can't answer without knowing the mass; the sources give 2 kg [1].",
        "Sorry for the confusion above: the unit is the joule.",
        "The sorting hat says: I can't decide.",
        "स्रोतों में इसका उत्तर नहीं है।",
        "कार्य का मात्रक जूल है [1]।",
    ],
)
def test_an_answer_is_not_taken_for_a_refusal(text: str) -> None:
    assert not is_refusal(text)
