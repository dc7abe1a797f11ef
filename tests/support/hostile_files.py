"""Files made to harm or broken in every way, by name, content and the code of their error."""

import io
import zipfile
from collections.abc import Callable
from typing import Final


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pdf_of_pages(count: int) -> bytes:
    """A PDF file whose pages are all one and the same empty page."""
    kids = b" ".join(f"{n} 0 R".encode() for n in range(3, count + 3))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] /MediaBox [0 0 99 99] >>" % (count, kids),
        *[b"<< /Type /Page /Parent 2 0 R >>"] * count,
    ]
    body = io.BytesIO(b"%PDF-1.4\n")
    body.seek(0, io.SEEK_END)
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(body.tell())
        body.write(b"%d 0 obj %s endobj\n" % (number, content))
    start = body.tell()
    body.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    body.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    body.write(b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    body.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return body.getvalue()


def zip_bomb() -> bytes:
    return zipped({"word/document.xml": bytes(64 << 20)})


def recursive_archive() -> bytes:
    content = b"text"
    for depth in range(20):
        content = zipped({f"level{depth}.zip": content})
    return content


def billion_laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    text = "<content><para>&a11;</para></content>"
    return f"<!DOCTYPE d [{entities}]><document>{text}</document>".encode()


def deep_cnxml() -> bytes:
    return b"<document><content>" + b"<note>" * 100_000 + b"</note>" * 100_000


def escaping_archive() -> bytes:
    return zipped({"../../evil.md": b"# Evil"})


def encrypted_docx() -> bytes:
    """A word processor's file whose members are marked as encrypted."""
    content = bytearray(zipped({"word/document.xml": b"secret"}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + flags] |= 1
    return bytes(content)


def encrypted_pdf() -> bytes:
    """A PDF file that opens with a password only."""
    plain = pdf_of_pages(1)
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"00" * 32,
        b"11" * 32,
    )
    return plain.replace(b"/Root 1 0 R", b"/Root 1 0 R " + lock)


def line_of_markup() -> bytes:
    """A web page that is one line of five megabytes with one sentence in it."""
    picture = b'<img src="data:image/png;base64,%s">' % (b"QUJD" * 1_300_000)
    return b"<html><body><p>A body moves.</p>%s</body></html>" % picture


HOSTILE: Final[list[tuple[str, Callable[[], bytes], str]]] = [
    ("bomb.docx", zip_bomb, "document_too_large"),
    ("recursive.zip", recursive_archive, "unsupported_format"),
    ("escaping.zip", escaping_archive, "unsupported_format"),
    ("laughs.cnxml", billion_laughs, "damaged_document"),
    ("deep.cnxml", deep_cnxml, "damaged_document"),
    ("long.pdf", lambda: pdf_of_pages(10_000), "document_too_large"),
    ("cut.pdf", lambda: pdf_of_pages(3)[:100], "damaged_document"),
    ("noise.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 500, "damaged_document"),
    ("noise.docx", lambda: b"PK\x03\x04" + bytes(range(256)) * 500, "damaged_document"),
    ("wrong.docx", lambda: b"%PNG" + bytes(range(256)) * 50, "damaged_document"),
    ("noise.txt", lambda: bytes(range(256)) * 500, "unsupported_format"),
    ("page.docx", lambda: b"<p>no archive</p>", "damaged_document"),
    ("locked.docx", encrypted_docx, "encrypted_document"),
    ("locked.pdf", encrypted_pdf, "encrypted_document"),
    ("empty.md", lambda: b"", "empty_document"),
    ("cut.epub", lambda: zipped({"mimetype": b"application/epub+zip"})[:-9], "damaged_document"),
    ("quotes.md", lambda: b"> " * 5000 + b"Text", "damaged_document"),
]
