"""Looking for words in one's own conversations."""

from typing import Any

import pytest

from ai.chat.scripted import ScriptedChatModel
from tests.api.chat.conftest import Tutor, Tutoring
from tests.support.service import People

pytestmark = pytest.mark.server


async def search(tutor: Tutor, q: str, **params: Any) -> dict[str, Any]:
    response = await tutor.http.get("/conversations", params={"q": q, **params})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def converse(tutor: Tutor, *questions: str) -> str:
    """The id of a new conversation of these questions."""
    fields: dict[str, Any] = {}
    for question in questions:
        answer = await tutor.ask(question, **fields)
        fields["conversation_id"] = answer.data("start")["conversation_id"]
    return str(fields["conversation_id"])


def marked(hit: dict[str, Any]) -> list[str]:
    return [hit["text"][mark["char_start"] : mark["char_end"]] for mark in hit["marks"]]


async def test_words_are_found_in_questions_answers_and_titles(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([["The Joule, named after him."], ["Yes."], ["No."]])
    async with tutoring(model) as tutor:
        first = await converse(tutor, "What is work measured in?")
        second = await converse(tutor, "Are joules little?")
        third = await converse(tutor, "And watts?")
        await tutor.http.patch(f"/conversations/{third}", json={"title": "Joule against watt"})
        found = await search(tutor, "joule")
        both = await search(tutor, "HIM joule")

    by_id = {item["id"]: item["hit"] for item in found["items"]}
    assert list(by_id) == [third, second, first]
    assert found["total"] == 3
    assert [marked(hit) for hit in by_id.values()] == [["Joule"], ["joule"], ["Joule"]]
    assert by_id[third]["message_id"] is None
    assert by_id[first]["text"] == "The Joule, named after him."
    assert [item["id"] for item in both["items"]] == [first]
    assert marked(both["items"][0]["hit"]) == ["Joule", "him"]


async def test_the_latest_message_that_holds_the_words_is_shown(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([["Heat, at first."], ["Heat, at last."], ["Nothing."]])
    async with tutoring(model) as tutor:
        conversation = await converse(tutor, "One?", "Two?", "Three?")
        (item,) = (await search(tutor, "heat"))["items"]
        message = await tutor.stored(item["hit"]["message_id"])

    assert item["id"] == conversation
    assert item["hit"]["text"] == message["content"] == "Heat, at last."


@pytest.mark.parametrize(
    ("q", "is_found"),
    [("100%", True), ("1%0", False), ("a_b", True), ("axb", False), ("c:\\d", True), ("ÉTÉ", True)],
)
async def test_words_are_taken_literally_in_any_case(
    tutoring: Tutoring, q: str, is_found: bool
) -> None:
    async with tutoring(ScriptedChatModel([["100% of a_b in c:\\d, en été."]])) as tutor:
        await converse(tutor, "What?")
        found = await search(tutor, q)

    assert found["total"] == int(is_found)


async def test_a_search_is_paged_and_narrowed_to_a_course(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        ids = [await converse(tutor, f"Number {n}?") for n in range(3)]
        first = await search(tutor, "work", size=2, course=tutor.course.slug)
        second = await search(tutor, "work", size=2, cursor=first["next_cursor"])
        elsewhere = await search(tutor, "work", course="alchemy")

    assert [item["id"] for item in first["items"]] == [ids[2], ids[1]]
    assert (first["total"], first["pages"]) == (3, 2)
    assert [item["id"] for item in second["items"]] == [ids[0]]
    assert elsewhere["items"] == []


async def test_others_find_nothing_of_mine_and_neither_do_i_what_is_deleted(
    tutoring: Tutoring, people: People
) -> None:
    other = await people.add("admin")
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        conversation = await converse(tutor, "What is it?")
        foreign = await tutor.http.get(
            "/conversations", params={"q": "work"}, headers=other.headers
        )
        await tutor.http.delete(f"/conversations/{conversation}")
        deleted = await search(tutor, "work")

    assert foreign.json()["items"] == deleted["items"] == []


@pytest.mark.parametrize("q", ["", "  ", "x" * 201, "a\u0000b"])
async def test_a_bad_search_is_a_problem_that_names_the_field(tutoring: Tutoring, q: str) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        response = await tutor.http.get("/conversations", params={"q": q})

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["q"]


async def test_a_plain_list_says_nothing_of_hits(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        await converse(tutor, "What?")
        (item,) = (await tutor.http.get("/conversations")).json()["items"]

    assert "hit" not in item
