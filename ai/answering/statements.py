"""What of a passage can be said on its own: sentences, with the neighbours they lean on."""

from dataclasses import dataclass

from ai.answering.prose import (
    as_said,
    is_balanced,
    is_complete,
    is_formula,
    is_list_item,
    is_statement,
    is_task_heading,
    leans_on_predecessor,
    set_apart_spans,
    without_heading,
)
from ai.chat.passage import Passage

_MAX_JOINED = 3
_MAX_LIST_ITEMS = 8
_MAX_CHARACTERS = 700


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """Consecutive sentences of one passage that can be read without the rest.

    Attributes:
        passage: Where it stands.
        core: Index of the sentence it was made for.
        first: Index of its first sentence, at most `core`.
        last: Index of its last sentence, at least `core`.
    """

    passage: Passage
    core: int
    first: int
    last: int

    @property
    def text(self) -> str:
        """The statement, verbatim."""
        bounds = self.passage.sentence_bounds
        return self.passage.text[bounds[self.first][0] : bounds[self.last][1]]

    @property
    def sentence_count(self) -> int:
        """How many sentences it says; a list counts with the sentence that announces it."""
        sentences = [self._sentence(index) for index in range(self.first + 1, self.last + 1)]
        return 1 + sum(not is_list_item(sentence) for sentence in sentences)

    def cited_markdown(self) -> str:
        """The statement as it is said in an answer, its source's number after each sentence."""
        marker = f" [{self.passage.n}]"
        said = ""
        for index in range(self.first, self.last + 1):
            sentence = self._sentence(index)
            is_item = index > self.first and is_list_item(sentence)
            piece = as_said(sentence, keeps_bullet=is_item)
            is_end = index == self.last or (is_complete(piece) and not is_item)
            said += ("\n" if is_item else " ") + piece + (marker if is_end else "")
        return said.lstrip()

    def _sentence(self, index: int) -> str:
        start, end = self.passage.sentence_bounds[index]
        return without_heading(self.passage.text[start:end])


def statements_of(passage: Passage) -> list[Statement]:
    """Gives a statement for every sentence of `passage` that can be said on its own.

    Left out are headings, captions, tables, exercises, learning objectives, questions, fragments,
    and sentences that lean on what the passage does not show.
    """
    if any(is_task_heading(heading) for heading in passage.heading):
        return []
    joiner = _Joiner(passage)
    found = (joiner.statement(core) for core in range(len(passage.sentence_bounds)))
    return [
        statement
        for statement in found
        if statement is not None and len(statement.text) <= _MAX_CHARACTERS
    ]


class _Joiner:
    """Joins the sentences of one passage into statements."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        text, bounds = passage.text, passage.sentence_bounds
        self._sentences = [without_heading(text[start:end]) for start, end in bounds]
        apart = set_apart_spans(text)
        self._is_apart = [
            any(start < apart_end and apart_start < end for apart_start, apart_end in apart)
            for start, end in bounds
        ]

    def statement(self, core: int) -> Statement | None:
        """Joins what stands before a leaning sentence and after an unfinished one."""
        first = last = core
        if not self._is_sayable(core):
            return None
        while leans_on_predecessor(self._sentences[first]):
            first -= 1
            if last - first >= _MAX_JOINED or not self._is_sayable(first):
                return None
        if self._announces_list(last):
            return Statement(self._passage, core, first, self._end_of_list(last))
        while not self._is_finished(first, last):
            last += 1
            if last - first >= _MAX_JOINED or not self._is_sayable(last):
                return None
        return Statement(self._passage, core, first, last)

    def _is_sayable(self, index: int) -> bool:
        if not 0 <= index < len(self._sentences) or self._is_apart[index]:
            return False
        sentence = self._sentences[index]
        is_whole = self._is_finished(index, index)
        return is_formula(sentence) or is_statement(sentence, is_whole=is_whole)

    def _is_finished(self, first: int, last: int) -> bool:
        """Whether nothing is open after `last`: no emphasis, no formula or clause to come."""
        sentence = self._sentences[last]
        if sentence.endswith((":", ",")):
            return False
        if not is_balanced(" ".join(self._sentences[first : last + 1])):
            return False
        if is_complete(sentence) or last + 1 >= len(self._sentences):
            return True
        following = self._sentences[last + 1]
        return not (is_formula(following) or following[:1].islower())

    def _announces_list(self, index: int) -> bool:
        is_last = index + 1 >= len(self._sentences)
        return (
            not is_last
            and self._sentences[index].endswith(":")
            and is_list_item(self._sentences[index + 1])
        )

    def _end_of_list(self, announcement: int) -> int:
        """Gives the last item of the list after `announcement`, the eighth at most."""
        items = self._sentences[announcement + 1 : announcement + 1 + _MAX_LIST_ITEMS]
        length = next((i for i, item in enumerate(items) if not is_list_item(item)), len(items))
        return announcement + length
