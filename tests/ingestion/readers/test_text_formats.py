import json
from collections.abc import Callable
from pathlib import Path

from ingestion.chunking import chunk_document
from ingestion.document import BlockKind
from ingestion.reading import read_documents

from ..conftest import WordPieceCounter
from ..outline import outline

MARKDOWN = """---
title: "Kinematics"
lang: en
---

# Motion {#motion}

A body **moves** if its [position](https://example.org) changes, by $x_f - x_0$.

$$ v = \\frac{x}{t} $$

- one
- two
    1. nested

| Quantity | Unit |
|---|---|
| mass | kg |

```python
print("v")
```

![A moving ball](ball.png)

> [!TIP]
> Draw it.
"""


def test_markdown_becomes_readable_blocks(read) -> None:
    document = read("motion.md", MARKDOWN)

    assert (document.title, document.language) == ("Kinematics", "en")
    assert outline(document) == [
        ("heading", "Motion"),
        ("paragraph", "A body moves if its position changes, by $x_f - x_0$."),
        ("formula", "$$v = \\frac{x}{t}$$"),
        ("list", "- one\n- two\n  1. nested"),
        ("table", "| Quantity | Unit |\n| --- | --- |\n| mass | kg |"),
        ("code", '```python\nprint("v")\n```'),
        ("caption", "A moving ball"),
        ("paragraph", "Draw it."),
    ]
    assert document.blocks[1].locator.heading == ("Motion",)


def test_markdown_headings_make_a_path(read) -> None:
    document = read("a.md", "# A\n\n## B\n\nText.\n\n# C\n\nMore.")

    paths = [b.locator.heading for b in document.blocks if b.kind is BlockKind.PARAGRAPH]
    assert paths == [("A", "B"), ("C",)]


def test_markdown_components_give_their_prose(read) -> None:
    mdx = '# Q\n\n<Question\n  choices={[\n    {text: "An atom", correct: true},\n  ]}\n/>\n\nEnd.'

    document = read("quiz.mdx", mdx)

    assert outline(document)[1:] == [("list", "- An atom"), ("paragraph", "End.")]


def test_markdown_code_may_hold_tags_and_fences(read) -> None:
    document = read("a.md", "````\n<List />\n```\n````\n")

    assert outline(document) == [("code", "````\n<List />\n```\n````")]


def test_deeply_nested_lists_keep_all_items(read) -> None:
    markdown = "".join(f"{'  ' * depth}- item {depth}\n" for depth in range(30))

    document = read("deep.md", markdown)

    assert document.text.count("item") == 30


def test_prices_are_not_formulas(read) -> None:
    document = read("a.md", "It costs $5 today and $7 later.")

    assert outline(document) == [("paragraph", "It costs $5 today and $7 later.")]


def test_text_keeps_its_lines(read) -> None:
    document = read("poem.txt", "April is\r\nthe cruellest\r\n \r\nmonth\r\n")

    assert outline(document) == [("paragraph", "April is\nthe cruellest"), ("paragraph", "month")]
    assert document.title == "poem"


def test_text_is_normalised(read) -> None:
    document = read("a.txt", "cafe\u0301\u00a0au\u00adlait \ufeff\n")

    assert document.text == "café aulait"


def test_old_encodings_are_recognised(read) -> None:
    latin = read("a.txt", "Les élèves étudient “l'énergie”".encode("cp1252"))
    wide = read("b.txt", "Wide characters".encode("utf-16-le"))
    marked = read("c.txt", "Größe".encode("utf-16"))

    texts = [latin.text, wide.text, marked.text]
    assert texts == ["Les élèves étudient “l'énergie”", "Wide characters", "Größe"]


def test_source_code_is_kept_character_for_character(read) -> None:
    code = "def f(x):\n    return x\n\n\nprint(f(2))"

    document = read("f.py", code)

    assert document.text == code
    assert outline(document)[0][0] == "code"


def test_csv_rows_name_their_values(read) -> None:
    document = read("terms.csv", "Term;Meaning\nmass;how much matter\nforce;a push or pull\n")

    assert document.text.split("\n\n") == [
        "Term; Meaning",
        "Term: mass; Meaning: how much matter",
        "Term: force; Meaning: a push or pull",
    ]


def test_subtitles_become_paragraphs_with_their_time(read) -> None:
    srt = (
        "1\n00:00:05,850 --> 00:00:07,000\nWelcome to\n<i>the course</i>.\n\n"
        "2\n00:01:20,500 --> 00:01:22,000\nA pause came before this.\n"
    )

    document = read("talk.srt", srt)

    assert outline(document) == [
        ("paragraph", "Welcome to the course."),
        ("paragraph", "A pause came before this."),
    ]
    assert [block.locator.start_seconds for block in document.blocks] == [5.85, 80.5]


def test_webvtt_headers_are_no_speech(read) -> None:
    vtt = (
        "WEBVTT\n\nNOTE made by hand\n\n00:01.000 --> 00:02.000 align:start\n<v Asha>Hello &amp; hi"
    )

    assert read("talk.vtt", vtt).text == "Hello & hi"


def test_notebooks_give_prose_code_and_output(read) -> None:
    notebook = {
        "metadata": {"kernelspec": {"language": "python"}},
        "cells": [
            {"cell_type": "markdown", "source": ["# Lists\n", "They hold **things**."]},
            {
                "cell_type": "code",
                "source": ["len([1])"],
                "outputs": [{"data": {"text/plain": ["1"]}}],
            },
        ],
    }

    document = read("lists.ipynb", json.dumps(notebook))

    assert outline(document) == [
        ("heading", "Lists"),
        ("paragraph", "They hold things."),
        ("code", "```python\nlen([1])\n```"),
        ("code", "```output\n1\n```"),
    ]


def test_json_lines_give_a_document_a_line(tmp_path: Path) -> None:
    path = tmp_path / "passages.jsonl"
    path.write_text(
        '{"doc_id": "a", "title": "First", "text": "One.", "more": 1}\n\n'
        '{"doc_id": "b", "title": "", "text": "Two \\ud800."}\n'
    )

    documents = list(read_documents(path, key="passages.jsonl"))

    assert [(d.key, d.title, d.text) for d in documents] == [
        ("a", "First", "One."),
        ("b", "b", "Two \ufffd."),
    ]


def test_text_and_programs_know_their_lines(read: Callable) -> None:
    text = read("notes.txt", "\n\nOne.\nStill one.\n\n \nTwo.\n")
    program = read("loop.py", "\nx = 1\n")

    assert [block.locator.line for block in text.blocks] == [3, 7]
    assert [block.locator.line for block in program.blocks] == [2]


def test_passages_of_a_long_program_know_the_line_they_begin_on(
    read: Callable, counter: WordPieceCounter
) -> None:
    code = "\n".join(f"value_{n} = compute({n})" for n in range(200))

    chunks = chunk_document(read("long.py", code), counter)

    assert len(chunks) > 5
    for chunk in chunks:
        assert code.split("\n")[chunk.locator.line - 1] == chunk.text.split("\n")[0]


def test_rows_of_csv_know_their_cells(read: Callable, counter: WordPieceCounter) -> None:
    document = read("table.csv", 'Term,Meaning\natom,"smallest\npart"\nion,charged atom\n')

    places = [(block.locator.line, block.locator.cell) for block in document.blocks]
    assert places == [(1, "A1:B1"), (2, "A2:B2"), (4, "A3:B3")]
    assert [chunk.locator.cell for chunk in chunk_document(document, counter)] == ["A1:B3"]
