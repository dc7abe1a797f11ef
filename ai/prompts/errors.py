"""What can go wrong with a prompt; none of it is a fault of the learner's.

PromptError
├── PromptFileError        a template file is not what it should be: mend the file
├── PromptTextError        a template's text cannot be taken: mend the lines it names
├── UnknownPromptError     no such name or version: mend the caller or the setting
├── PromptVariableError    variables are missing or not declared: mend the caller
└── PromptTooLongError     filled in it is longer than any prompt may be: give it less
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class PromptError(Exception):
    """A prompt could not be made."""

    code: ClassVar[str] = "prompt_failed"


class PromptFileError(PromptError):
    """A template file cannot be read, or its front matter and its body disagree."""

    code = "prompt_file_invalid"


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """What is wrong with a template's text.

    Attributes:
        line: From 1, where it can be told.
        message: What is wrong, as the end of a sentence.
    """

    line: int | None
    message: str

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}: {self.message}"


class PromptTextError(PromptError):
    """A template's text has faults.

    Attributes:
        faults: All that were found, in the order of their lines.
    """

    code = "prompt_text_invalid"

    def __init__(self, faults: Sequence[TemplateFault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


class UnknownPromptError(PromptError):
    """There is no prompt of that name or version."""

    code = "prompt_unknown"


class PromptVariableError(PromptError):
    """The variables given are not those that the template declares."""

    code = "prompt_variables_wrong"


class PromptTooLongError(PromptError):
    """A prompt grew beyond its limit while it was filled in."""

    code = "prompt_too_long"
