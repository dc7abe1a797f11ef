"""What becomes a lexical term."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.retrieval.terms import analyse


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The forces acting on it are accelerating", ["forc", "act", "acceler"]),
        ("NEWTON’S law, newton's Law", ["newton", "law", "newton", "law"]),
        ("F=ma", ["f=ma", "f", "ma"]),
        ("$F_{net} = m a$", ["f", "net", "m"]),
        ("C# and C++ in v2.1", ["c#", "c", "c++", "c", "v2.1", "v2", "1"]),
        ("x-rays", ["x-ray", "x", "ray"]),
        ("TCP/IP", ["tcp/ip", "tcp", "ip"]),
        ("1,000 is 10.5 or 3,14", ["1000", "10.5", "3", "14"]),
        ("the U.S. and the US, e.g.", ["us", "us", "eg"]),
        ("first,second third:fourth", ["first", "second", "third", "fourth"]),
        ("H₂O ﬁeld ｍ²", ["h2o", "field", "m2"]),
        ("soft\u00adware", ["softwar"]),
        ("Who is it? What was that?", []),
        ("", []),
        ("+ - = # ...", []),
    ],
)
def test_english_text_gives_these_terms(text, terms):
    assert analyse(text) == terms


def test_hindi_words_keep_their_vowel_signs_and_lose_their_endings():
    assert analyse("बल द्रव्यमान और त्वरण का गुणनफल है।", "hi") == ["बल", "द्रव्यमान", "त्वरण", "गुणनफल"]
    assert analyse("किताबें", "hi") == analyse("किताबों", "hi")


def test_english_course_and_hindi_question_share_their_common_terms():
    assert analyse("forces क्या हैं?", "hi") == analyse("forces क्या हैं?", "en") == ["forc"]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("de", "Kräfte", "kräften"), ("fr", "forces", "force"), ("ru", "силы", "силой")],
)
def test_words_are_stemmed_in_their_language(language, one, other):
    assert analyse(one, language) == analyse(other, language)


def test_region_of_a_language_changes_nothing():
    assert analyse("running forces", "en-GB") == analyse("running forces", "en")


def test_language_without_a_stemmer_keeps_its_words():
    assert analyse("Nguvu za mwili", "sw") == ["nguvu", "za", "mwili"]


@given(st.text(max_size=80), st.sampled_from(["en", "hi", "de", "sw"]))
def test_terms_of_any_text_are_folded_and_not_empty(text, language):
    terms = analyse(text, language)

    assert all(term and term.casefold() == term and not term.isspace() for term in terms)


@given(st.lists(st.sampled_from(["force", "x-ray", "3.14", "C#", "बल"]), max_size=6))
def test_terms_of_a_text_are_the_terms_of_its_words_in_order(words):
    assert analyse(" ".join(words)) == [term for word in words for term in analyse(word)]


def test_stemming_is_safe_in_several_threads():
    words = [f"{stem}{ending}" for stem in ("runn", "mov", "fall") for ending in ("ing", "ed", "s")]
    texts = [" ".join(f"{word}{chr(97 + n)}ing" for word in words) for n in range(20)]
    expected = [analyse(text) for text in texts]
    from ai.retrieval import terms

    terms._terms_of.cache_clear()
    outcomes: list[list[list[str]]] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append([analyse(text) for text in texts]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [expected] * 4


def test_analysis_keeps_up_with_ingestion():
    """A megabyte a second is promised; a tenth of it allows for a busy machine."""
    text = "The net external force equals the mass times the acceleration of the body. " * 2000
    analyse(text[:1000])

    started = time.process_time()
    analyse(text)

    assert len(text) / (time.process_time() - started) > 100_000
