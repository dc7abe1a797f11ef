"""One list from several searches."""

from dataclasses import dataclass

from ai.retrieval.joining import interleaved


@dataclass(frozen=True)
class Found:
    chunk_id: int
    text: str
    chunk_ids: tuple[int, ...] = ()


def joined(*rankings: list[Found], limit: int = 8) -> list[int]:
    found = interleaved(
        rankings,
        chunks=lambda each: (each.chunk_id, each.chunk_ids or (each.chunk_id,)),
        text=lambda each: each.text,
        limit=limit,
    )
    return [each.chunk_id for each in found]


def test_each_search_has_its_turn() -> None:
    first = [Found(1, "force"), Found(2, "mass"), Found(3, "speed")]
    second = [Found(4, "energy"), Found(5, "heat")]

    assert joined(first, second) == [1, 4, 2, 5, 3]
    assert joined(first, second, limit=3) == [1, 4, 2]


def test_what_stands_in_a_taken_passage_is_left_out() -> None:
    first = [Found(1, "force and mass", (1, 2))]
    second = [Found(2, "mass alone"), Found(3, "heat")]

    assert joined(first, second) == [1, 3]


def test_what_repeats_a_taken_passage_word_for_word_is_left_out() -> None:
    text = "The joule is the unit of work and of energy in the international system of units"

    assert joined([Found(1, text)], [Found(2, f"{text}."), Found(3, "The watt.")]) == [1, 3]
