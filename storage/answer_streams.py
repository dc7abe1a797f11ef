"""The durable log of answers while they are told: a Redis Stream for each, fenced by epoch.

A stream's entries have the numbers of their events. Beside it stands its state, `epoch:last`: the
highest epoch that wrote or took it, and the number of its last event.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.errors import StorageUnavailableError

PREFIX = "neuroshiksha:answer"
KEPT_SECONDS = 3600
"""How long an unfinished answer waits for a successor before it has to be told anew."""
KEPT_ENDED_SECONDS = 60
"""Once it is over its row tells the same; this is for who is listening just then."""
MAXIMUM_EVENTS = 60_000
"""More than an answer of bounded length has; only a fault would reach it."""
COMMAND_TIMEOUT_SECONDS = 0.5

APPEND = """
local replies, at = {}, 3
for i = 1, #KEYS, 2 do
  local stream, state = KEYS[i], KEYS[i + 1]
  local events, numbers = at + 1, {}
  for number in string.gmatch(ARGV[events], '%d+') do numbers[#numbers + 1] = tonumber(number) end
  local epoch, base, previous, first, count, ended = unpack(numbers)
  local kept = ended == 1 and ARGV[2] or ARGV[1]
  at = events + count
  local known, last = string.match(redis.call('GET', state) or '0:0', '(%d+):(%d+)')
  known, last = tonumber(known), tonumber(last)
  if known > epoch then
    replies[#replies + 1] = -1
  else
    if known < epoch or last < base then
      redis.call('DEL', stream)
      last = base
    end
    if previous <= last then
      for n = math.max(1, last + 2 - first), count do
        last = first + n - 1
        local id = string.format('%d-0', last)
        redis.call('XADD', stream, 'MAXLEN', '~', ARGV[3], id, 'e', ARGV[events + n])
      end
    end
    redis.call('SET', state, string.format('%d:%d', epoch, last), 'EX', kept)
    redis.call('EXPIRE', stream, kept)
    replies[#replies + 1] = last
  end
end
return table.concat(replies, ' ')
"""
"""Appends what is not there yet, so that sending twice is the same as once; gives the last number
of each stream, or -1 where a higher epoch owns it, as one text, which the client reads in one
piece. Where events before the first one given are missing, as after a flush, nothing is appended
and the reply says where to go on from. What stands there of another telling, whose numbers are
lower, is dropped."""

TAKE = """
local known, last = string.match(redis.call('GET', KEYS[2]) or '0:0', '(%d+):(%d+)')
if tonumber(known) == 0 then return 0 end
if tonumber(known) > tonumber(ARGV[1]) then return -1 end
redis.call('SET', KEYS[2], string.format('%d:%d', tonumber(ARGV[1]), tonumber(last)), 'EX', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""

RawEntries = Sequence[tuple[bytes, Mapping[bytes, bytes]]]
"""As the client gives them, which decodes nothing."""
StreamEntry = tuple[int, bytes]
"""The number of an event, and the event."""


@dataclass(frozen=True, slots=True)
class StreamBatch:
    """Events to append to one answer's stream.

    Attributes:
        base: The number before that of the answer's very first event.
        previous: The number of the event before these; `base` where there is none.
        first: The number of the first of these events; the others follow it.
        is_ended: Whether the last of them ends the answer.
    """

    message_id: UUID
    epoch: int
    base: int
    previous: int
    first: int
    events: Sequence[bytes]
    is_ended: bool

    @property
    def numbers(self) -> bytes:
        """All but the events, in one piece: the client takes as long for a number as for a text."""
        return b"%d %d %d %d %d %d" % (
            self.epoch,
            self.base,
            self.previous,
            self.first,
            len(self.events),
            self.is_ended,
        )


class AnswerStreams:
    """The streams of all answers. Waits half a second at most for a Redis that does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._append = redis.register_script(APPEND)
        self._take = redis.register_script(TAKE)

    async def append(self, batches: Sequence[StreamBatch]) -> list[int | None]:
        """Appends to many streams in one round trip.

        Returns:
            For each the number of its last event from now on; None where a higher epoch owns it.

        Raises:
            StorageUnavailableError: some, all or none may have been appended; send them again.
        """
        keys: list[bytes] = []
        arguments: list[bytes | int] = [KEPT_SECONDS, KEPT_ENDED_SECONDS, MAXIMUM_EVENTS]
        for batch in batches:
            keys += _keys(batch.message_id)
            arguments.append(batch.numbers)
            arguments += batch.events
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT_SECONDS):
                replies = await self._append(keys, arguments)
        except (RedisError, OSError, TimeoutError) as error:
            raise StorageUnavailableError("Redis") from error
        return [None if last < 0 else last for last in map(int, replies.split())]

    async def take(self, message_id: UUID, epoch: int) -> list[StreamEntry]:
        """Shuts out lower epochs, then gives all that was logged; nothing where the log is lost.

        Raises:
            StorageUnavailableError: Redis does not answer.
        """
        keys = _keys(message_id)
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT_SECONDS):
                if await self._take(keys, [epoch, KEPT_SECONDS]) != 1:
                    return []
                return _entries(cast("RawEntries", await self._redis.xrange(keys[0])))
        except (RedisError, OSError, TimeoutError) as error:
            raise StorageUnavailableError("Redis") from error

    async def forget(self, message_ids: Sequence[UUID]) -> None:
        """Removes the streams of answers.

        Raises:
            StorageUnavailableError: Redis does not answer; the streams end by themselves.
        """
        keys = [key for message_id in message_ids for key in _keys(message_id)]
        if not keys:
            return
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT_SECONDS):
                await self._redis.unlink(*keys)
        except (RedisError, OSError, TimeoutError) as error:
            raise StorageUnavailableError("Redis") from error

    async def read(
        self, positions: Mapping[UUID, int], wait_seconds: float
    ) -> dict[UUID, list[StreamEntry]]:
        """What follows the given numbers in each stream; waits for it where there is nothing.

        Raises:
            StorageUnavailableError: Redis does not answer.
        """
        streams = {_keys(message_id)[0]: message_id for message_id in positions}
        after: Any = {name: f"{positions[message_id]}-0" for name, message_id in streams.items()}
        try:
            async with asyncio.timeout(wait_seconds + COMMAND_TIMEOUT_SECONDS):
                found: Any = await self._redis.xread(after, block=max(int(wait_seconds * 1000), 1))
        except (RedisError, OSError, TimeoutError) as error:
            raise StorageUnavailableError("Redis") from error
        return {streams[name]: _entries(entries) for name, entries in found}


@lru_cache(maxsize=1024)
def _keys(message_id: UUID) -> tuple[bytes, bytes]:
    key = f"{PREFIX}:{message_id}".encode()
    return key, key + b":state"


def _entries(entries: RawEntries) -> list[StreamEntry]:
    return [(int(entry_id.partition(b"-")[0]), fields[b"e"]) for entry_id, fields in entries]
