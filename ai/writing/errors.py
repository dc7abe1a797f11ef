"""What can go wrong when content is written.

```
WritingError
└── NothingToWriteError   fix the request: the course does not hold the topic
```
"""


class WritingError(Exception):
    """Base of everything writers raise themselves; the message is for a person."""


class NothingToWriteError(WritingError):
    """The material does not hold what is to be written about."""

    def __init__(self, topic: str) -> None:
        about = f" about “{topic}”" if topic else ""
        super().__init__(f"the chosen material holds nothing{about} to write from")
        self.topic = topic
