"""A prompt with its variables filled in, ready for a chat model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """The two messages a template gives.

    Attributes:
        reference: Which template made it, as `name@version`, kept with the answer.
        system: The standing instructions.
        user: The question with its sources.
    """

    reference: str
    system: str
    user: str

    @property
    def characters(self) -> int:
        """How much there is to read."""
        return len(self.system) + len(self.user)
