"""A model's words on their way to the reader: some wait, some are left out or put otherwise."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from ai.answering.citations import CitationBinder
from ai.answering.links import LinkFilter
from ai.answering.sentence_gate import SentenceGate
from ai.chat.passage import Passage


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not told, and what is said in its place.

    Attributes:
        detail: For the notice.
        words: The answer.
    """

    detail: str
    words: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What is said in place of what a chat model wrote.

    Attributes:
        text: The words that may be said.
        notice: Why they are others, for the reader; empty where they are the same.
    """

    text: str
    notice: str = ""


JudgeText = Callable[[str], Awaitable[Refusal | None]]
RewriteText = Callable[[str], Awaitable[Rewritten]]


class Speech:
    """Takes what a model writes and gives what may be shown, which may be later, or less.

    Attributes:
        binder: Knows which passages were cited in what was shown.
        withheld: Sentences that were left out, once all are closed.
    """

    def __init__(self) -> None:
        self.binder = CitationBinder(())
        self.withheld = 0
        self._links = LinkFilter()
        self._gate: SentenceGate | None = None
        self._if_nothing_left = ""
        self._judge: JudgeText | None = None
        self._rewrite: RewriteText | None = None
        self._held: list[str] = []

    @property
    def held_length(self) -> int:
        """Code points that wait to be judged."""
        return sum(map(len, self._held))

    @property
    def is_guarded(self) -> bool:
        """Whether what is said is held back until it is whole, and may be said in other words."""
        return self._rewrite is not None

    def cite(self, passages: Sequence[Passage], answerability: float, *, said: str = "") -> None:
        """Takes citations of these passages from here on, `said` being what cites them already."""
        self.binder = CitationBinder(passages, answerability)
        if said:
            self.binder.resume(said)

    def withhold_unsupported(self, if_nothing_left: str) -> None:
        """Lets only sentences through that the passages bear out."""
        self._gate = SentenceGate(self.binder.passages)
        self._if_nothing_left = if_nothing_left

    def allow_links_to(self, hosts: Collection[str]) -> None:
        """Leaves links to these hosts; others become text."""
        self._links = LinkFilter(hosts)

    def hold_for(self, judge: JudgeText) -> None:
        """Holds everything until it is whole, and judged."""
        self._judge = judge

    def guard_with(self, rewrite: RewriteText) -> None:
        """Holds everything until it is whole, to be said in the words that `rewrite` gives."""
        self._rewrite = rewrite

    def feed(self, text: str) -> str:
        """What may be shown now."""
        if self._judge is not None or self._rewrite is not None:
            self._held.append(text)
            return ""
        return self._passed(self._links.feed(text.replace("\0", "")))

    async def judged(self) -> Refusal | Rewritten:
        """What is to be said of all that was held; nothing is held any more."""
        judge, self._judge = self._judge, None
        rewrite, self._rewrite = self._rewrite, None
        held, self._held = "".join(self._held), []
        refusal = await judge(held) if judge is not None and held.strip() else None
        if refusal is not None:
            self._gate = None
            return refusal
        if rewrite is not None and held.strip():
            return await rewrite(held)
        return Rewritten(held)

    def close_sentences(self) -> str:
        """What was kept until its sentence was whole, as far as it may be shown."""
        shown = self._passed(self._links.close())
        gate, self._gate = self._gate, None
        if gate is None:
            self._if_nothing_left = ""
            return shown
        shown += self.binder.feed(gate.close())
        self.withheld = gate.withheld
        return shown

    def instead_of_nothing(self) -> str:
        """What is said where no sentence was let through."""
        return self.binder.feed(self._if_nothing_left)

    def close(self) -> str:
        """What was kept as it might have become a citation."""
        return self.binder.close()

    def _passed(self, text: str) -> str:
        return self.binder.feed(text if self._gate is None else self._gate.feed(text))
