import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.answering.answer_sentences import answer_sentences


def sentences(answer: str) -> list[str]:
    return [answer[start:end] for start, end in answer_sentences(answer)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Work is energy. Heat is too.", ["Work is energy.", "Heat is too."]),
        ("Work is energy. [1] Heat is too [2].", ["Work is energy. [1]", "Heat is too [2]."]),
        ("Work. [1][2] Heat.", ["Work. [1][2]", "Heat."]),
        ("Work is 1.5 J. It is small.", ["Work is 1.5 J.", "It is small."]),
        ("See e.g. Newton and Fig. 3 there.", ["See e.g. Newton and Fig. 3 there."]),
        ("By A. Einstein in 1905.", ["By A. Einstein in 1905."]),
        ("# Work\n\nIt is energy.", ["It is energy."]),
        ("Kinds:\n- Heat is one.\n- Work is two.", ["Kinds:", "Heat is one.", "Work is two."]),
        ("1. First do this.\n2. Then that.", ["First do this.", "Then that."]),
        ("Run:\n\n```\nx = 1. Y = 2.\n```\n\nDone.", ["Run:", "Done."]),
        ("Take $a. B$ now. Then stop.", ["Take $a. B$ now.", "Then stop."]),
        ("Force is\n$$ F = ma. $$\nIt is Newton's.", ["Force is\n$$ F = ma. $$\nIt is Newton's."]),
        ("| a | b |\n|---|---|\n| 1. X | 2. Y |", []),
        ("कार्य ऊर्जा है। ऊष्मा भी है।", ["कार्य ऊर्जा है।", "ऊष्मा भी है।"]),
        ("One line.\n\nAnother one.", ["One line.", "Another one."]),
        ("Wrapped over\ntwo lines.", ["Wrapped over\ntwo lines."]),
        ("[1] [2]", []),
        ("", []),
    ],
)
def test_an_answer_is_cut_into_its_sentences(answer: str, expected: list[str]) -> None:
    assert sentences(answer) == expected


@given(st.text(alphabet="aB. \n[1]-#`$|", max_size=60))
def test_sentences_come_in_order_and_do_not_overlap(answer: str) -> None:
    flat = [offset for span in answer_sentences(answer) for offset in span]

    assert flat == sorted(flat)
    assert all(answer[start:end].strip() for start, end in answer_sentences(answer))
