"""Markdown with LaTeX formulas to PDF: Pandoc translates it for Typst, both in processes apart.

The text may come from a chat model or a learner, so neither program gets at anything: Pandoc runs
in its sandbox and takes no raw markup, pictures are replaced by their captions, and Typst sees no
file outside of the scratch folder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from publishing.errors import TypesettingError
from publishing.pandoc import formula_warnings
from publishing.pandoc_documents import Document, write_document
from publishing.typst_compiler import compile_typst, unsettable

_OPTIONS = ("--variable=papersize:a4",)


@dataclass(frozen=True, slots=True)
class TypesetFile:
    """A PDF file, and a sentence for each thing in it that is not as it was written."""

    path: Path
    warnings: tuple[str, ...]


def typeset(markdown: str, folder: Path, *, with_system_fonts: bool = True) -> Path:
    """A PDF file, made in `folder`, which is empty and the caller's to delete.

    A formula that Pandoc or Typst refuses is shown as it was written. Blocks for some tenths of a
    second: from an event loop, call it in a thread.

    Args:
        markdown: the text.
        folder: where it is made.
        with_system_fonts: whether scripts may be set that no bundled font has, Latin and
            Devanagari being those that one has.

    Raises:
        TypesettingError: Pandoc or Typst cannot make sense of the text.
        TypesettingTimedOutError: one of them took longer than its time.
        TypesetterUnavailableError: Pandoc is not installed.
    """
    document = Document(markdown)
    return typeset_document(document, folder, with_system_fonts=with_system_fonts).path


def typeset_document(
    document: Document,
    folder: Path,
    *,
    options: Sequence[str] = (),
    with_system_fonts: bool = True,
    timeout_seconds: float | None = None,
) -> TypesetFile:
    """The same with title, language and more of Pandoc's options, and with warnings.

    Raises: as `typeset`.
    """
    write = partial(
        write_document,
        document,
        "content.typ",
        folder,
        to="typst",
        options=(*_OPTIONS, *options),
        timeout_seconds=timeout_seconds,
    )
    compile_ = partial(
        compile_typst,
        "content.typ",
        "content.pdf",
        folder,
        with_system_fonts=with_system_fonts,
        timeout_seconds=timeout_seconds,
    )
    formulas = write()
    try:
        compiled = compile_()
    except TypesettingError:
        bad = unsettable([formula.typst or "" for formula in formulas], folder)
        if not bad:
            raise
        formulas = write(refused=bad)
        compiled = compile_()
    warnings = (*formula_warnings(formulas), *compiled.warnings)
    return TypesetFile(folder / "content.pdf", warnings)
