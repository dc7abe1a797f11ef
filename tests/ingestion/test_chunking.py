import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.assembly import DocumentBuilder
from ingestion.chunking import chunk_document
from ingestion.document import BlockKind, Chunk, ParsedDocument
from ingestion.errors import EmptyDocumentError

from .conftest import WordPieceCounter

COUNTER = WordPieceCounter()
SENTENCE = "The displacement of the body is the change in its position over time. "

TEXTS = st.one_of(
    st.text(alphabet="abc XYZ.,?\n-$`क。é🤗", min_size=1, max_size=60),
    st.sampled_from([SENTENCE, SENTENCE * 20, "x" * 1500, "a_b;\n" * 40, "。" * 120]),
)
PARTS = st.tuples(st.sampled_from(list(BlockKind)), TEXTS, st.integers(1, 4))


def build(parts: list[tuple[BlockKind, str, int]]) -> ParsedDocument | None:
    builder = DocumentBuilder(key="k", media_type="text/plain", fallback_title="t")
    for kind, text, number in parts:
        if number == 4:
            builder.place(page=len(builder.text) // 100 + 1)
        if kind is BlockKind.HEADING:
            builder.heading(text, number)
        else:
            builder.add(kind, text)
    try:
        return builder.build()
    except EmptyDocumentError:
        return None


DOCUMENTS = st.lists(PARTS, min_size=1, max_size=8).map(build).filter(lambda d: d is not None)
property_test = settings(max_examples=30, deadline=None)


def text_of(document: ParsedDocument, start: int, end: int) -> str:
    return document.text[start:end]


def lost_characters(document: ParsedDocument, chunks: tuple[Chunk, ...]) -> str:
    kept = {p for chunk in chunks for p in range(chunk.char_start, chunk.char_end)}
    for block in document.blocks:
        heading = text_of(document, block.char_start, block.char_end)
        if block.kind is BlockKind.HEADING and any(
            heading in chunk.locator.heading and chunk.char_start > block.char_start
            for chunk in chunks
        ):
            kept.update(range(block.char_start, block.char_end))
    return "".join(c for p, c in enumerate(document.text) if p not in kept and not c.isspace())


@property_test
@given(DOCUMENTS, st.sampled_from([16, 40, 256]))
def test_no_text_is_lost(document: ParsedDocument, max_tokens: int) -> None:
    chunks = chunk_document(document, COUNTER, max_tokens=max_tokens)

    assert lost_characters(document, chunks) == ""


@property_test
@given(DOCUMENTS, st.sampled_from([16, 40, 256]))
def test_passages_keep_the_order_and_do_not_overlap(document: ParsedDocument, limit: int) -> None:
    chunks = chunk_document(document, COUNTER, max_tokens=limit)

    positions = [p for chunk in chunks for p in (chunk.char_start, chunk.char_end)]
    assert positions == sorted(positions)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    assert all(c.text == text_of(document, c.char_start, c.char_end) for c in chunks)


@property_test
@given(DOCUMENTS, st.sampled_from([16, 40, 256]))
def test_the_encoder_takes_every_passage_whole(document: ParsedDocument, max_tokens: int) -> None:
    chunks = chunk_document(document, COUNTER, max_tokens=max_tokens)

    lengths = [COUNTER.length_in_encoder(chunk.embedding_text) for chunk in chunks]
    assert all(length <= max_tokens for length in lengths)
    assert [chunk.token_count + 2 for chunk in chunks] == lengths


@property_test
@given(DOCUMENTS)
def test_sentences_hold_all_text_of_their_passage(document: ParsedDocument) -> None:
    for chunk in chunk_document(document, COUNTER):
        positions = [p for pair in chunk.sentence_bounds for p in pair]
        inside = {p for start, end in chunk.sentence_bounds for p in range(start, end)}
        assert positions == sorted(positions)
        assert all(c.isspace() or p in inside for p, c in enumerate(chunk.text))


def paragraphs(*texts: str, heading: str = "") -> ParsedDocument:
    builder = DocumentBuilder(key="k", media_type="text/plain", fallback_title="t")
    if heading:
        builder.heading(heading, 1)
    for text in texts:
        builder.paragraph(text)
    return builder.build()


def test_short_neighbours_share_a_passage(counter: WordPieceCounter) -> None:
    document = paragraphs("One.", "Two.", "Three.", heading="Numbers")

    (chunk,) = chunk_document(document, counter)

    assert chunk.text == "One.\n\nTwo.\n\nThree."
    assert chunk.embedding_text == "Numbers\nOne.\n\nTwo.\n\nThree."
    assert chunk.content_hash == hashlib.sha256(chunk.embedding_text.encode()).hexdigest()


def test_neighbours_under_different_headings_do_not(counter: WordPieceCounter) -> None:
    builder = DocumentBuilder(key="k", media_type="text/plain", fallback_title="t")
    for heading in ("Speed", "Speed"):
        builder.heading(heading, 2)
        builder.paragraph("Text.")

    chunks = chunk_document(builder.build(), counter)

    assert [chunk.text for chunk in chunks] == ["Text.", "Text."]


def test_neighbours_on_different_pages_do_not(counter: WordPieceCounter) -> None:
    builder = DocumentBuilder(key="k", media_type="application/pdf", fallback_title="t")
    for page in (1, 2):
        builder.place(page=page)
        builder.paragraph("Text.")

    chunks = chunk_document(builder.build(), counter)

    assert [chunk.locator.page for chunk in chunks] == [1, 2]


def test_a_long_paragraph_is_cut_between_sentences(counter: WordPieceCounter) -> None:
    document = paragraphs(SENTENCE * 40)

    chunks = chunk_document(document, counter)

    assert len(chunks) > 2
    assert all(chunk.text.startswith("The ") and chunk.text.endswith("time.") for chunk in chunks)


def test_a_table_that_fits_is_not_cut(counter: WordPieceCounter) -> None:
    builder = DocumentBuilder(key="k", media_type="text/plain", fallback_title="t")
    builder.paragraph(SENTENCE * 10)
    builder.table([["Quantity", "Unit"], *[["mass", "kg"]] * 15])
    document = builder.build()

    chunks = chunk_document(document, counter)

    table = document.blocks[1]
    assert any(
        chunk.char_start <= table.char_start and table.char_end <= chunk.char_end
        for chunk in chunks
    )


def test_a_title_alone_is_a_passage(counter: WordPieceCounter) -> None:
    builder = DocumentBuilder(key="k", media_type="text/plain", fallback_title="t")
    builder.place(slide=1)
    builder.heading("Thank you", 1)

    (chunk,) = chunk_document(builder.build(), counter)

    assert (chunk.text, chunk.locator.slide) == ("Thank you", 1)


def test_headings_without_text_are_said_once(counter: WordPieceCounter) -> None:
    builder = DocumentBuilder(key="k", media_type="text/plain", fallback_title="t")
    builder.heading("Book", 1)
    builder.heading("Author", 2)

    (chunk,) = chunk_document(builder.build(), counter)

    assert chunk.embedding_text == "Book\nAuthor"


def test_outer_headings_give_way_where_the_path_is_long(counter: WordPieceCounter) -> None:
    builder = DocumentBuilder(key="k", media_type="text/plain", fallback_title="t")
    builder.heading("A very long title " * 20, 1)
    builder.heading("Momentum", 2)
    builder.paragraph("Text.")
    document = builder.build()

    chunks = chunk_document(document, counter)

    assert chunks[-1].locator.heading == ("Momentum",)
    assert lost_characters(document, chunks) == ""


def test_a_picture_in_base64_neither_stalls_nor_makes_a_giant_passage(
    counter: WordPieceCounter,
) -> None:
    chunks = chunk_document(paragraphs("x" * 30_000), counter)

    assert max(len(chunk.text) for chunk in chunks) < 5000
    assert "".join(chunk.text for chunk in chunks) == "x" * 30_000


def test_too_small_a_limit_is_refused(counter: WordPieceCounter) -> None:
    with pytest.raises(ValueError, match="at least 16"):
        chunk_document(paragraphs("Text."), counter, max_tokens=8)
