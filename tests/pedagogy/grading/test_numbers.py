"""Numbers with units, as learners write them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.questions import Numeric
from pedagogy.grading.errors import UnreadableAnswerError, UnreadableKeyError
from pedagogy.grading.numbers import read_number
from pedagogy.grading.numeric import grade_number


def question(value: float, unit: str = "", **fields: object) -> Numeric:
    return Numeric.model_validate(
        {"id": "q", "stem": "How much?", "value": value, "unit": unit, **fields}
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9.81", 9.81),
        ("9,81", 9.81),
        ("-4.5e-3", -0.0045),
        ("1.2×10^3", 1200),
        ("1.2·10⁻³", 0.0012),
        ("3 x 10**8", 3e8),
        ("3/4", 0.75),
        ("½", 0.5),
        ("1 000", 1000),
        ("1'000.5", 1000.5),
        ("12,50,000", 1_250_000),
        ("1.234.567,5", 1_234_567.5),
        (".5", 0.5),
        ("−3", -3),
        ("٣", 3),
        ("१२", 12),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, value: float) -> None:
    assert read_number(text).readings == pytest.approx((value,))


def test_a_comma_before_three_digits_may_part_thousands_or_decimals() -> None:
    assert read_number("1,234").readings == (1234.0, 1.234)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "about five",
        "1½",
        "1/0",
        "1e999",
        "1" * 300,
        "9" * 10_000_000,
        "1..2",
        "--3",
        "NaN",
        "inf",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableAnswerError):
        read_number(text)


@given(st.floats(min_value=1e-200, max_value=1e200))
def test_a_number_that_a_program_printed_is_read_back(value: float) -> None:
    assert read_number(repr(value)).readings[0] == pytest.approx(value, rel=1e-12)


@given(st.text(max_size=80))
def test_no_text_makes_reading_fail_in_another_way(text: str) -> None:
    with suppress(UnreadableAnswerError):
        grade_number(question(1, "m/s"), text)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("10 m/s", 1),
        ("10 m s^-1", 1),
        ("10 m·s⁻¹", 1),
        ("36 km/h", 1),
        ("36 kmph", 1),
        ("36 km per hour", 1),
        ("10 metres/second", 1),
        ("1000 cm/s", 1),
        ("10", 0.5),
        ("36", 0),
        ("11 m/s", 0),
        ("10 m", 0),
        ("10 kg", 0),
    ],
)
def test_a_number_counts_in_any_unit_of_its_dimension(text: str, share: float) -> None:
    assert grade_number(question(10, "m/s", points=4), text).score == share * 4


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("degC", 25, "298.15 K"),
        ("K", 298.15, "25 °C"),
        ("J/(kg*K)", 4186, "4.186 kJ/(kg K)"),
        ("eV", 1.5, "2.4032649e-19 J"),
        ("percent", 40, "0.4 1"),
        ("N*m", 3, "3 J"),
        ("degree", 180, "3.14159265 rad"),
        ("ohm", 4700, "4,7 kΩ"),
    ],
)
def test_units_are_converted_as_physics_has_it(unit: str, value: float, text: str) -> None:
    grade = grade_number(question(value, unit, tolerance=1e-6, is_relative=True), text)

    assert grade.is_right


def test_a_wrong_dimension_is_told_from_a_wrong_number() -> None:
    grade = grade_number(question(10, "m/s"), "10 kg")

    assert grade.feedback == ("The unit measures something else than what is asked for.",)


def test_a_tolerance_is_absolute_or_a_share_of_the_key() -> None:
    absolute = question(200, "m", tolerance=2)
    relative = question(200, "m", tolerance=0.05, is_relative=True)

    assert [grade_number(absolute, text).share for text in ("202 m", "0.2021 km")] == [1, 0]
    assert [grade_number(relative, text).share for text in ("210 m", "211 m")] == [1, 0]


@pytest.mark.parametrize("text", ["5 bananas", "5 m^99", "5 ((m", "5 m**9**9", "5 " + "m" * 100])
def test_a_unit_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(UnreadableAnswerError):
        grade_number(question(5, "m"), text)


def test_a_key_with_an_unknown_unit_is_the_authors_to_mend() -> None:
    with pytest.raises(UnreadableKeyError):
        grade_number(question(5, "bananas"), "5 m")
