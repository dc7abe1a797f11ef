"""What is remembered of a conversation."""

from ai.chat.chat_model import ChatTurn
from ai.chat.token_estimates import estimated_tokens
from services.answering.conversation_memory import REMEMBERED_TOKENS, memory_tokens, remembered


def test_memory_keeps_the_latest_turns_within_its_budget_without_old_markers() -> None:
    turns = [
        ChatTurn("user", "a" * 3 * REMEMBERED_TOKENS),
        ChatTurn("user", "What is work?"),
        ChatTurn("assistant", "Force times displacement [1] [2, 3]."),
    ]

    kept = remembered(turns, REMEMBERED_TOKENS)

    assert [turn.content for turn in kept] == ["What is work?", "Force times displacement."]


def test_a_latest_turn_that_is_too_long_is_cut_and_not_forgotten() -> None:
    turns = [ChatTurn("user", "What is work?"), ChatTurn("assistant", "word " * 5_000)]

    (kept,) = remembered(turns, 100)

    assert kept.role == "assistant"
    assert kept.content.startswith("word word")
    assert 80 <= estimated_tokens(kept.content) <= 100


def test_devanagari_takes_more_of_the_budget_than_as_many_english_letters() -> None:
    english, hindi = "work is force ", "कार्य बल है और "

    assert estimated_tokens(hindi * 10) > 3 * estimated_tokens(english * 10)


def test_a_small_context_window_leaves_less_to_remember() -> None:
    assert memory_tokens(None) == memory_tokens(32_768) == REMEMBERED_TOKENS
    assert memory_tokens(1024) == 256
