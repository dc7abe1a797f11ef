"""Formulas compared as functions, whatever is typed."""

from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.questions import Expression
from pedagogy.grading.algebra import Likeness
from pedagogy.grading.errors import UnreadableAnswerError, UnreadableKeyError
from pedagogy.grading.expressions import grade_expression
from pedagogy.grading.formula_parsing import parse_formula
from pedagogy.grading.grade import JudgedBy
from pedagogy.grading.guarded_algebra import GuardedAlgebra

VARIABLES = ("m", "v", "g", "h", "x", "y", "z", "t", "ω_0", "A")


@pytest.fixture(scope="module")
def algebra() -> Iterator[GuardedAlgebra]:
    algebra = GuardedAlgebra(timeout_seconds=20)
    yield algebra
    algebra.close()


def question(expression: str) -> Expression:
    return Expression(id="q", stem="Which?", expression=expression, variables=VARIABLES)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("m*v^2/2", "½ m v²"),
        ("m*v^2/2", "0.5mv^2"),
        ("m*v^2/2", r"\frac{1}{2}mv^{2}"),
        ("m*v^2/2", r"$\dfrac{m v^2}{2}$"),
        ("m*v^2/2", "E = m*v*v/2"),
        ("m*v**2/2", "m × v · v ÷ 2"),
        ("A*sin(ω_0*t)", r"A \sin(\omega_0 t)"),
        ("A*sin(ω_0*t)", "A sin ω₀t"),
        ("sqrt(g/h)", "√(g/h)"),
        ("sqrt(2*g*h)", "(2gh)^(1/2)"),
        ("sin(x)^2 + cos(x)^2", "1"),
        ("sin(2*x)", "2 sin x cos x"),
        ("ln(x^2)", "2 ln x"),
        ("abs(x)", "sqrt(x^2)"),
        ("(x+y)^2", "x^2 + 2xy + y^2"),
        ("x/(y*z)", "x/y/z"),
        ("e^x", "exp(x)"),
        ("-x^2", "-(x^2)"),
        ("2^-1", "0.5"),
        ("pi*x", "πx"),
    ],
)
def test_equivalent_forms_are_right(algebra: GuardedAlgebra, key: str, answer: str) -> None:
    grade = grade_expression(question(key), answer, algebra)

    assert grade.is_right
    assert grade.is_certain


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("m*v^2/2", "m*v^2"),
        ("m*v^2/2", "m*v/2"),
        ("x", "sqrt(x^2)"),
        ("sin(x)", "x - x^3/6 + x^5/120"),
        ("1/3", "0.3333"),
        ("-x^2", "(-x)^2"),
        ("x/(2*y)", "x/2*y"),
        ("x", "x + 10^-12"),
        ("log(x)", "ln(x)"),
    ],
)
def test_other_functions_are_wrong(algebra: GuardedAlgebra, key: str, answer: str) -> None:
    grade = grade_expression(question(key), answer, algebra)

    assert grade.score == 0
    assert grade.is_certain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "q + 1",
        "__import__('os').system('true')",
        "x.__class__",
        "lambda: 0",
        "(((",
        "x +",
        "x;y",
        "2 = 2",
        "x = y",
        "x == y",
        "sin^2 x",
        "x^1000000",
        "x!",
        "9" * 31,
        "x" * 501,
        "x" * 10_000_000,
        "(" * 60 + "x" + ")" * 60,
        "-" * 499,
        "^".join("x" * 60),
        "\\",
        r"\frac{\frac{",
        "{" * 100,
        "x}",
        "‮x",
        "ｘ́",
        "\x00",
    ],
)
def test_what_is_no_formula_of_the_question_is_refused(text: str) -> None:
    with pytest.raises(UnreadableAnswerError):
        parse_formula(text, VARIABLES)


@given(st.text(alphabet="xyzmvgh0123456789+-*/^()., sincoqrtl=\\{}_|√²½ω", max_size=60))
def test_no_text_makes_parsing_fail_in_another_way(text: str) -> None:
    with suppress(UnreadableAnswerError):
        parse_formula(text, VARIABLES)


@pytest.mark.parametrize(
    "text",
    [
        "9^9^9^9^9",
        "exp(exp(exp(exp(exp(x)))))",
        "x^x^x^x^x^x^x",
        "1/(x-x)",
        "sqrt(-1)",
        "tan(10^99*x)",
        "ln(0)",
        "0^0",
        "(x+y+z+m+v+g+h)^100*(x-y+z-m+v-g+h)^100",
    ],
)
def test_a_formula_made_to_hang_is_answered_within_bounds(
    algebra: GuardedAlgebra, text: str
) -> None:
    likeness = algebra.compare(parse_formula(text, VARIABLES), parse_formula("x", VARIABLES))

    assert likeness in {Likeness.DIFFERENT, Likeness.UNDECIDED}


def test_a_proof_that_takes_too_long_leaves_what_points_say_and_rests_for_a_while() -> None:
    algebra = GuardedAlgebra(timeout_seconds=4)
    # Its expansion has about a million terms.
    long = parse_formula("(x+y+z+m+v+g+h+sin(t))^40", VARIABLES)
    longer = parse_formula(
        "(x+y+z+m+v+g+h+sin(t))^39*x + (x+y+z+m+v+g+h+sin(t))^39*(y+z+m+v+g+h+cos(t)*tan(t))",
        VARIABLES,
    )

    likeness = algebra.compare(long, longer)
    next_one = algebra.compare(parse_formula("x", VARIABLES), parse_formula("2*x/2", VARIABLES))
    algebra.close()

    assert (likeness, next_one) == (Likeness.NUMERIC, Likeness.NUMERIC)


def test_a_process_that_was_killed_is_replaced() -> None:
    algebra = GuardedAlgebra(timeout_seconds=20)
    x, doubled_half = parse_formula("x", VARIABLES), parse_formula("2*x/2", VARIABLES)
    others = set(psutil.Process().children())
    algebra.compare(x, doubled_half)
    (process,) = set(psutil.Process().children()) - others

    process.kill()
    process.wait(20)
    likeness = algebra.compare(x, doubled_half)
    algebra.close()

    assert likeness is Likeness.SYMBOLIC


def test_what_cannot_be_compared_is_left_to_a_teacher(algebra: GuardedAlgebra) -> None:
    grade = grade_expression(question("x"), "9^9^9^9^9", algebra)

    assert (grade.score, grade.is_certain) == (0, False)
    assert grade.judged_by is JudgedBy.NUMERIC


def test_a_key_that_is_no_formula_is_the_authors_to_mend(algebra: GuardedAlgebra) -> None:
    with pytest.raises(UnreadableKeyError):
        grade_expression(question("half of q"), "x", algebra)
