"""Text between the task that receives it and the stream that gives it on."""

from ai.chat.signal import Signal

_FULL_CHARACTERS = 1 << 16


class Inbox:
    """Joins what has come since it was last taken; who fills it can wait while it is full.

    One task puts, one takes, both in the same event loop.
    """

    __slots__ = ("_arrived", "_is_closed", "_taken", "_text")

    def __init__(self) -> None:
        self._text = ""
        self._is_closed = False
        self._arrived = Signal()
        self._taken = Signal()

    @property
    def is_full(self) -> bool:
        """Whether who fills it should wait for `room` first."""
        return len(self._text) >= _FULL_CHARACTERS

    async def room(self) -> None:
        """Waits until something is taken."""
        await self._taken.wait()

    def put(self, text: str) -> None:
        """Adds `text`; an empty one wakes nobody."""
        if text:
            self._text += text
            self._arrived.send()

    def close(self) -> None:
        """Says that nothing more will come. May be called again."""
        self._is_closed = True
        self._arrived.send()
        self._arrived.close()

    async def take(self, until: float) -> str:
        """Gives all the text there is, waiting for some; an empty string at the end.

        Args:
            until: How long to wait, a time of the event loop's clock.

        Raises:
            TimeoutError: nothing came in that time.
        """
        if not self._text and not self._is_closed and not await self._arrived.wait(until):
            raise TimeoutError
        text, self._text = self._text, ""
        self._taken.send()
        return text
