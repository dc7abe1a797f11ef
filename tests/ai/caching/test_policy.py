"""Keys of answers, and the turns that may use them."""

from dataclasses import fields, replace
from uuid import UUID

import pytest

from ai.caching.policy import AnswerScope, is_cacheable, normalised

SCOPE = AnswerScope(
    course_id=UUID(int=1),
    retrieval_scope="course",
    corpus_revision=3,
    embedder="mini",
    prompt="tutor.explain@1",
    model="tutor",
    mode="explain",
    language="en",
    role="learner",
)


@pytest.mark.parametrize("name", [field.name for field in fields(AnswerScope)])
def test_whatever_an_answer_depends_on_changes_its_key(name: str) -> None:
    other = {"course_id": UUID(int=2), "corpus_revision": 4}.get(name, "another")

    changed = replace(SCOPE, **{name: other})

    assert changed.key("What is work?") != SCOPE.key("What is work?")


@pytest.mark.parametrize("same", ["what is work", "  What is  work ? ", "What is Work?"])
def test_spacing_outer_marks_and_sentence_case_do_not_change_the_key(same: str) -> None:
    assert SCOPE.key(same) == SCOPE.key("What is work?")


def test_symbols_keep_their_case() -> None:
    assert normalised("What is G?") != normalised("What is g?")
    assert normalised("1 MeV") != normalised("1 meV")
    assert normalised("m² over x") != normalised("m2 over x")


@pytest.mark.parametrize(
    "question",
    ["Is my answer right?", "What did I get wrong?", "I'm stuck on work", "मेरा उत्तर सही है?"],
)
def test_a_question_about_its_asker_is_not_shared(question: str) -> None:
    assert not is_cacheable(question, "explain", has_history=False)


def test_only_first_turns_of_explaining_are_shared() -> None:
    assert is_cacheable("Tell me what work is", "explain", has_history=False)
    assert not is_cacheable("Tell me what work is", "explain", has_history=True)
    assert not is_cacheable("Tell me what work is", "check", has_history=False)
