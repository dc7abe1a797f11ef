from dataclasses import replace

import numpy as np
import pytest

from ai.answering.citations import BoundAnswer, CitationBinder
from ai.chat.grounded import GroundedChatModel
from ai.chat.passage import Passage
from tests.ai.chat.examples import MOMENTUM, WORK, answer, passage, request

PASSAGES = (passage(1, WORK), passage(2, MOMENTUM))


def bound(said: str, *passages: Passage) -> BoundAnswer:
    binder = CitationBinder(passages or PASSAGES)
    released = binder.feed(said) + binder.close()
    result = binder.bind()
    assert result.text == released
    return result


def test_a_quote_stands_verbatim_at_its_offsets_in_the_passage() -> None:
    citation = bound("Work is measured in joule, the SI unit [1].").citations[0]

    assert citation.n == 1
    assert citation.quote == "The SI unit of work is the joule."
    assert WORK[citation.char_start : citation.char_end] == citation.quote


def test_what_the_source_says_word_for_word_has_full_support() -> None:
    result = bound("The SI unit of work is the joule. [1]")

    assert result.sentences[0].support == 1.0
    assert result.groundedness == 1.0
    assert result.confidence == 1.0


def test_what_the_source_does_not_say_has_little_support() -> None:
    result = bound("Bananas ripen faster beside apples. [1]")

    assert result.sentences[0].support < 0.2
    assert result.confidence == 0.0


def test_a_number_that_the_source_does_not_hold_halves_the_support() -> None:
    right = bound("The SI unit of work is called the joule. [1]").sentences[0].support
    wrong = bound("The SI unit of work is called the joule 1850. [1]").sentences[0].support

    assert wrong < right * 0.6


def test_a_sentence_without_a_citation_has_no_support() -> None:
    result = bound("The SI unit of work is the joule.")

    assert result.sentences[0].support == 0.0
    assert result.sentences[0].citations == ()
    assert result.citations == ()


def test_each_sentence_knows_its_citations_and_offsets() -> None:
    said = "Work transfers energy [1]. Momentum is a vector [2]. Both matter [1, 2]."

    result = bound(said)

    assert [sentence.citations for sentence in result.sentences] == [(1,), (2,), (1, 2)]
    assert said[result.sentences[1].char_start : result.sentences[1].char_end] == (
        "Momentum is a vector [2]."
    )


def test_groundedness_is_the_mean_support_weighted_by_length() -> None:
    said = "The SI unit of work is the joule. [1]\n\nZebras graze all day on the wide plains."

    result = bound(said)

    cited, other = (s.char_end - s.char_start for s in result.sentences)
    assert result.groundedness == pytest.approx(cited / (cited + other))
    assert result.confidence == pytest.approx(cited / (cited + other))


def test_invented_markers_are_neither_released_nor_cited() -> None:
    result = bound("Work is energy [9]. The SI unit of work is the joule [1].")

    assert "[9]" not in result.text
    assert [citation.n for citation in result.citations] == [1]


@pytest.mark.parametrize("cut", range(1, 60, 3))
def test_an_answer_that_another_binder_resumes_is_released_once_and_bound_whole(cut: int) -> None:
    said = "The unit is `J` [1][7], for $2. Momentum is $p = mv$ [2] too."
    first = CitationBinder(PASSAGES)
    released = first.feed(said[:cut])
    alone = bound(said)

    second = CitationBinder(PASSAGES)
    second.resume(released)
    rest = second.feed(alone.text[len(released) :]) + second.close()

    assert released + rest == alone.text
    assert second.bind() == alone


def test_a_span_cited_twice_is_one_citation_with_its_best_support() -> None:
    result = bound(
        "The joule unit of work, they say, is used [1]. The SI unit of work is the joule. [1]"
    )

    assert len(result.citations) == 1
    assert result.citations[0].support == 1.0


def test_two_neighbouring_sentences_are_quoted_where_one_is_not_enough() -> None:
    result = bound(
        "Momentum is the product of mass and velocity, a vector quantity of a system [2]."
    )

    assert result.citations[0].quote == (
        "Momentum is the product of the mass of a system and its velocity. It is a vector quantity."
    )


def test_vectors_find_the_quote_where_words_do_not() -> None:
    vectors = np.array([[127, 0], [0, 127]], dtype=np.int8)
    source = replace(
        passage(1, "Plants turn sunlight into sugar. Mitochondria burn it."),
        sentence_vectors=vectors,
    )
    binder = CitationBinder([source])
    binder.feed("Leaves make food from light [1].")
    binder.close()

    lexical = binder.bind()
    result = binder.bind({0: np.array([1, 0], dtype=np.float32)})

    assert binder.sentence_texts() == ["Leaves make food from light."]
    assert lexical.sentences[0].support < 0.05
    assert result.citations[0].quote == "Plants turn sunlight into sugar."
    assert result.sentences[0].support > 5 * lexical.sentences[0].support


def test_a_passage_without_sentence_bounds_is_quoted_whole() -> None:
    result = bound("Work is energy [1].", Passage(1, WORK, "Physics", (), (), None, 1.0))

    assert result.citations[0].quote == WORK


def test_an_empty_answer_binds_to_nothing() -> None:
    result = bound("")

    assert (result.sentences, result.citations, result.groundedness) == ((), (), 0.0)


async def test_the_grounded_model_is_fully_supported_by_its_sources() -> None:
    asked = request("What is momentum and what is work?", *PASSAGES)

    result = bound(await answer(GroundedChatModel(), asked))

    assert result.sentences
    assert result.groundedness == 1.0
    assert all(citation.support == 1.0 for citation in result.citations)
