"""What a client can listen to over a WebSocket: answers and jobs, told as over SSE."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from api.event_stream import event_payload
from api.job_events import job_event
from api.observing import told_over_socket
from api.schemas.chat import MessageRead
from api.schemas.documents import JobRead
from api.websocket.frames import AskFrame, StopFrame
from api.websocket.outgoing import Outgoing
from bootstrap.services import Services
from services.actors import Actor
from services.answering.answer_log import AnswerEvent

JOB_PAUSE_SECONDS = 3600.0
"""How often the watcher of a job hears that nothing happens: the socket has pings of its own."""


class Subscriptions:
    """Tells one client, as `actor`; each method ends when there is nothing more to tell."""

    def __init__(self, services: Services, outgoing: Outgoing) -> None:
        self._services = services
        self._outgoing = outgoing

    async def ask(self, actor: Actor, frame: AskFrame) -> None:
        """Asks, and tells the answer."""
        question = frame.as_question(frame.idempotency_key)
        heard = await self._services.answering.listen(actor, frame.course, question, None)
        last, is_over = await self._tell(frame.id, heard.message_id, heard.batches, 0)
        if not is_over:
            await self.resume(actor, frame.id, heard.message_id, last)

    async def resume(self, actor: Actor, frame_id: str, message_id: UUID, after: int) -> None:
        """Tells an answer after that sequence, whichever process tells it, or has told it."""
        answering = self._services.answering
        is_over = False
        while not is_over:
            message = await answering.message(actor, message_id)
            batches = await answering.follow(actor, message_id, after, None)
            after, is_over = await self._tell(frame_id, message_id, batches, after)
            is_over = is_over or message.status != "streaming"

    async def watch(self, actor: Actor, frame_id: str, job_id: UUID) -> None:
        """Tells how a job stands, and how it moves."""
        states = await self._services.jobs.follow(actor, job_id, JOB_PAUSE_SECONDS)
        async with aclosing(states):
            async for job in states:
                if job is not None:
                    name, event_id = job_event(job)
                    body = JobRead.model_validate(job).model_dump(mode="json")
                    await self._outgoing.send(frame_id, name, body, event_id=event_id)

    async def stop(self, actor: Actor, frame: StopFrame) -> None:
        """Ends an answer where it is, and tells the message as it is stored."""
        message = await self._services.answering.stop(actor, frame.message_id)
        body = MessageRead.of(message).model_dump(mode="json")
        await self._outgoing.send(frame.id, "message", body)

    async def _tell(
        self,
        frame_id: str,
        message_id: UUID,
        batches: AsyncGenerator[list[AnswerEvent], None],
        after: int,
    ) -> tuple[int, bool]:
        """Tells all events of an answer; the last one's sequence, and whether it ends it."""
        is_over = False
        told = told_over_socket(message_id, batches, self._outgoing.scope)
        async with aclosing(batches), aclosing(told):
            async for batch in told:
                for event in batch:
                    await self._outgoing.send(
                        frame_id,
                        event.name,
                        event_payload(event, self._outgoing.scope),
                        event_id=f"{message_id}-{event.sequence}",
                    )
                    after, is_over = event.sequence, event.is_last
        return after, is_over
