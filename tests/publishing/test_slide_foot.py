"""The line at the foot of a slide."""

from uuid import uuid4

from content.base import SourceSpan
from publishing.slides.foot import foot_of


def cited(title: str, place: str) -> SourceSpan:
    return SourceSpan(
        document_id=uuid4(),
        document_version=1,
        document_title=title,
        place=place,
        char_start=0,
        char_end=5,
        quote="Force",
    )


def test_a_few_places_are_named():
    sources = [cited("Forces", "page 2"), cited("Forces", "page 2"), cited("Motion", "page 9")]

    assert foot_of(sources, "Source") == "Source: Forces, page 2; Motion, page 9"


def test_of_many_places_the_documents_are_named():
    sources = [cited("Forces", f"page {n}") for n in range(9)] + [cited("Motion", "page 1")]

    assert foot_of(sources, "Source") == "Source: Forces; Motion"


def test_of_many_documents_the_first_are_named():
    assert (
        foot_of([cited(f"Part {n}", "") for n in range(9)], "S") == "S: Part 0; Part 1; Part 2; …"
    )


def test_nothing_cited_is_no_line():
    assert foot_of([], "Source") == ""
