from pathlib import Path

from pptx import Presentation
from pptx.util import Inches

from ingestion.reading import read_documents

from ..outline import outline


def make_presentation(path: Path) -> None:
    presentation = Presentation()
    presentation.core_properties.title = "Arrays"
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "What they are"
    body = slide.placeholders[1].text_frame
    body.text = "A row of values"
    nested = body.add_paragraph()
    nested.text, nested.level = "of one type", 1
    slide.notes_slide.notes_text_frame.text = "Ask for examples."
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    line = slide.shapes.add_textbox(0, 0, Inches(4), Inches(1)).text_frame.paragraphs[0]
    for run in ("int", "[] ", "grades;"):
        line.add_run().text = run
    table = slide.shapes.add_table(2, 2, 0, Inches(2), Inches(4), Inches(1)).table
    for index, text in enumerate(("Type", "Size", "int", "4")):
        table.cell(index // 2, index % 2).text = text
    presentation.save(str(path))


def test_slides_give_titles_lists_tables_and_notes(tmp_path: Path) -> None:
    make_presentation(tmp_path / "arrays.pptx")

    (document,) = read_documents(tmp_path / "arrays.pptx", key="arrays.pptx")

    assert document.title == "Arrays"
    assert outline(document) == [
        ("heading", "What they are"),
        ("list", "- A row of values\n  - of one type"),
        ("paragraph", "Ask for examples."),
        ("paragraph", "int[] grades;"),
        ("table", "| Type | Size |\n| --- | --- |\n| int | 4 |"),
    ]
    assert [block.locator.slide for block in document.blocks] == [1, 1, 1, 2, 2]
    assert document.blocks[3].locator.heading == ()
