"""What can go wrong with a prompt; all of it is a fault of ours, none of the learner's.

PromptError
├── PromptFileError        a template file is not what it should be: mend the file
├── UnknownPromptError     no such name or version: mend the caller or the setting
└── PromptVariableError    variables are missing or not declared: mend the caller
"""

from typing import ClassVar


class PromptError(Exception):
    """A prompt could not be made."""

    code: ClassVar[str] = "prompt_failed"


class PromptFileError(PromptError):
    """A template file cannot be read, or its front matter and its body disagree."""

    code = "prompt_file_invalid"


class UnknownPromptError(PromptError):
    """There is no prompt of that name or version."""

    code = "prompt_unknown"


class PromptVariableError(PromptError):
    """The variables given are not those that the template declares."""

    code = "prompt_variables_wrong"
