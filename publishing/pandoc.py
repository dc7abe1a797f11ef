"""Pandoc, kept away from everything: whole documents in its sandbox, and many pieces in one start.

The text may come from a chat model, a learner or a stranger's file. Pandoc reads it without any
file or address, takes no raw markup, and `safe_markup.lua` lets nothing pass but text, structure,
formulas, the language of a listing and links to the web.
"""

import importlib.util
import json
import shutil
from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publishing.characters import legal
from publishing.errors import TypesetterUnavailableError
from publishing.processes import run

READ_AS = (
    "markdown-raw_html-raw_tex-raw_attribute-latex_macros-yaml_metadata_block-pandoc_title_block"
    "-citations-example_lists-implicit_figures-native_divs-native_spans-markdown_in_html_blocks"
    "-header_attributes-link_attributes-fenced_code_attributes-inline_code_attributes"
    "-bracketed_spans-fenced_divs-auto_identifiers"
    "+tex_math_single_backslash+lists_without_preceding_blankline"
)
"""As chat models write: formulas as `$x$`, `\\(x\\)`, `\\[x\\]`, lists right below a paragraph."""
MAX_HEAP = "-M512m"
_HERE = Path(__file__).resolve().parent

WRITTEN_AS = (
    "commonmark_x-raw_html-raw_attribute-attributes-bracketed_spans-fenced_divs"
    "-implicit_figures-smart"
)
"""Markdown that `READ_AS` reads as it was meant."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A short text to be converted.

    Attributes:
        text: Markdown (or HTML, as `from_` says), or a formula of LaTeX without delimiters.
        kind: which of them it is; a `line` is markup that becomes plain text with formulas.
        is_display: whether the formula stands by itself.
    """

    text: str
    kind: Literal["markup", "line", "formula"] = "markup"
    is_display: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that a text holds: its source and how Typst reads it; None where it cannot."""

    source: str
    typst: str | None
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Fragments:
    """Pieces converted, in their order, and all formulas in them."""

    texts: tuple[str, ...]
    formulas: tuple[Formula, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each formula that is shown as its source."""
        return formula_warnings(self.formulas)


def convert(
    pieces: Sequence[Piece],
    folder: Path,
    *,
    to: str,
    from_: str = READ_AS,
    formulas: Literal["mathml", "mathjax", "plain"] = "mathml",
    refused: Collection[int] = (),
    are_formulas_kept: bool = False,
    figures: Sequence[bytes] = (),
) -> Fragments:
    """Converts many pieces in one start of Pandoc, about 0.1 s. Blocks.

    Args:
        pieces: what to convert.
        folder: scratch.
        to: the format of the results; `html5` gives blocks.
        from_: the format of pieces that are markup, as Pandoc names it.
        formulas: how HTML writes formulas.
        refused: numbers of formulas, counted over all pieces, to be shown as their source.
        are_formulas_kept: whether those that do not typeset stay formulas.
        figures: PNG files that pieces show as `figure-1`, `figure-2` and so on, for HTML.

    Raises:
        TypesettingError: Pandoc cannot make sense of a piece.
        TypesettingTimedOutError: it took too long.
        TypesetterUnavailableError: Pandoc is not installed.
    """
    request = {
        "pieces": [
            {"kind": piece.kind, "text": legal(piece.text), "display": piece.is_display}
            for piece in pieces
        ],
        "from": from_,
        "to": to,
        "formulas": formulas,
        "refused": [str(number) for number in sorted(refused)],
        "are_formulas_kept": are_formulas_kept,
        "figures": [f"data:image/png;base64,{b64encode(png).decode()}" for png in figures],
    }
    if not pieces:
        return Fragments((), ())
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    for name in ("safe_markup.lua", "fragments.lua"):
        shutil.copyfile(_HERE / name, folder / name)
    run("Pandoc", [str(executable()), "lua", "fragments.lua"], folder)
    answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return Fragments(tuple(answer["texts"]), formulas_of(answer["formulas"] or []))


def formulas_of(seen: Sequence[dict[str, str | bool]]) -> tuple[Formula, ...]:
    """The formulas that `safe_markup.lua` has told of."""
    return tuple(
        Formula(
            str(one["source"]), str(one["typst"]) if one["typst"] else None, bool(one["refused"])
        )
        for one in seen
    )


def formula_warnings(formulas: Sequence[Formula]) -> tuple[str, ...]:
    """A sentence for each formula that is shown as its source; the same one is told once."""
    refused = dict.fromkeys(formula.source for formula in formulas if formula.is_refused)
    return tuple(
        f"The formula {source[:120]!r} does not typeset and is shown as it was written."
        for source in refused
    )


def executable() -> Path:
    """The program.

    Raises:
        TypesetterUnavailableError: it is not installed.
    """
    # The binary inside the wheel, found without importing the package, which would start it
    # once to ask for its version.
    package = importlib.util.find_spec("pypandoc")
    for folder in (package.submodule_search_locations or ()) if package else ():
        if (bundled := Path(folder) / "files" / "pandoc").is_file():
            return bundled
    if (installed := shutil.which("pandoc")) is not None:
        return Path(installed)
    raise TypesetterUnavailableError("Pandoc is not installed; pip install pypandoc-binary")
