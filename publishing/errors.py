"""What can go wrong when content becomes a file.

```
PublishingError
├── TypesettingError             fix the content: the typesetter cannot make sense of it
├── TypesettingTimedOutError     fix the content, or retry later: it took too long
└── TypesetterUnavailableError   page someone: a program is missing
```
"""


class PublishingError(Exception):
    """Base of everything publishing raises; the message is for a person."""


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
