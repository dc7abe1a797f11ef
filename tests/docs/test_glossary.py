"""The glossary can be looked things up in."""

import re
from pathlib import Path

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_entries_stand_in_alphabetical_order_and_once() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")

    entries = re.findall(r"^\*\*(.+?)\.\*\* \S", text, flags=re.MULTILINE)

    folded = [entry.lower().replace("-", " ") for entry in entries]
    assert len(folded) > 50
    assert folded == sorted(set(folded))


def test_every_paragraph_after_the_introduction_is_an_entry() -> None:
    _title, _introduction, *entries = GLOSSARY.read_text(encoding="utf-8").strip().split("\n\n")

    assert [entry for entry in entries if not entry.startswith("**")] == []
