"""Whole Markdown documents through Pandoc: to Typst, HTML, and the formats of office programs."""

import json
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from publishing.characters import legal
from publishing.pandoc import MAX_HEAP, READ_AS, Formula, executable, formulas_of
from publishing.processes import run

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "yi"})
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be written as a whole file.

    Attributes:
        markdown: the text, its title included where it is to be seen.
        title: for the file's properties; none where empty.
        language: an ISO 639 code.
        identifier: what names the text for ever, as e-books want it; Pandoc's choice where empty.
        sources: how many entries the list of sources has that ends the text; `#source-1` links to
            its first.
        figures: PNG files that the text shows as `figure-1`, `figure-2` and so on.
        slide_characters: about so many characters go on a slide; 0 where there are no slides.
        continued: what a slide's heading says where its text goes on.
    """

    markdown: str
    title: str = ""
    language: str = "en"
    identifier: str = ""
    sources: int = 0
    figures: tuple[bytes, ...] = ()
    slide_characters: int = 0
    continued: str = ""


def write_document(
    document: Document,
    target: str,
    folder: Path,
    *,
    to: str,
    options: Sequence[str] = (),
    refused: Collection[int] = (),
    timeout_seconds: float | None = None,
) -> tuple[Formula, ...]:
    """Writes the file `target` in `folder`; all formulas of the text in their order. Blocks.

    Args:
        document: the text.
        target: the name of the file.
        folder: scratch.
        to: the format, as Pandoc names it.
        options: more of Pandoc's options.
        refused: numbers of the formulas that are to be shown as their source.
        timeout_seconds: how long Pandoc may take; `processes.TIMEOUT_SECONDS` where None.

    Raises:
        TypesettingError: Pandoc cannot make sense of the text.
        TypesettingTimedOutError: it took too long.
        TypesetterUnavailableError: Pandoc is not installed.
    """
    (folder / "content.md").write_text(legal(document.markdown), encoding="utf-8")
    request = {
        "title": legal(document.title),
        "language": document.language,
        "refused": [str(number) for number in sorted(refused)],
        "direction": "rtl" if document.language in RIGHT_TO_LEFT else "ltr",
        "identifier": document.identifier,
        "sources": document.sources,
        "figures": len(document.figures),
        "slide_characters": document.slide_characters,
        "continued": document.continued,
    }
    (folder / "document.json").write_text(json.dumps(request), encoding="utf-8")
    for number, png in enumerate(document.figures, start=1):
        (folder / f"figure-{number}.png").write_bytes(png)
    for name in ("safe_markup.lua", "document.lua", "divided.lua"):
        shutil.copyfile(_HERE / name, folder / name)
    command = [
        *(str(executable()), "--sandbox", "--standalone", f"--from={READ_AS}", f"--to={to}"),
        *("--lua-filter=document.lua", f"--output={target}", *options),
        *("+RTS", MAX_HEAP, "-RTS", "content.md"),
    ]
    run("Pandoc", command, folder, timeout_seconds=timeout_seconds)
    return formulas_of(json.loads((folder / "formulas.json").read_text(encoding="utf-8")))
