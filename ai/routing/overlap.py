"""Takes out what a model says again when it continues an answer that another began."""

_SHORTEST_OVERLAP = 8
"""Characters; fewer may be alike by chance, unless they are the broken word begun anew."""


class OverlapTrimmer:
    """Reads a continuation as it comes and leaves out its beginning where it repeats the end.

    Text is held back only while it may still turn out to be a repetition.
    """

    def __init__(self, said: str) -> None:
        """Takes what has been said before."""
        self._said = said
        self._held = ""
        self._is_decided = not said

    def feed(self, text: str) -> str:
        """Gives what can be said of the text so far."""
        if self._is_decided:
            return text
        self._held += text
        if self._held.strip() == "" or self._held.lstrip() in self._said:
            return ""
        return self.close()

    def close(self) -> str:
        """Gives what is still held back; called at the end, and harmless before or again."""
        held, self._held = self._held, ""
        if self._is_decided:
            return held
        self._is_decided = True
        repeated = held.lstrip()
        length = _overlap_length(self._said, repeated)
        return repeated[length:] if length else held


def _overlap_length(said: str, text: str) -> int:
    """The longest beginning of `text` that is the end of `said`, where it is no coincidence."""
    for length in range(min(len(said), len(text)), 0, -1):
        if said.endswith(text[:length]):
            is_long = length >= _SHORTEST_OVERLAP
            return length if is_long or _is_broken_word(said, text, length) else 0
    return 0


def _is_broken_word(said: str, text: str, length: int) -> bool:
    """Whether `said` ends within a word that `text` begins anew and carries on."""
    before = said[: len(said) - length][-1:]
    after = text[length : length + 1]
    return after.isalnum() and text[:length].isalnum() and not before.isalnum()
