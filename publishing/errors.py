"""What can go wrong when content becomes a file.

```
PublishingError
├── FormatNotOfferedError        fix the request: this content has no such format
├── QuestionsNotExpressibleError fix the request: the format has no form for some questions
├── QuestionBankError            fix the file: it holds no questions that can be read
├── ProcessFailedError           page someone: a process that makes or reads files broke down
├── DiskFullError                page someone: there is no room for what is written
├── TypesettingError             fix the content: the typesetter cannot make sense of it
├── TypesettingTimedOutError     fix the content, or retry later: it took too long
└── TypesetterUnavailableError   page someone: a program is missing
```
"""

from collections.abc import Mapping, Sequence


class PublishingError(Exception):
    """Base of everything publishing raises; the message is for a person."""

    def __reduce__(self) -> tuple[object, ...]:
        """By its state, so that it crosses from a process apart."""
        return _as_it_was, (type(self), self.args, self.__dict__)


class TypesettingError(PublishingError):
    """Pandoc or Typst refused the content; the message has the first line of their complaint."""


class TypesettingTimedOutError(PublishingError):
    """A program had not ended after its time."""

    def __init__(self, program: str, timeout_seconds: float) -> None:
        super().__init__(f"{program} had not ended after {timeout_seconds:g} seconds")
        self.program = program
        self.timeout_seconds = timeout_seconds


class TypesetterUnavailableError(PublishingError):
    """A program that typesets is not installed."""


class FormatNotOfferedError(PublishingError):
    """A kind of content that is not offered in the format asked for."""

    def __init__(self, kind: str, format_name: str, offered: Sequence[str]) -> None:
        names = ", ".join(offered) or "none"
        super().__init__(f"{kind} is not offered as {format_name!r}; it is as {names}")
        self.kind = kind
        self.format_name = format_name
        self.offered = tuple(offered)


class QuestionsNotExpressibleError(PublishingError):
    """Questions of kinds that a format has no honest form for."""

    def __init__(self, format_name: str, questions: Mapping[str, str]) -> None:
        named = ", ".join(f"{item} ({kind})" for item, kind in questions.items())
        super().__init__(f"{format_name} cannot express the questions {named}; leave them out")
        self.format_name = format_name
        self.questions = dict(questions)


class QuestionBankError(PublishingError):
    """A file of questions that cannot be read as a whole; the message says why."""


class DiskFullError(PublishingError):
    """There was no room left; nothing half-written stays."""

    def __init__(self) -> None:
        super().__init__(
            "There is no room left on the disk; free some and try again. What is finished is kept."
        )


class ProcessFailedError(PublishingError):
    """The process that makes or reads a file broke down, or took too long."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file could not be made or read: {reason}")


def _as_it_was(
    kind: type[PublishingError], arguments: tuple[object, ...], state: Mapping[str, object]
) -> PublishingError:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(state)
    return error
