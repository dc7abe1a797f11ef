"""What the tutor does at one turn of a conversation, as its row keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pedagogy.modes.policy import TutorMode
from pedagogy.modes.states import TutorMove


@dataclass(frozen=True, slots=True)
class TutorTurn:
    """A turn of the tutor's.

    Attributes:
        hint_level: Of a hint, from 1; else 0.
        opening: Words of the server's before the reply, such as whether an answer was right.
        words: The whole reply, where the server makes it; empty where a chat model does.
        is_guarded: Whether the reply is held against the key of the problem.
        subject: What the turn is about, where it is not the learner's message.
    """

    mode: TutorMode
    move: TutorMove
    hint_level: int = 0
    opening: str = ""
    words: str = ""
    is_guarded: bool = False
    subject: str = ""
    asked: str = ""
    """Tells the learner's message from others, without its words."""
    is_own: bool = False
    """Whether the problem is one that the learner brought."""

    @property
    def as_json(self) -> dict[str, Any]:
        """The turn as its row keeps it."""
        return {name: getattr(self, name) for name in _FIELDS}


def turn_of(kept: Mapping[str, Any]) -> TutorTurn:
    """A turn from its row."""
    values = {name: kept[name] for name in _FIELDS if name in kept}
    values |= {"mode": TutorMode(kept["mode"]), "move": TutorMove(kept["move"])}
    return TutorTurn(**values)


_FIELDS = tuple(TutorTurn.__dataclass_fields__)
