"""Taking a conversation away as a file."""

from typing import Any

import httpx2
import pypdfium2 as pdfium
import pytest

from ai.chat.scripted import ScriptedChatModel
from tests.api.chat.conftest import Tutor, Tutoring
from tests.support.service import People

pytestmark = pytest.mark.server

ANSWERS = [
    ["Power is the rate at which work is done [1], \\(P = \\frac{W}{t}\\)."],
    ["Its unit is the watt [1]."],
]


async def converse(tutor: Tutor) -> str:
    """The id of a conversation of two questions."""
    first = await tutor.ask("What is power?")
    conversation = str(first.data("start")["conversation_id"])
    await tutor.ask("And the unit of power?", conversation_id=conversation)
    return conversation


async def export(
    tutor: Tutor, conversation: str, headers: dict[str, str] | None = None, **params: Any
) -> httpx2.Response:
    path = f"/conversations/{conversation}/export"
    return await tutor.http.get(path, params=params, headers=headers)


async def test_markdown_has_questions_answers_and_verbatim_footnotes(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel(ANSWERS)) as tutor:
        conversation = await converse(tutor)
        exported = await export(tutor, conversation, format="md")
        read = (await tutor.http.get(f"/conversations/{conversation}")).json()

    quote = read["messages"][1]["citations"][0]["quote"]
    assert exported.status_code == 200, exported.text
    assert exported.headers["content-type"] == "text/markdown; charset=utf-8"
    assert exported.headers["content-disposition"] == 'attachment; filename="What is power.md"'
    assert "> What is power?\n" in exported.text
    assert "rate at which work is done[^2-1], \\(P = \\frac{W}{t}\\)." in exported.text
    assert f"[^2-1]: Power: “{quote}”" in exported.text
    assert exported.text.index("> What is power?") < exported.text.index("> And the unit")


async def test_json_is_what_is_read_with_citations_gathered_by_source(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel(ANSWERS)) as tutor:
        conversation = await converse(tutor)
        exported = (await export(tutor, conversation)).json()
        read = (await tutor.http.get(f"/conversations/{conversation}")).json()

    footnotes = [message.pop("footnotes") for message in exported["messages"]]
    answer = read["messages"][1]
    assert exported | {name: read[name] for name in ("leaves", "forks", "tutor")} == read
    assert footnotes[0] == []
    assert footnotes[1] == [
        {
            "n": 1,
            "document_title": "Power",
            "quotes": [answer["citations"][0]["quote"]],
            **{
                name: answer["sources"][0][name]
                for name in ("document_id", "document_version", "locator")
            },
        }
    ]


async def test_pdf_is_typeset_with_its_formulas(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel(ANSWERS)) as tutor:
        conversation = await converse(tutor)
        exported = await export(tutor, conversation, headers={"Accept": "application/pdf"})

    assert exported.status_code == 200, exported.text
    assert exported.headers["content-type"] == "application/pdf"
    document = pdfium.PdfDocument(exported.content)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "Power is the rate" in text
    assert "frac" not in text


async def test_a_conversation_is_exported_whole_under_a_title_in_any_script(
    tutoring: Tutoring,
) -> None:
    async with tutoring(ScriptedChatModel(ANSWERS)) as tutor:
        conversation = await converse(tutor)
        await tutor.http.patch(f"/conversations/{conversation}", json={"title": "शक्ति"})
        exported = await export(tutor, conversation, format="md")

    disposition = exported.headers["content-disposition"]
    assert "filename*=UTF-8''%E0%A4%B6" in disposition
    assert disposition.isascii()
    assert exported.text.startswith("# शक्ति\n")


async def test_a_stopped_answer_says_so(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work is ", 30.0, "never said"]])) as tutor:
        async with tutor.streaming("What is work?") as events:
            start = await anext(events)
            async for event in events:
                if event.name == "delta":
                    break
            await tutor.http.post(f"/messages/{start.data['message_id']}/stop")
        exported = await export(tutor, start.data["conversation_id"], format="md")

    assert exported.text.endswith("Work is\n\n*This answer was stopped.*\n")


async def test_others_do_not_export_it_and_formats_are_named(
    tutoring: Tutoring, people: People
) -> None:
    other = await people.add("admin")
    async with tutoring(ScriptedChatModel(ANSWERS)) as tutor:
        conversation = await converse(tutor)
        foreign = await export(tutor, conversation, headers=other.headers, format="md")
        odd = await export(tutor, conversation, format="docx")

    assert foreign.status_code == 404
    assert odd.status_code == 422
    assert "pdf" in odd.json()["detail"]
