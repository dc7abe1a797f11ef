"""What can go wrong when an answer is graded, divided by what the caller should do.

```
GradingError
├── UnreadableAnswerError    ask the learner to write it in another way
├── AnswerMismatchError      fix the request: the answer is of another kind than the question
└── UnreadableKeyError       tell the author: the key itself cannot be read
```
"""

from typing import ClassVar


class GradingError(Exception):
    """An answer could not be graded.

    Attributes:
        code: Stable name of the kind.
        reason: What is wrong and what to do, for the person who can mend it.
    """

    code: ClassVar[str] = "grading_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableAnswerError(GradingError):
    """What the learner wrote is not a number, unit or formula that can be read."""

    code = "answer_unreadable"


class AnswerMismatchError(GradingError):
    """The answer has another shape than the question asks for, or names parts it lacks."""

    code = "answer_mismatch"


class UnreadableKeyError(GradingError):
    """The key of the question cannot be read."""

    code = "key_unreadable"
