"""Text between the task that receives it and the stream that gives it on."""

import asyncio

_FULL_CHARACTERS = 1 << 16


class Inbox:
    """Joins what has come since it was last taken; who fills it can wait while it is full.

    One task puts, one takes, both in the same event loop.
    """

    __slots__ = ("_arrived", "_is_closed", "_taken", "_text")

    def __init__(self) -> None:
        self._text = ""
        self._is_closed = False
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Whether who fills it should wait for `room` first."""
        return len(self._text) >= _FULL_CHARACTERS

    async def room(self) -> None:
        """Waits until something is taken."""
        self._taken.clear()
        await self._taken.wait()

    def put(self, text: str) -> None:
        """Adds `text`; an empty one wakes nobody."""
        if text:
            self._text += text
            self._arrived.set()

    def close(self) -> None:
        """Says that nothing more will come. May be called again."""
        self._is_closed = True
        self._arrived.set()

    async def take(self) -> str:
        """Gives all the text there is, waiting for some; an empty string at the end."""
        if not self._text and not self._is_closed:
            await self._arrived.wait()
        text, self._text = self._text, ""
        self._arrived.clear()
        self._taken.set()
        return text
