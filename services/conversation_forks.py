"""Where a conversation's branches part: which messages stand in one another's place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from storage.repositories.messages import MessagePlace


@dataclass(frozen=True, slots=True)
class Version:
    """One of the messages that follow the same one."""

    message_id: UUID
    leaf: UUID
    """The latest message of the branches that lead through it."""


Fork = tuple[Version, ...]
"""The questions, or the answers, that stand in one place of a conversation, the oldest first."""


def forks_along(places: Sequence[MessagePlace], path: Collection[UUID]) -> list[Fork]:
    """The forks that a path through a conversation passes, in its order.

    Args:
        places: all messages of the conversation, the oldest first.
        path: the messages of one branch.
    """
    positions: dict[UUID | None, int] = {
        place.message_id: position for position, place in enumerate(places)
    }
    latest = list(range(len(places)))
    for position, place in reversed(list(enumerate(places))):
        parent = positions.get(place.parent_id)
        if parent is not None:
            latest[parent] = max(latest[parent], latest[position])
    versions: dict[UUID | None, list[Version]] = {}
    for place, last in zip(places, latest, strict=True):
        version = Version(place.message_id, places[last].message_id)
        versions.setdefault(place.parent_id, []).append(version)
    passed = [versions[place.parent_id] for place in places if place.message_id in path]
    return [tuple(fork) for fork in passed if len(fork) > 1]
