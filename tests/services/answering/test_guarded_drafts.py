"""A guarded answer is shown as a whole, in the words that its guard gives, or not at all."""

from uuid import uuid4

import pytest

from content.questions import Numeric
from pedagogy.modes.guarded_keys import key_to_guard
from services.answering.answer_log import AnswerLog
from services.answering.draft import AnswerDraft, FinishReason
from services.question_encoding import QuestionEncoder
from services.tutoring.guarding import KEPT_BACK, NOT_GUARDED, ReplyGuard
from tests.support.service import UnusedEmbedder

KEY = key_to_guard(Numeric(id="q", stem="How fast is it?", value=9.81, unit="m/s"))
SECRET = "Gravity pulls. It is 9.81 m/s. Think of one second."


def guarded_draft(guard: ReplyGuard) -> tuple[AnswerDraft, AnswerLog]:
    log = AnswerLog()
    draft = AnswerDraft(uuid4(), log, model="m", prompt="p@1")
    draft.belongs_to(uuid4(), "hints")
    draft.begin()
    draft.show_sources((), ())
    draft.guard_with(guard.rewritten)
    return draft, log


def guard(*, knows_key: bool = True) -> ReplyGuard:
    key = KEY if knows_key else None
    encoder = QuestionEncoder(UnusedEmbedder(), 0)
    return ReplyGuard(key, 1, encoder, "**Not right yet.**", language="en")


def told(log: AnswerLog) -> str:
    return "".join(event.payload["text"] for event in log.since(0) if event.name == "delta")


@pytest.mark.parametrize("reason", ["stop", "length", "stopped"])
async def test_nothing_is_shown_before_all_is_checked(reason: FinishReason) -> None:
    draft, log = guarded_draft(guard())
    for word in SECRET.split(" "):
        draft.say(f"{word} ")
    early = told(log)

    row = await draft.completed(reason)

    assert early == ""
    assert row.content.startswith("**Not right yet.**\n\nGravity pulls. Think of one second.")
    assert "9.81" not in row.content
    assert [notice["detail"] for notice in row.notices] == [KEPT_BACK["en"]]
    assert told(log) == row.content


async def test_where_the_answer_is_not_known_no_words_of_a_chat_model_are_shown() -> None:
    draft, _ = guarded_draft(guard(knows_key=False))
    draft.say("It is whatever it is.")

    row = await draft.completed("stop")

    assert "whatever" not in row.content
    assert [notice["detail"] for notice in row.notices] == [NOT_GUARDED["en"]]


async def test_an_answer_that_fails_shows_nothing_of_what_was_held() -> None:
    draft, log = guarded_draft(guard())
    draft.say(SECRET)

    row = draft.failed("internal_error", "It failed.")

    assert (row.content, told(log)) == ("", "")
