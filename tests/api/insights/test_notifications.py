"""People and other systems are told what happened: once, as they chose, and nothing is lost."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bootstrap.notifications import Telling, build_telling, channels_of
from connectors.webhook_messages import (
    WebhookFailedError,
    WebhookMessage,
    WebhookRefusedError,
    signature,
)
from services.accounts.mail_writing import AccountMailWriter
from services.keyring import KeyRing
from services.notifications.bus import EventBus, EventTeller
from services.notifications.channels import ChannelUnavailableError, Recipient, Told
from services.notifications.events import Event, EventKind, announce
from services.notifications.webhooks import WebhookSender
from services.notifications.wording import line_of, path_of
from services.secret_box import SecretBox
from storage.database import MAINTENANCE
from storage.repositories.outgoing_mails import DueMail
from tests.api.insights.conftest import PENDULUM, RIGHT, Cockpit
from tests.support.service import SECRET_KEY, Person

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]


@dataclass(slots=True)
class Pager:
    """A further channel: a class with a name and one method, registered by being given."""

    name: str = "pager"
    told: list[tuple[Recipient, list[str]]] = field(default_factory=list)
    is_away: bool = False

    async def deliver(
        self,
        session: AsyncSession,  # noqa: ARG002 - its channel is not PostgreSQL
        recipient: Recipient,
        told: Sequence[Told],
    ) -> None:
        if self.is_away:
            raise ChannelUnavailableError("no network")
        self.told.append((recipient, [line_of(one) for one in told]))


@dataclass(slots=True)
class Receiver:
    """Another system, which answers as it is told."""

    answers: list[int] = field(default_factory=list)
    received: list[tuple[str, str, WebhookMessage]] = field(default_factory=list)

    async def send(self, url: str, secret: str, message: WebhookMessage) -> int:
        self.received.append((url, secret, message))
        status = self.answers.pop(0) if self.answers else 204
        if status == 410:
            raise WebhookRefusedError("gone", status)
        if status >= 300:
            raise WebhookFailedError("busy", status)
        return status


def telling(cockpit: Cockpit, *more: Any, receiver: Receiver | None = None) -> Telling:
    adapters = cockpit.taught.adapters
    settings = adapters.settings
    built = build_telling(adapters.database, settings, [*channels_of(settings), *more])
    if receiver is None:
        return built
    secrets = SecretBox(KeyRing.of_setting(SECRET_KEY), "webhooks")
    sender = WebhookSender(adapters.database, receiver, secrets, adapters.clock)
    return replace(built, webhooks=sender)


async def told_all(tells: Telling) -> None:
    """What a worker does at each look, until nothing is left."""
    for step in (tells.events.tell_waiting, tells.notices.deliver_due, tells.webhooks.send_due):
        while await step():
            pass


async def notices(cockpit: Cockpit, who: Person, **params: Any) -> list[dict[str, Any]]:
    response = await cockpit.http.get("/users/me/notifications", params=params, headers=who.headers)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    return [one for one in found if one["course_id"] in (str(cockpit.id), None)]


async def choose(cockpit: Cockpit, who: Person, **chosen: Any) -> Any:
    path = "/users/me/notifications/settings"
    return await cockpit.http.put(path, json=chosen, headers=who.headers)


async def mails_to(cockpit: Cockpit, who: Person) -> int:
    statement = text(
        "SELECT count(*) FROM outgoing_mails WHERE recipient = :email AND kind = 'notifications'"
    )
    async with cockpit.taught.adapters.database.transaction(MAINTENANCE) as session:
        return int(await session.scalar(statement, {"email": who.actor.email}) or 0)


async def graded(cockpit: Cockpit, who: Person, title: str) -> None:
    """Something that one person is told at once."""
    async with cockpit.taught.adapters.database.transaction(MAINTENANCE) as session:
        await announce(session, EventKind.GRADE_CHANGED, cockpit.id, user_id=who.id, title=title)


async def test_who_asked_is_told_of_a_correction_once(cockpit: Cockpit) -> None:
    answer = await cockpit.ask(PENDULUM)
    await cockpit.correct(PENDULUM, RIGHT, message_id=answer["message_id"])

    await told_all(telling(cockpit))
    await told_all(telling(cockpit))
    (notice,) = await notices(cockpit, cockpit.learner)
    unread = await cockpit.http.get(
        "/users/me/notifications/unread", headers=cockpit.learner.headers
    )

    assert (notice["kind"], notice["course_slug"]) == ("answer.corrected", cockpit.slug)
    assert notice["payload"]["question"] == PENDULUM
    assert notice["path"].endswith(f"/conversations/{answer['conversation_id']}")
    assert unread.json()["unread"] == 1
    assert await mails_to(cockpit, cockpit.learner) == 1
    assert await notices(cockpit, cockpit.teacher) == []


async def test_learners_are_reminded_of_due_cards_once(cockpit: Cockpit) -> None:
    due = text("""
        WITH deck AS (INSERT INTO contents (id, course_id, kind) VALUES (:deck, :course, 'deck'))
        INSERT INTO card_memories (learner_id, deck_id, card_id, course_id, state, stability,
                                   difficulty, last_reviewed_at, due_at)
        VALUES (:learner, :deck, 'c1', :course, 'review', 1, 5, now(), now())""")
    values = {"deck": uuid4(), "course": cockpit.id, "learner": cockpit.learner.id}
    async with cockpit.taught.adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(due, values)
    tells = telling(cockpit)

    for _ in range(2):
        await tells.upkeep.remind()
        await told_all(tells)
    (notice,) = await notices(cockpit, cockpit.learner)

    assert (notice["kind"], notice["payload"]["cards"]) == ("reviews.due", 1)


async def test_what_is_published_is_told_to_learners(cockpit: Cockpit) -> None:
    async with cockpit.taught.adapters.database.transaction(MAINTENANCE) as session:
        await announce(
            session, EventKind.CONTENT_PUBLISHED, cockpit.id, title="Work", content_kind="quiz"
        )

    await told_all(telling(cockpit))
    (notice,) = await notices(cockpit, cockpit.learner)

    assert notice["path"] == f"/courses/{cockpit.slug}/quizzes"
    assert await notices(cockpit, cockpit.teacher) == []


async def test_a_lesson_is_told_of_once_when_learners_see_it(cockpit: Cockpit) -> None:
    http, headers = cockpit.http, cockpit.teacher.headers
    lessons = f"/courses/{cockpit.slug}/lessons"
    at_once = {"title": "Seen at once", "content": "Work.", "status": "published"}
    await http.post(lessons, json=at_once, headers=headers)
    later = {"title": "Seen later", "content": "Work."}
    draft = (await http.post(lessons, json=later, headers=headers)).json()
    await told_all(telling(cockpit))
    first = await notices(cockpit, cockpit.learner)

    for change in ({"status": "published"}, {"summary": "Of work."}):
        await http.patch(f"/lessons/{draft['id']}", json=change, headers=headers)
        await told_all(telling(cockpit))
    both = await notices(cockpit, cockpit.learner)

    assert [one["payload"]["title"] for one in first] == ["Seen at once"]
    assert [one["payload"]["title"] for one in both] == ["Seen later", "Seen at once"]


async def test_notices_are_read_one_by_one_and_only_ones_own(cockpit: Cockpit) -> None:
    other = await cockpit.join()
    for who in (cockpit.learner, cockpit.learner, other):
        await graded(cockpit, who, "Quiz")
    await told_all(telling(cockpit))
    first, second = await notices(cockpit, cockpit.learner)
    (foreign,) = await notices(cockpit, other)

    path = "/users/me/notifications/read"
    body = {"ids": [first["id"], foreign["id"]]}
    await cockpit.http.post(path, json=body, headers=cockpit.learner.headers)
    left = await notices(cockpit, cockpit.learner, unread=True)

    assert [one["id"] for one in left] == [second["id"]]
    assert len(await notices(cockpit, other, unread=True)) == 1


async def test_channels_are_chosen_by_kind(cockpit: Cockpit) -> None:
    who = cockpit.learner
    chosen = await choose(cockpit, who, choices={"grade.changed": ["email"]})
    await graded(cockpit, who, "Quiz")

    await told_all(telling(cockpit))

    assert chosen.json()["choices"]["grade.changed"] == ["email"]
    assert chosen.json()["choices"]["job.failed"] == ["page", "email"]
    assert await notices(cockpit, who) == []
    assert await mails_to(cockpit, who) == 1


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"choices": {"weather": ["page"]}}, "choices"),
        ({"choices": {"job.failed": ["pigeon"]}}, "choices"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
async def test_what_there_is_not_cannot_be_chosen(
    cockpit: Cockpit, chosen: dict[str, Any], field: str
) -> None:
    refused = await choose(cockpit, cockpit.learner, **chosen)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field


async def test_a_digest_waits_and_is_one_mail(cockpit: Cockpit) -> None:
    who, database = cockpit.learner, cockpit.taught.adapters.database
    await choose(cockpit, who, digest="daily")
    await graded(cockpit, who, "First")
    await graded(cockpit, who, "Second")
    tells = telling(cockpit)

    await told_all(tells)
    waiting = await mails_to(cockpit, who)
    async with database.transaction(MAINTENANCE) as session:
        late = text("UPDATE notification_deliveries SET due_at = now() WHERE user_id = :who")
        await session.execute(late, {"who": who.id})
    await told_all(tells)

    assert waiting == 0
    assert await mails_to(cockpit, who) == 1
    assert len(await notices(cockpit, who)) == 2


async def test_a_mail_of_notices_is_in_the_language_of_who_gets_it(cockpit: Cockpit) -> None:
    who, database = cockpit.learner, cockpit.taught.adapters.database
    await cockpit.http.patch("/users/me", json={"language": "hi"}, headers=who.headers)
    await choose(cockpit, who, choices={"grade.changed": ["email"]})
    await graded(cockpit, who, "First")
    await graded(cockpit, who, "Second")
    await told_all(telling(cockpit))
    async with database.transaction(MAINTENANCE) as session:
        details = await session.scalar(
            text("SELECT details FROM outgoing_mails WHERE recipient = :email"),
            {"email": who.actor.email},
        )
    now = datetime.now(UTC)
    due = DueMail(uuid4(), "notifications", who.actor.email, details, now, attempts=1)

    mail = await AccountMailWriter(database, "https://tutor.school.edu/", "Our School").write(due)

    assert mail is not None
    assert mail.subject == "Our School: 2 सूचनाएँ"
    assert "आपका एक ग्रेड तय हुआ: First।\nhttps://tutor.school.edu/courses/" in mail.body
    assert mail.body.endswith("यह यहाँ चुनें: https://tutor.school.edu/account\n")


async def test_a_further_channel_is_one_class_and_one_registration(cockpit: Cockpit) -> None:
    who, pager = cockpit.learner, Pager()
    async with cockpit.taught.adapters.database.transaction(who.actor.scope) as session:
        chosen = text("""INSERT INTO notification_settings (user_id, choices)
            VALUES (:who, '{"grade.changed": ["pager"]}')""")
        await session.execute(chosen, {"who": who.id})
    await graded(cockpit, who, "First")

    pager.is_away = True
    await told_all(telling(cockpit, pager))
    pager.is_away = False
    async with cockpit.taught.adapters.database.transaction(MAINTENANCE) as session:
        again = text("UPDATE notification_deliveries SET due_at = now() WHERE user_id = :who")
        await session.execute(again, {"who": who.id})
    await told_all(telling(cockpit, pager))
    await told_all(telling(cockpit, pager))

    ((recipient, lines),) = pager.told
    assert recipient.user_id == who.id
    assert lines == ["Physics: A grade of yours was set: First."]


async def test_an_observer_that_fails_loses_nothing_and_holds_nobody_up(
    cockpit: Cockpit,
) -> None:
    database, heard = cockpit.taught.adapters.database, []
    is_broken = True

    async def listen(session: AsyncSession, event: Event) -> None:
        if event.user_id == cockpit.learner.id and is_broken:
            raise RuntimeError("broken")
        heard.append(event.user_id)

    bus = EventBus()
    bus.observe(listen, EventKind.GRADE_CHANGED)
    teller = EventTeller(database, bus)
    other = await cockpit.join()
    await graded(cockpit, cockpit.learner, "First")
    await graded(cockpit, other, "Second")
    while await teller.tell_waiting():
        pass
    before = list(heard)
    is_broken = False
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text("UPDATE announcements SET due_at = now()"))
    while await teller.tell_waiting():
        pass

    assert other.id in before
    assert cockpit.learner.id not in before
    assert heard.count(cockpit.learner.id) == 1


async def test_what_was_rolled_back_is_not_told(cockpit: Cockpit) -> None:
    async def fail() -> None:
        async with cockpit.taught.adapters.database.transaction(MAINTENANCE) as session:
            await announce(session, EventKind.GRADE_CHANGED, cockpit.id, user_id=cockpit.learner.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    await told_all(telling(cockpit))

    assert await notices(cockpit, cockpit.learner) == []


async def hooked(cockpit: Cockpit, **fields: Any) -> dict[str, Any]:
    path = f"/courses/{cockpit.slug}/webhooks"
    body = {"url": "https://hooks.school.edu/in", **fields}
    response = await cockpit.http.post(path, json=body, headers=cockpit.teacher.headers)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def log_of(cockpit: Cockpit, webhook_id: str) -> list[dict[str, Any]]:
    path = f"/webhooks/{webhook_id}/deliveries"
    response = await cockpit.http.get(path, headers=cockpit.teacher.headers)
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_a_webhook_is_told_of_its_kinds_signed_with_its_secret(cockpit: Cockpit) -> None:
    receiver = Receiver()
    made = await hooked(cockpit, kinds=["grade.changed"])
    await graded(cockpit, cockpit.learner, "Quiz")
    await cockpit.correct(PENDULUM, RIGHT)

    await told_all(telling(cockpit, receiver=receiver))
    (logged,) = await log_of(cockpit, made["id"])
    listed = await cockpit.read("webhooks")

    ((url, secret, message),) = receiver.received
    sent = json.loads(message.body)
    assert (url, secret) == ("https://hooks.school.edu/in", made["secret"])
    assert sent["type"] == "grade.changed"
    assert sent["data"]["course_id"] == str(cockpit.id)
    assert signature(secret, message).startswith("v1,")
    assert (logged["status"], logged["response_status"]) == ("delivered", 204)
    assert "secret" not in listed["items"][0]


async def test_a_message_is_tried_again_and_can_be_sent_again(cockpit: Cockpit) -> None:
    receiver = Receiver(answers=[503, 200])
    made = await hooked(cockpit)
    await cockpit.http.post(f"/webhooks/{made['id']}/test", headers=cockpit.teacher.headers)
    tells = telling(cockpit, receiver=receiver)

    await told_all(tells)
    (failed,) = await log_of(cockpit, made["id"])
    async with cockpit.taught.adapters.database.transaction(MAINTENANCE) as session:
        due = text("UPDATE webhook_deliveries SET due_at = now() WHERE webhook_id = :id")
        await session.execute(due, {"id": made["id"]})
    await told_all(tells)
    (delivered,) = await log_of(cockpit, made["id"])
    path = f"/webhooks/{made['id']}/deliveries/{delivered['id']}/resend"
    again = await cockpit.http.post(path, headers=cockpit.teacher.headers)
    await told_all(tells)

    assert (failed["status"], failed["attempts"], failed["response_status"]) == ("waiting", 1, 503)
    assert failed["error"] == "busy"
    assert delivered["status"] == "delivered"
    assert again.status_code == 202
    assert len({message.id for _, _, message in receiver.received}) == 1
    assert len(receiver.received) == 3


async def test_a_webhook_that_is_gone_is_put_out_of_use(cockpit: Cockpit) -> None:
    receiver = Receiver(answers=[410])
    made = await hooked(cockpit)
    await graded(cockpit, cockpit.learner, "First")
    tells = telling(cockpit, receiver=receiver)

    await told_all(tells)
    await graded(cockpit, cockpit.learner, "Second")
    await told_all(tells)
    gone = (await cockpit.read("webhooks"))["items"][0]
    await cockpit.http.post(f"/webhooks/{made['id']}/enable", headers=cockpit.teacher.headers)

    assert not gone["is_active"]
    assert len(receiver.received) == 1
    assert (await cockpit.read("webhooks"))["items"][0]["is_active"]


@pytest.mark.parametrize(
    "url", ["ftp://school.edu", "hooks", "https://", "https://name:word@school.edu/"]
)
async def test_what_is_no_address_is_refused(cockpit: Cockpit, url: str) -> None:
    refused = await cockpit.http.post(
        f"/courses/{cockpit.slug}/webhooks", json={"url": url}, headers=cockpit.teacher.headers
    )

    assert refused.status_code == 422


async def test_every_kind_of_notice_has_words_and_a_place() -> None:
    for kind in EventKind:
        told = Told(uuid4(), kind.value, "Physics", "physics", {"title": "Work"}, datetime.now(UTC))

        assert line_of(told).startswith("Physics: ")
        assert re.search(r"Physics: [^a-zA-Z]*[\u0900-\u097f]", line_of(told, "hi"))
        assert path_of(told).startswith("/courses/physics")
