"""Decks of flashcards in each format that they are offered in."""

from collections.abc import Callable, Iterator
from pathlib import Path

from content.cards import Deck
from publishing.cards.anki import write_apkg
from publishing.cells import BYTE_ORDER_MARK, table
from publishing.written import Written

HEADER = ("id", "front", "back", "concepts", "sources")


def write_json(deck: Deck, folder: Path) -> Written:
    """The value itself, which can be read in again without loss."""
    path = folder / "cards.json"
    path.write_text(deck.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return Written(path)


def write_csv(deck: Deck, folder: Path) -> Written:
    """UTF-8 with a header, for spreadsheets and other programs of flashcards."""
    path = folder / "cards.csv"
    written = BYTE_ORDER_MARK + table([HEADER, *_rows(deck)])
    path.write_text(written, encoding="utf-8", newline="")
    return Written(path)


def write_tsv(deck: Deck, folder: Path) -> Written:
    """The same divided by tabs, without the mark that Excel wants."""
    path = folder / "cards.tsv"
    written = table([HEADER, *_rows(deck)], delimiter="\t")
    path.write_text(written, encoding="utf-8", newline="")
    return Written(path)


WRITERS: dict[str, Callable[[Deck, Path], Written]] = {
    "json": write_json,
    "apkg": write_apkg,
    "csv": write_csv,
    "tsv": write_tsv,
}


def _rows(deck: Deck) -> Iterator[tuple[str, ...]]:
    for card in deck.cards:
        sources = dict.fromkeys(
            ", ".join(filter(None, (span.document_title, span.place))) for span in card.sources
        )
        yield (card.id, card.front, card.back, "; ".join(card.concepts), "; ".join(sources))
