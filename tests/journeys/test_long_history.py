"""A conversation of 10,000 messages on the page: what is in view is drawn, the rest is reached."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest

from bootstrap.embedded import embedded_servers
from bootstrap.home import Home
from tests.journeys.conftest import Stack
from tests.journeys.test_page import ask_first_suggestion, open_demo_course, shown_conversation

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.xdist_group("stack")]

MESSAGES = 10_000
MOST_DRAWN_TURNS = 25
CHAIN = """
INSERT INTO messages
    (id, conversation_id, course_id, parent_id, role, content, model, created_at, completed_at)
SELECT ids[number], conversation.id, conversation.course_id,
       CASE WHEN number = 1 THEN $2::uuid ELSE ids[number - 1] END,
       CASE WHEN number % 2 = 1 THEN 'user' ELSE 'assistant' END,
       CASE WHEN number % 2 = 1 THEN 'Question ' || (number + 1) / 2
            ELSE 'Answer ' || number / 2 || repeat(E'\\n\\nOne more line.', number / 2 % 7) END,
       CASE WHEN number % 2 = 0 THEN 'grounded' END,
       clock_timestamp() + number * interval '1 millisecond', clock_timestamp()
FROM conversations AS conversation,
     (SELECT array_agg(gen_random_uuid()) AS ids FROM generate_series(1, $3)) AS made,
     generate_series(1, $3) AS number
WHERE conversation.id = $1
ORDER BY number
"""
DISTANCE_FROM_END = "box => box.scrollHeight - box.scrollTop - box.clientHeight"


def lengthen(stack: Stack, conversation: dict) -> None:
    async def insert() -> None:
        with embedded_servers(Home(stack.home)) as servers:
            connection = await asyncpg.connect(servers.urls.database_url)
            await connection.execute("SELECT set_config('neuroshiksha.scope', '*', false)")
            last = conversation["messages"][-1]["id"]
            await connection.execute(CHAIN, conversation["id"], last, MESSAGES)
            await connection.close()

    # Not in the browser's own loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(insert())).result()


def test_a_history_of_ten_thousand_messages_is_read_as_one_scrolls(page, stack: Stack) -> None:
    open_demo_course(page)
    ask_first_suggestion(page)
    lengthen(stack, shown_conversation(page, stack))
    page.reload()
    page.get_by_text(f"Question {MESSAGES // 2}", exact=True).wait_for()
    turns = page.locator(".turns")
    assert turns.evaluate(DISTANCE_FROM_END) < 2
    assert page.locator(".turn").count() <= MOST_DRAWN_TURNS

    newest_read = MESSAGES // 2 - 100
    for _ in range(3):
        turns.evaluate("box => box.scrollTo(0, 0)")
        page.get_by_text(f"Question {newest_read}", exact=True).wait_for(state="attached")
        assert page.locator(".turn").count() <= MOST_DRAWN_TURNS
        newest_read -= 100

    page.get_by_label("Your question").fill("Why does a pendulum keep time?")
    page.keyboard.press("Enter")
    page.locator(".source-list").wait_for()
    page.locator("[aria-busy=true]").wait_for(state="detached")
    assert turns.evaluate(DISTANCE_FROM_END) < 2
