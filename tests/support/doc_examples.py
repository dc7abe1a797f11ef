"""Examples in Markdown pages: fenced blocks, and the commands of a shell block."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEREDOC = re.compile(r"<<'(\w+)'\n.*?^\1$", re.MULTILINE | re.DOTALL)
PUNCTUATION = frozenset("();<>|&")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, at the line of its page on which it begins."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command of a shell block, without assignments before it."""

    block: Block
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.block} {shlex.join(self.words)}"


def blocks_of(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page that name a language, in their order."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start(2)) + 1
        yield Block(page, line, found[1], found[2])


def commands_of(block: Block) -> Iterator[Command]:
    """The commands of a shell block, of pipes and `$(...)` too; what stands in quotes is a word."""
    text = HEREDOC.sub("", block.text).replace("\\\n", " ")
    for line in _whole_lines(text):
        words: list[str] = []
        for word in [*_words(line), ";"]:
            if set(word) <= PUNCTUATION:
                yield from _command(block, words)
                words = []
            else:
                words.append(word)


def _whole_lines(text: str) -> Iterator[str]:
    """Lines, with those together that a quotation holds together."""
    pending = ""
    for line in text.splitlines():
        pending += line + "\n"
        try:
            _words(pending)
        except ValueError:  # a quotation that is still open
            continue
        yield pending
        pending = ""
    if pending:
        raise ValueError(f"a quotation is never closed: {pending}")


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="".join(sorted(PUNCTUATION)))
    lexer.whitespace_split = True
    return list(lexer)


def _command(block: Block, words: list[str]) -> Iterator[Command]:
    while words and re.match(r"^\w+=", words[0]):
        words = words[1:]
    if words:
        yield Command(block, tuple(words))
