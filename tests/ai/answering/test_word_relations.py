"""Antonyms and synonyms by stem, irregular forms with the others of their verb."""

import pytest

from ai.answering.word_relations import RELATIONS_FILE, are_opposite, are_synonyms


@pytest.mark.parametrize(
    ("one", "other"), [("increas", "decreas"), ("won", "lost"), ("hot", "cold")]
)
def test_antonyms_are_opposite_both_ways(one: str, other: str) -> None:
    assert are_opposite(one, other)
    assert are_opposite(other, one)
    assert not are_synonyms(one, other)


@pytest.mark.parametrize(("one", "other"), [("start", "began"), ("big", "larg"), ("made", "make")])
def test_synonyms_are_the_same_both_ways(one: str, other: str) -> None:
    assert are_synonyms(one, other)
    assert are_synonyms(other, one)
    assert not are_opposite(one, other)


def test_words_of_one_field_are_neither() -> None:
    assert not are_synonyms("chloroplast", "mitochondrion")
    assert not are_opposite("liver", "pancrea")


def test_the_file_bears_the_licence_of_what_it_is_made_from() -> None:
    head = RELATIONS_FILE.read_text(encoding="utf-8")[:2_000]

    assert "WordNet 3.1 Copyright 2011 by Princeton University." in head
