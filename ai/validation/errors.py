"""What can be wrong with the output of a chat model that answered.

OutputError
└── OutputInvalidError     it does not fit its schema, and did not after one repair: give up, or
                           ask another model
"""

from collections.abc import Sequence
from typing import ClassVar


class OutputError(Exception):
    """A chat model's output cannot be used."""

    code: ClassVar[str] = "output_unusable"


class OutputInvalidError(OutputError):
    """The output does not fit its schema.

    Attributes:
        model: The chat model that gave it.
        faults: What is wrong with it, one fault per entry: `field: message`.
    """

    code = "output_invalid"

    def __init__(self, model: str, faults: Sequence[str]) -> None:
        super().__init__(f"Chat model {model!r} gave unusable output: {'; '.join(faults)}")
        self.model = model
        self.faults = tuple(faults)
