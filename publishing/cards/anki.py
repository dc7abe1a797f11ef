"""A deck as an Anki package (.apkg), written by ourselves: a zip file with an SQLite database.

Source: the schema of Anki 2.1 (version 11), which every later Anki and AnkiDroid imports.
"""

import hashlib
import json
import sqlite3
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from content.base import SourceSpan
from content.cards import Deck, Flashcard
from publishing.characters import legal
from publishing.pandoc import Piece, convert
from publishing.wording import words_for
from publishing.written import Written

SCHEMA_VERSION = 11
MODEL_ID = 1_764_201_600_000
"""Of our kind of note; it never changes, so that later packages update earlier notes."""
_FIELDS = ("Front", "Back", "Sources")
_ID_BITS = 40
_CSS = """\
.card { font: 20px/1.5 Inter, "Noto Sans", "Noto Sans Devanagari", sans-serif; text-align: center;
  color: #1b1f27; background: #fcfbf8; }
.nightMode.card { color: #eceff4; background: #12161d; }
.sources { margin-top: 1.5em; font-size: 14px; opacity: .75; }
pre { text-align: left; }
"""
_QUESTION = "{{Front}}"
_ANSWER = (
    "{{FrontSide}}<hr id=answer>{{Back}}"
    '{{#Sources}}<div class="sources">{{Sources}}</div>{{/Sources}}'
)
_HERE = Path(__file__).resolve().parent
_ADD_COLLECTION = "INSERT INTO col VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_NOTE = "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_CARD = "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def write_apkg(deck: Deck, folder: Path) -> Written:
    """A package that Anki imports; formulas as its MathJax finds them.

    Notes keep their ids as long as the deck keeps its title and a card its id, so that a later
    package updates them and leaves what was learned.

    Raises:
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    sides = [side for card in deck.cards for side in (card.front, card.back)]
    made = convert([Piece(side) for side in sides], folder, to="html5", formulas="mathjax")
    fronts, backs = made.texts[::2], made.texts[1::2]
    database = folder / "collection.anki2"
    connection = sqlite3.connect(database)
    try:
        with connection:
            connection.executescript((_HERE / "anki_schema.sql").read_text())
            connection.execute(_ADD_COLLECTION, _collection(deck))
            numbered = enumerate(zip(deck.cards, fronts, backs, strict=True))
            for place, (card, front, back) in numbered:
                note, row = _note(deck, card, front, back, place)
                connection.execute(_ADD_NOTE, note)
                connection.execute(_ADD_CARD, row)
    finally:
        connection.close()
    path = folder / "cards.apkg"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.write(database, "collection.anki2")
        package.writestr("media", "{}")
    return Written(path, made.warnings)


def _note(
    deck: Deck, card: Flashcard, front: str, back: str, place: int
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The rows of a note and of its one card."""
    name = f"{deck.title}\0{card.id}"
    now = int(time.time())
    note_id, card_id = _number(name), _number(f"card\0{name}")
    fields = "\x1f".join((_field(front), _field(back), _sources(card.sources, deck.language)))
    checksum = int(hashlib.sha1(front.encode(), usedforsecurity=False).hexdigest()[:8], 16)
    tags = " ".join(_tag(concept) for concept in card.concepts)
    note = (
        *(note_id, _guid(name), MODEL_ID, now, -1, f" {tags} " if tags else "", fields),
        *(_field(front), checksum, 0, ""),
    )
    row = (card_id, note_id, _deck_id(deck), 0, now, -1, 0, 0, place + 1, *([0] * 8), "")
    return note, row


def _collection(deck: Deck) -> tuple[Any, ...]:
    defaults = json.loads((_HERE / "anki_defaults.json").read_text(encoding="utf-8"))
    now = int(time.time())
    # Two colons would make decks within decks.
    name = " ".join(legal(deck.title).replace("::", ":").split())
    mine = defaults["deck"] | {"id": _deck_id(deck), "name": name, "mod": now}
    return (
        *(1, now, now * 1000, now * 1000, SCHEMA_VERSION, 0, 0, 0),
        json.dumps(defaults["configuration"] | {"curModel": MODEL_ID}),
        json.dumps({str(MODEL_ID): _model(deck, defaults, now)}),
        json.dumps({"1": defaults["deck"], str(mine["id"]): mine}),
        json.dumps({"1": defaults["options"]}),
        "{}",
    )


def _model(deck: Deck, defaults: dict[str, Any], now: int) -> dict[str, Any]:
    """Our kind of note: its fields, and how its one card looks."""
    model: dict[str, Any] = defaults["model"]
    [template] = model["tmpls"]
    fields = [defaults["field"] | {"name": name, "ord": n} for n, name in enumerate(_FIELDS)]
    return model | {
        "id": MODEL_ID,
        "mod": now,
        "did": _deck_id(deck),
        "tmpls": [template | {"qfmt": _QUESTION, "afmt": _ANSWER}],
        "flds": fields,
        "css": _CSS,
    }


def _sources(spans: Sequence[SourceSpan], language: str) -> str:
    if not spans:
        return ""
    names = dict.fromkeys(", ".join(filter(None, (s.document_title, s.place))) for s in spans)
    return _field(f"{words_for(language).source}: {_html('; '.join(names))}")


def _field(html: str) -> str:
    """A field's text without the sign that ends fields."""
    return html.replace("\x1f", " ")


def _html(text: str) -> str:
    return legal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tag(concept: str) -> str:
    return "_".join(legal(concept).split()).replace('"', "")


def _deck_id(deck: Deck) -> int:
    return _number(f"deck\0{deck.title}")


def _number(name: str) -> int:
    """A number that looks like the milliseconds that Anki numbers by, the same for one name."""
    digest = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    return (1 << _ID_BITS) | (int.from_bytes(digest[:8]) >> (64 - _ID_BITS))


def _guid(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:20]
