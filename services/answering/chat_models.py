"""The chat models that may answer, and the choice among them by name."""

from dataclasses import dataclass

from ai.chat.chat_model import ChatModel
from ai.chat.grounded import GroundedChatModel

TUTOR_ALIAS = "tutor"
"""The chat model the installation is configured with, whatever its name."""


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A chat model; `notice` says why it is not the one that was asked for."""

    chat_model: ChatModel
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class ChatModels:
    """The configured chat model, and the grounded one that answers when it cannot.

    Without a configured upstream both are the same object.
    """

    tutor: ChatModel
    grounded: ChatModel

    @classmethod
    def behind(cls, tutor: ChatModel) -> "ChatModels":
        """The configured model with the grounded one behind it, unless it is that one."""
        is_grounded = isinstance(tutor, GroundedChatModel)
        return cls(tutor, tutor if is_grounded else GroundedChatModel())

    def choose(self, name: str | None) -> ChosenModel:
        """The chat model of that name; the configured one where the name is absent or unknown."""
        if name is None or name in {TUTOR_ALIAS, self.tutor.name}:
            return ChosenModel(self.tutor)
        if name == self.grounded.name:
            return ChosenModel(self.grounded)
        return ChosenModel(
            self.tutor,
            f"There is no chat model “{name}” here, so “{self.tutor.name}” answers.",
        )
