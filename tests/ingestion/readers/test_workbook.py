import io
import zipfile
from pathlib import Path
from typing import Final

import pytest

from ingestion.errors import DamagedDocumentError
from ingestion.reading import read_documents

from ..outline import outline

MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET: Final = f"""<worksheet {MAIN}><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Period (s)</t></is></c></row>
<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3"><v>2.01</v></c></row>
<row r="4"><c r="B4"><f>B3*2</f><v>4.02</v></c></row>
</sheetData></worksheet>"""


def workbook(sheet: str = SHEET) -> bytes:
    members = {
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Clocks" sheetId="1" r:id="rId1"/>'
        '<sheet name="Scratch" sheetId="2" r:id="rId2" state="hidden"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<sst {MAIN}><si><t>Pendulum</t></si>"
        "<si><r><t>One </t></r><r><t>metre</t></r><rPh><t>guide</t></rPh></si></sst>",
        "xl/worksheets/sheet1.xml": sheet,
        "xl/worksheets/sheet2.xml": SHEET,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_rows_are_named_values_with_their_cells(tmp_path: Path) -> None:
    (tmp_path / "clocks.xlsx").write_bytes(workbook())

    (document,) = read_documents(tmp_path / "clocks.xlsx", key="clocks.xlsx")

    assert outline(document) == [
        ("heading", "Clocks"),
        ("table", "Pendulum; Period (s)"),
        ("table", "Pendulum: One metre; Period (s): 2.01"),
        ("table", "Period (s): 4.02"),
    ]
    assert [block.locator.cell for block in document.blocks] == [
        None,
        "Clocks!A1:B1",
        "Clocks!A3:B3",
        "Clocks!A4:B4",
    ]


def test_entities_in_a_sheet_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret of this machine")
    declaration = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    value = '<c r="A9" t="inlineStr"><is><t>before &e; after</t></is></c>'
    sheet = declaration + SHEET.replace("</sheetData>", f'<row r="9">{value}</row></sheetData>')
    (tmp_path / "sly.xlsx").write_bytes(workbook(sheet))

    (document,) = read_documents(tmp_path / "sly.xlsx", key="sly.xlsx")

    assert "secret" not in document.text


def test_a_workbook_cut_within_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.xlsx").write_bytes(workbook(SHEET[:200]))

    with pytest.raises(DamagedDocumentError, match="workbook"):
        list(read_documents(tmp_path / "cut.xlsx", key="cut.xlsx"))
