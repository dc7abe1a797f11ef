"""E2: a long web page or Word file is read in parts, and as if it had not been cut."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree, html

from ingestion.document import ParsedDocument
from ingestion.readers import html_parts, pandoc, word_parts
from ingestion.readers.html_parts import page_parts
from ingestion.readers.word_parts import word_file_parts
from ingestion.reading import read_documents

from ..outline import outline
from .test_pandoc import convert

CHAPTER = """
# Chapter {n}

A body of {n} kg moves at $v_{n}$.[^{n}]

[^{n}]: Note {n}.

$$E_{n} = m v^2 / 2$$

## Parts of {n}

1. first of {n}
2. second of {n}

   - a detail

| Quantity | Unit |
|----------|------|
| mass {n} | kg   |

> Somebody said {n}.

```java
int a = {n};
```

![A picture of {n}](picture.png)
"""
BOOK = "---\ntitle: Motion\nlang: en\n---\n" + "".join(CHAPTER.format(n=n) for n in range(30))
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def cut_small(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Parts as small as a chapter; the list grows by one for each that Pandoc reads."""
    monkeypatch.setattr(html_parts, "MAX_PART_CHARACTERS", 4_000)
    monkeypatch.setattr(word_parts, "MAX_PART_BYTES", 8_000)
    read_parts: list[int] = []
    run = pandoc._run_pandoc

    def counted(*arguments, **options):
        read_parts.append(1)
        return run(*arguments, **options)

    monkeypatch.setattr(pandoc, "_run_pandoc", counted)
    return read_parts


def book(folder: Path, extension: str) -> Path:
    (folder / "picture.png").write_bytes(PNG)
    text = BOOK.replace("picture.png", str(folder / "picture.png"))
    return convert(folder / f"book.{extension}", text)


def whole(path: Path) -> ParsedDocument:
    (document,) = read_documents(path, key="book")
    return document


@pytest.mark.parametrize("extension", ["docx", "html"])
def test_a_book_in_parts_reads_as_the_whole_does(
    extension: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = book(tmp_path, extension)
    uncut = whole(path)
    read_parts: list[int] = request.getfixturevalue("cut_small")

    cut = whole(path)

    assert len(read_parts) > 5
    assert outline(cut) == outline(uncut)
    assert cut.blocks == uncut.blocks
    assert (cut.title, cut.language) == (uncut.title, uncut.language)
    assert [f"Note {n}." in cut.text for n in range(30)] == [True] * 30


def test_a_short_file_is_not_cut(tmp_path: Path) -> None:
    path = convert(tmp_path / "short.docx", "# Speed\n\nSpeed is distance by time.")

    assert list(word_file_parts(path, tmp_path)) == [path]


@pytest.mark.usefixtures("cut_small")
def test_a_list_that_counts_on_is_not_cut(tmp_path: Path) -> None:
    path = book(tmp_path, "docx")
    counted = with_one_list(path, tmp_path / "counted.docx")

    parts = [number_of_blocks(part) for part in word_file_parts(counted, tmp_path)]

    assert len(parts) <= 2  # before its first item, and all that follows
    assert sum(parts) == number_of_blocks(counted)


def with_one_list(path: Path, target: Path) -> Path:
    """The file with all its numbered lists made one, as a list of exercises through a book is."""
    with ZipFile(path) as archive, ZipFile(target, "w") as changed:
        numbered = word_parts._cuts(archive).numbered
        text = etree.fromstring(archive.read("word/document.xml"))
        used = [e for e in text.iter("{*}numId") if word_parts._attribute(e, "val") in numbered]
        for element in used:
            element.attrib.update(used[0].attrib)
        for name in archive.namelist():
            is_text = name == "word/document.xml"
            changed.writestr(name, etree.tostring(text) if is_text else archive.read(name))
    return target


def number_of_blocks(path: Path) -> int:
    with ZipFile(path) as archive:
        return len(etree.fromstring(archive.read("word/document.xml"))[0])


@pytest.mark.usefixtures("cut_small")
def test_a_word_file_whose_text_breaks_off_is_refused_for_it(tmp_path: Path) -> None:
    path, broken = book(tmp_path, "docx"), tmp_path / "broken.docx"
    with ZipFile(path) as archive, ZipFile(broken, "w") as changed:
        for name in archive.namelist():
            content = archive.read(name)
            changed.writestr(name, content[:-200] if name == "word/document.xml" else content)

    with pytest.raises(pandoc.DamagedDocumentError, match="not well-formed"):
        whole(broken)


@pytest.mark.usefixtures("cut_small")
def test_a_word_file_whose_archive_is_damaged_within_is_refused_for_it(tmp_path: Path) -> None:
    path = book(tmp_path, "docx")
    content = bytearray(path.read_bytes())
    with ZipFile(path) as archive:
        styles = archive.getinfo("word/styles.xml")
    for place in range(styles.header_offset + 200, styles.header_offset + 300):
        content[place] ^= 0x55
    path.write_bytes(content)

    with pytest.raises(pandoc.DamagedDocumentError, match="not whole"):
        whole(path)


@pytest.mark.usefixtures("cut_small")
def test_what_stands_beside_the_notes_of_a_page_is_kept(tmp_path: Path) -> None:
    paragraphs = f"<p>{'Words. ' * 100}</p>" * 20
    reference = '<p>A<a href="#fn1" role="doc-noteref">1</a>.</p>'
    notes = '<ol><li id="fn1" role="doc-endnote"><p>Note one.</p></li></ol>'
    endnotes = f'<section role="doc-endnotes"><p>Notes of the editor.</p>{notes}</section>'
    path = tmp_path / "notes.html"
    head = '<head><title>T</title><meta name="x" content="<body>"></head>'
    path.write_text(f"<html>{head}<body>{reference}{paragraphs}{endnotes}<p>End.</p></body></html>")

    texts = [text for _, text in outline(whole(path))]

    assert texts[:2] == ["A.", "Note one."]
    assert texts[-2:] == ["Notes of the editor.", "End."]
    assert len(texts) == 24


@pytest.mark.usefixtures("cut_small")
def test_running_text_is_never_cut(tmp_path: Path) -> None:
    sentence = "A body <b>moves</b> if its <i>position</i> changes. "
    loose = f"<div>{sentence * 200}<p>Then.</p>{sentence * 200}</div>"
    path = tmp_path / "loose.html"
    path.write_text(f"<html><body>{sentence * 200}{loose}<h1>End</h1><p>Over.</p></body></html>")

    texts = [text for _, text in outline(whole(path))]

    assert [text.count("moves") for text in texts] == [200, 200, 0, 200, 0, 0]
    assert [texts[2], *texts[4:]] == ["Then.", "End", "Over."]


def test_parts_hold_all_of_a_page_and_its_head_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_parts, "MAX_PART_CHARACTERS", 500)
    sections = [f"<section><h2>{n}</h2><p>Text &lt;{n}&gt;.</p></section>" for n in range(99)]
    main = f"<main>{''.join(sections)}</main>"
    page = f"<html lang='hi'><head><title>T</title></head><body>{main}</body></html>"

    parts = [html.document_fromstring(part) for part in page_parts(html.document_fromstring(page))]

    assert len(parts) > 9
    assert all(part.findtext("head/title") == "T" for part in parts)
    assert all(part.get("lang") == "hi" for part in parts)
    texts = [element.text for part in parts for element in part.iter("p")]
    assert texts == [f"Text <{n}>." for n in range(99)]
