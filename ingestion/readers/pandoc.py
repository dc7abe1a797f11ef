"""Word processors' formats, e-books, web pages and LaTeX, through Pandoc's syntax tree."""

import importlib.util
import json
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zipfile import BadZipFile

from lxml import etree

from ingestion.document import ParsedDocument
from ingestion.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    ReaderUnavailableError,
    ReadingTimedOutError,
)
from ingestion.formats import DocumentFormat
from ingestion.readers.cnxml import page_of_cnxml
from ingestion.readers.html_blocks import HeldText
from ingestion.readers.html_cleaning import clean_page
from ingestion.readers.latex_macros import keep_unknown_arguments
from ingestion.readers.pandoc_inlines import inline_text
from ingestion.readers.pandoc_tree import TreeWalker
from ingestion.readers.source import Source
from ingestion.readers.word_parts import word_file_parts

_PANDOC_FORMATS: Final = {
    DocumentFormat.HTML: "html",
    DocumentFormat.CNXML: "html",
    DocumentFormat.DOCX: "docx",
    DocumentFormat.EPUB: "epub",
    DocumentFormat.ODT: "odt",
    DocumentFormat.RTF: "rtf",
    DocumentFormat.LATEX: "latex",
    DocumentFormat.RST: "rst",
    DocumentFormat.ORG: "org",
}
# Pandoc reads these as they are; every other format is text, whose encoding we settle first.
_READ_FROM_FILE: Final = frozenset(
    {
        DocumentFormat.DOCX,
        DocumentFormat.EPUB,
        DocumentFormat.ODT,
        DocumentFormat.RTF,
    }
)
_TIMEOUT_SECONDS: Final = 90
_HEAP_LIMIT: Final = "-M768m"
_COMPACTED_FROM: Final = "-c7"
"""Per cent of it from which the heap is compacted instead of copied: a whole book in one piece
takes 300 MB instead of 340 to 410, and a tenth more time."""
_ALWAYS_COMPACTED: Final = "-c"
"""An e-book is read in one piece, chapter by chapter: 145 MB instead of 160, a tenth more time."""
_SMALL_AT_FIRST: Final = ("-H1m", "-A1m")
"""The heap begins small: short documents take 35 MB less, in the same time."""
_MAX_COMPLAINT_CHARACTERS: Final = 300
# Exit status of Haskell's run-time system on heap exhaustion (GHC user's guide, "-M").
_HEAP_EXHAUSTED: Final = 251


def read_with_pandoc(source: Source) -> Iterator[ParsedDocument]:
    """Yield a document of any format of which Pandoc gives a syntax tree.

    Raises:
        DamagedDocumentError: Pandoc cannot make sense of the file.
        DocumentTooLargeError: Pandoc needs more than 768 MiB for it.
        ReadingTimedOutError: Pandoc needs more than 90 s for it.
        ReaderUnavailableError: Pandoc is not installed.
    """
    builder = source.builder()
    meta: dict[str, Any] | None = None
    for tree in _syntax_trees(source):
        TreeWalker(builder).walk(tree["blocks"])
        meta = meta or tree["meta"]
    if meta is None:
        raise EmptyDocumentError(source.key, "the page holds no text; leave it out")
    yield builder.build(title=_meta_text(meta, "title"), language=_meta_text(meta, "lang"))


def _syntax_trees(source: Source) -> Iterator[dict[str, Any]]:
    """One of each part of a long web page or Word file, else one of the whole."""
    match source.document_format:
        case DocumentFormat.DOCX:
            yield from _trees_of_word_file(source)
        case DocumentFormat.HTML:
            parts, held = clean_page(source.text())
            for part in parts:
                yield _run_pandoc(source, text=part, held=held)
        case DocumentFormat.CNXML:
            yield _run_pandoc(source, text=_page_of_cnxml(source))
        case DocumentFormat.LATEX:
            yield _tree_of_latex(source)
        case document_format if document_format in _READ_FROM_FILE:
            yield _run_pandoc(source, str(source.path.resolve()))
        case _:
            yield _run_pandoc(source, text=source.text())


def _trees_of_word_file(source: Source) -> Iterator[dict[str, Any]]:
    with TemporaryDirectory(prefix="neuroshiksha-word-") as folder:
        try:
            for part in word_file_parts(source.path.resolve(), Path(folder)):
                yield _run_pandoc(source, str(part))
        except etree.XMLSyntaxError as error:
            reason = f"its text is not well-formed XML ({error}); save it again"
            raise DamagedDocumentError(source.key, reason) from error
        except (BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            reason = f"the archive it consists of is not whole ({error}); fetch or save it again"
            raise DamagedDocumentError(source.key, reason) from error


def _tree_of_latex(source: Source) -> dict[str, Any]:
    text = source.text()
    try:
        return _run_pandoc(source, text=keep_unknown_arguments(text))
    except DamagedDocumentError:  # a command we took for text was none
        return _run_pandoc(source, text=text)


def _page_of_cnxml(source: Source) -> str:
    try:
        return page_of_cnxml(source.path.read_bytes())
    except etree.XMLSyntaxError as error:
        reason = f"it is not well-formed XML ({error}); fetch it again"
        raise DamagedDocumentError(source.key, reason) from error


def _run_pandoc(
    source: Source, *files: str, text: str = "", held: HeldText | None = None
) -> dict[str, Any]:
    command = [
        str(_pandoc(source.key)),
        "--sandbox",
        f"--from={_PANDOC_FORMATS[source.document_format]}",
        "--to=json",
        "+RTS",
        _HEAP_LIMIT,
        _ALWAYS_COMPACTED if source.document_format is DocumentFormat.EPUB else _COMPACTED_FROM,
        *_SMALL_AT_FIRST,
        "-RTS",
        *files,
    ]
    try:
        finished = subprocess.run(  # noqa: S603 (our own binary, no shell, arguments of our making)
            command,
            input=text.encode(errors="replace"),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        reason = f"Pandoc had not read it after {_TIMEOUT_SECONDS} s; divide it into parts"
        raise ReadingTimedOutError(source.key, reason) from error
    if finished.returncode == _HEAP_EXHAUSTED:
        reason = "reading it needs more than 768 MiB of memory; divide it into parts"
        raise DocumentTooLargeError(source.key, reason)
    if finished.returncode != 0:
        complaint = _complaint(finished.stderr)
        reason = f"Pandoc cannot read it ({complaint}); save it again"
        raise DamagedDocumentError(source.key, reason)
    output = finished.stdout if held is None else held.put_back(finished.stdout)
    tree: dict[str, Any] = json.loads(output)
    return tree


def _pandoc(key: str) -> Path:
    # The binary inside the wheel, found without importing the package, which would start it
    # once to ask for its version.
    package = importlib.util.find_spec("pypandoc")
    for folder in (package.submodule_search_locations or ()) if package else ():
        if (bundled := Path(folder) / "files" / "pandoc").is_file():
            return bundled
    if (installed := shutil.which("pandoc")) is not None:
        return Path(installed)
    raise ReaderUnavailableError(key, "Pandoc is not installed; pip install pypandoc-binary")


def _complaint(stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", errors="replace").splitlines() if line.strip()]
    return " ".join(lines)[:_MAX_COMPLAINT_CHARACTERS] or "without saying why"


def _meta_text(meta: dict[str, Any], name: str) -> str:
    value = meta.get(name, {})
    match value.get("t"):
        case "MetaInlines":
            return inline_text(value["c"])
        case "MetaString":
            return str(value["c"])
        case "MetaList" if value["c"]:
            return _meta_text({name: value["c"][0]}, name)
        case _:
            return ""
