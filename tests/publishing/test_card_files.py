"""Decks of flashcards as files."""

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from content.cards import Deck, Flashcard
from publishing.exporting import export
from publishing.importing import import_questions
from tests.publishing.decks import SPAN

DECK = Deck(
    title="Physics::Work",
    cards=(
        Flashcard(
            id="unit",
            front="Unit of **work** $W$?",
            back="joule",
            concepts=("unit of work",),
            sources=(SPAN,),
        ),
        Flashcard(id="hindi", front="ऊर्जा का मात्रक?", back="जूल, $$1\\,J$$"),
        Flashcard(id="nasty", front="=1+1 <script>alert(1)</script>", back="a\tb\x1fc {{c1::x}}"),
    ),
)


def notes_of(path: Path, folder: Path) -> list[tuple[str, int, str, str]]:
    with zipfile.ZipFile(path) as package:
        package.extract("collection.anki2", folder)
    connection = sqlite3.connect(folder / "collection.anki2")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        query = (
            "SELECT guid, notes.id, flds, tags FROM notes JOIN cards ON nid = notes.id ORDER BY due"
        )
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_package_holds_notes_with_formulas_tags_and_sources(tmp_path: Path) -> None:
    made = export(DECK, "apkg", tmp_path)

    [unit, hindi, nasty] = notes_of(made.path, tmp_path)
    front, back, sources = unit[2].split("\x1f")
    assert "<strong>work</strong>" in front
    assert "\\(W\\)" in front
    assert "joule" in back
    assert sources == "Source: College Physics, chapter 7, page 3"
    assert unit[3] == " unit_of_work "
    assert "\\[1\\,J\\]" in hindi[2]
    assert "<script" not in nasty[2]
    assert nasty[2].count("\x1f") == 2


def test_notes_keep_their_ids_when_their_text_changes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    cards = (DECK.cards[1], DECK.cards[0].model_copy(update={"back": "the joule"}))
    before = notes_of(export(DECK, "apkg", first).path, first)

    after = notes_of(export(DECK.model_copy(update={"cards": cards}), "apkg", second).path, second)

    assert {note[:2] for note in after} < {note[:2] for note in before}


def test_a_package_names_one_deck_of_our_kind(tmp_path: Path) -> None:
    made = export(DECK, "apkg", tmp_path)
    notes_of(made.path, tmp_path)
    connection = sqlite3.connect(tmp_path / "collection.anki2")

    [(decks, models)] = connection.execute("SELECT decks, models FROM col").fetchall()

    connection.close()
    assert sorted(one["name"] for one in json.loads(decks).values()) == ["Default", "Physics:Work"]
    [model] = json.loads(models).values()
    assert [field["name"] for field in model["flds"]] == ["Front", "Back", "Sources"]


def test_anki_itself_imports_a_package(tmp_path: Path) -> None:
    pytest.importorskip("anki", reason="Anki's library is not installed; see docs/exports.md")
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

    made = export(DECK, "apkg", tmp_path)
    collection = Collection(str(tmp_path / "mine.anki2"))
    options = ImportAnkiPackageOptions(merge_notetypes=True)
    request = ImportAnkiPackageRequest(package_path=str(made.path), options=options)

    log = collection.import_anki_package(request).log

    assert len(log.new) == len(DECK.cards)
    assert collection.decks.by_name("Physics:Work") is not None
    collection.close()


def test_cards_can_be_read_in_again_as_questions(tmp_path: Path) -> None:
    read = import_questions(export(DECK, "apkg", tmp_path).path)

    [unit, hindi, nasty] = read.quiz.questions
    assert read.format == "anki"
    assert read.failures == ()
    assert unit.stem == "Unit of **work** $W$?"
    assert unit.accepted == ("joule",)
    assert unit.concepts == ("unit_of_work",)
    assert hindi.stem == "ऊर्जा का मात्रक?"
    assert "\\<script" in nasty.stem


@pytest.mark.parametrize("format_name", ["csv", "tsv"])
def test_no_cell_of_a_table_runs_as_a_formula(tmp_path: Path, format_name: str) -> None:
    rows = export(DECK, format_name, tmp_path).path.read_bytes().decode("utf-8-sig").split("\r\n")

    assert rows[0].replace("\t", ",") == "id,front,back,concepts,sources"
    assert "'=1+1" in rows[3]
    assert "ऊर्जा का मात्रक?" in rows[2]
