"""What judges whether a text may be asked, or told, at a school."""

from dataclasses import dataclass
from typing import Protocol


class ModerationError(Exception):
    """A moderator gave no judgement."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a moderator says of a text.

    Attributes:
        is_flagged: Whether it should not pass.
        categories: Why, in the moderator's words, such as `violence`; sorted.
    """

    is_flagged: bool
    categories: tuple[str, ...] = ()


class Moderator(Protocol):
    """Judges texts of any length and language; nothing but the text is given to it.

    One call is one judgement within the moderator's own time limit; it is never repeated, as
    someone waits. Judging changes nothing, so the same text may be judged again.
    """

    async def judge(self, text: str) -> Judgement:
        """What is to be said of a text.

        Raises:
            ModerationError: it is away, busy, slow, refuses, or says nothing that can be read.
        """
        ...
