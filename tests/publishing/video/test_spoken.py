"""Formulas and quantities as words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.video.latex_parsing import MAX_CHARACTERS
from publishing.video.spoken import formula_in_words, text_in_words

ENGLISH = {
    "F = m a": "F equals m a",
    r"E = mc^2": "E equals m c squared",
    r"\frac{v^2}{r}": "v squared over r",
    r"\frac12 m v^2": "one half m v squared",
    r"a = \frac{\Delta v}{\Delta t}": "a equals delta v over delta t",
    r"\int_0^T v(t)\,dt": "the integral from 0 to T of v of t d t",
    r"\sqrt{\frac{2h}{g}}": "the square root of 2 h over g",
    r"\sqrt[3]{x+1}": "the cube root of x plus 1",
    r"\vec{F}_{net} = \sum_{i=1}^{n} \vec{F}_i": (
        "vector F net equals the sum from i equals 1 to n of vector F i"
    ),
    r"\lim_{x \to 0} \frac{\sin x}{x} = 1": ("the limit as x goes to 0 of sine x over x equals 1"),
    r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}": (
        "x equals the fraction minus b plus or minus the square root of b squared minus 4 a c, "
        "end of root, over 2 a"
    ),
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}": "the 2 by 2 matrix with rows 1, 2; 3, 4",
    r"2H_2 + O_2 \rightarrow 2H_2O": "2 H 2 plus O 2 gives 2 H 2 O",
    r"6.02 \times 10^{23}": "6.02 times 10 to the power 23",
    r"\frac{d^2x}{dt^2} = -\omega^2 x": (
        "the second derivative of x with respect to t equals minus omega squared x"
    ),
    r"\frac{\partial u}{\partial t}": "the partial derivative of u with respect to t",
    r"\frac{d}{dx} x^n": "the derivative with respect to x of x to the power n",
    r"\sin^2\theta + \cos^2\theta = 1": "sine squared theta plus cosine squared theta equals 1",
    r"\sin^{-1} x": "inverse sine x",
    r"\log_2 8 = 3": "log base 2 of 8 equals 3",
    r"f(x) = |x - 3|": "f of x equals the absolute value of x minus 3",
    r"m(a+b)": "m open bracket a plus b close bracket",
    r"30^\circ": "30 degrees",
    r"9.8\ \mathrm{m/s^2}": "9.8 metres per second squared",
    r"9.8\,\text{m}/\text{s}^2": "9.8 metres per second squared",
    r"1000\,\mathrm{kg\,m^{-3}}": "1000 kilograms per cubic metre",
    r"1\,\text{N}": "1 newton",
    r"\vec a \cdot \vec b": "vector a dot vector b",
    r"y' = y": "y prime equals y",
    r"\begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}": (
        "by cases x, x is greater than 0; 0, x is at most 0"
    ),
}

HINDI = {
    "F = m a": "F बराबर m a",
    r"\frac{v^2}{r}": "v का वर्ग बटा r",
    r"\sqrt{x}": "x का वर्गमूल",
    r"9.8\ \mathrm{m/s^2}": "9.8 मीटर प्रति सेकंड वर्ग",
    r"W = F d \cos\theta": "W बराबर F d कोसाइन थीटा",
    r"\frac{dy}{dx}": "x के सापेक्ष y का अवकलज",
}

SIGNS = [
    *("\\frac", "\\sqrt", "\\left(", "\\right)", "\\begin{cases}", "\\end{cases}", "\\text{"),
    *("\\mathrm{", "^", "_", "{", "}", "&", "\\\\", "[", "]", "|", "'", "x", "2", "\\alpha"),
    *("\\sum", "\\nonsense", "\\lim", "=", "+", "#", "$", "%"),
]


@pytest.mark.parametrize(("latex", "words"), ENGLISH.items())
def test_a_formula_is_said_as_a_teacher_says_it(latex: str, words: str) -> None:
    assert formula_in_words(latex, "en") == words


@pytest.mark.parametrize(("latex", "words"), HINDI.items())
def test_a_formula_is_said_in_hindi(latex: str, words: str) -> None:
    assert formula_in_words(latex, "hi") == words


def test_letters_that_a_voice_would_take_for_words_are_spelled() -> None:
    assert formula_in_words("F = ma", "en", is_aloud=True) == "F equals m ay"
    assert formula_in_words("F = ma", "hi", is_aloud=True) == "एफ बराबर एम ए"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "It falls at 9.8 m/s² for 3 s, at 20 °C.",
            "It falls at 9.8 metres per second squared for 3 seconds, at 20 degrees Celsius.",
        ),
        ("1 kg and 50% of 5 kW·h", "1 kilogram and 50 percent of 5 kilowatt hours"),
        ("c = 3 × 10⁸ m/s", "c equals 3 times 10 to the power 8 metres per second"),
        ("an area of 5 m²", "an area of 5 square metres"),
        ("a charge of −2 µC", "a charge of minus 2 microcoulombs"),
        ("R&D in 2 in the 3rd year", "R and D in 2 in the 3rd year"),
        (
            "in m/s², km/h and no A/C or w/o",
            "in metre per second squared, kilometre per hour and no A/C or w/o",
        ),
        ("T = 2π√(L/g)", "T equals 2 pi root (L over g)"),
        (
            "Δx is v₀ t, and v₀² or x⁴ and/or I/O",
            "delta x is v 0 t, and v 0 squared or x to the power 4 and/or I/O",
        ),
        ("90 km/h is 25 m s⁻¹", "90 kilometres per hour is 25 metres per second"),
    ],
)
def test_units_and_signs_of_running_text_are_said(text: str, words: str) -> None:
    assert text_in_words(text, "en") == words


def test_other_languages_keep_their_running_text() -> None:
    assert text_in_words("Er fällt mit 9,8 m/s² = g.", "de") == "Er fällt mit 9,8 m/s² = g."


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(SIGNS),
        max_size=30,
    )
)
def test_no_formula_is_refused_and_none_leaves_latex_in_its_words(signs: list[str]) -> None:
    said = formula_in_words(" ".join(signs), "en")

    assert not set(said) & set("\\{}$^_&#")


def test_a_formula_that_is_too_long_or_deep_is_named_and_not_said() -> None:
    assert formula_in_words("x+" * MAX_CHARACTERS, "en") == "the formula"
    assert formula_in_words("{" * 500, "en") == "the formula"
