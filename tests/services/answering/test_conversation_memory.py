import pytest

from ai.chat.chat_model import ChatTurn
from services.answering.conversation_memory import (
    REMEMBERED_CHARACTERS,
    depends_on_history,
    remembered,
    standalone_question,
)


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "And on the moon?",
        "What about friction",
        "How is it measured?",
        "इसका मात्रक क्या होता है?",
    ],
)
def test_a_follow_up_depends_on_history(question: str) -> None:
    assert depends_on_history(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the period of a pendulum?",
        "How does kinetic energy depend on speed?",
        "ऊर्जा का मात्रक क्या होता है?",
    ],
)
def test_a_whole_question_does_not(question: str) -> None:
    assert not depends_on_history(question)


def test_a_follow_up_is_looked_up_with_the_question_before_it() -> None:
    history = [
        ChatTurn("user", "What is work?"),
        ChatTurn("assistant", "Force times displacement [1]."),
        ChatTurn("user", "What is power?"),
        ChatTurn("assistant", "Work per time [2]."),
    ]

    assert standalone_question("And its unit?", history) == "What is power? And its unit?"
    assert standalone_question("And its unit?", []) == "And its unit?"


def test_memory_keeps_the_latest_turns_within_its_bound_without_old_markers() -> None:
    turns = [
        ChatTurn("user", "a" * REMEMBERED_CHARACTERS),
        ChatTurn("user", "What is work?"),
        ChatTurn("assistant", "Force times displacement [1] [2]."),
    ]

    kept = remembered(turns)

    assert [turn.content for turn in kept] == ["What is work?", "Force times displacement."]
