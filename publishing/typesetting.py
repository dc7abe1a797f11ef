"""Markdown with LaTeX formulas to PDF: Pandoc translates it for Typst, both in processes apart.

The text may come from a chat model or a learner, so neither program gets at anything: Pandoc runs
in its sandbox and takes no raw markup, pictures are replaced by their captions, and Typst sees no
file outside of the scratch folder.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from publishing.errors import (
    TypesetterUnavailableError,
    TypesettingError,
    TypesettingTimedOutError,
)

TIMEOUT_SECONDS = 20.0
_PACKAGE_PARENT = Path(__file__).resolve().parent.parent
_PANDOC_HEAP = "-M512m"
_COMPLAINT_CHARACTERS = 200

READ_AS = (
    "markdown-raw_html-raw_tex-raw_attribute-latex_macros-yaml_metadata_block-pandoc_title_block"
    "-citations-example_lists-implicit_figures-native_divs-native_spans-markdown_in_html_blocks"
    "+tex_math_single_backslash+lists_without_preceding_blankline"
)
"""As chat models write: formulas as `$x$`, `\\(x\\)`, `\\[x\\]`, lists right below a paragraph."""

SAFE_FILTER = """
function Image(image) return image.caption end
function RawInline() return {} end
function RawBlock() return {} end
"""
FORMULAS_AS_TEXT = "function Math(formula) return pandoc.Code(formula.text) end\n"


def typeset(markdown: str, folder: Path) -> Path:
    """A PDF file, made in `folder`, which is empty and the caller's to delete.

    Where Typst refuses a formula, all of them are shown as they were written. Blocks for some
    tenths of a second: from an event loop, call it in a thread.

    Raises:
        TypesettingError: Pandoc or Typst cannot make sense of the text.
        TypesettingTimedOutError: one of them took longer than `TIMEOUT_SECONDS`.
        TypesetterUnavailableError: Pandoc is not installed.
    """
    (folder / "content.md").write_text(markdown, encoding="utf-8")
    try:
        return _typeset(folder, SAFE_FILTER)
    except TypesettingError:
        return _typeset(folder, SAFE_FILTER + FORMULAS_AS_TEXT)


def _typeset(folder: Path, lua_filter: str) -> Path:
    (folder / "filter.lua").write_text(lua_filter, encoding="utf-8")
    translate = [
        *(str(_pandoc()), "--sandbox", "--standalone", f"--from={READ_AS}", "--to=typst"),
        *("--lua-filter=filter.lua", "--variable=papersize:a4", "--output=content.typ"),
        *("+RTS", _PANDOC_HEAP, "-RTS", "content.md"),
    ]
    _run("Pandoc", translate, folder)
    compile_ = [sys.executable, "-m", "publishing.typst_process", "content.typ", "content.pdf"]
    _run("Typst", compile_, folder)
    return folder / "content.pdf"


def _run(program: str, command: Sequence[str], folder: Path) -> None:
    python_path = [str(_PACKAGE_PARENT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        finished = subprocess.run(  # noqa: S603 (no shell, arguments of our making)
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(python_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TypesettingTimedOutError(program, TIMEOUT_SECONDS) from error
    if finished.returncode != 0:
        lines = finished.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise TypesettingError(f"{program}: {lines[-1].strip()[:_COMPLAINT_CHARACTERS]}")


def _pandoc() -> Path:
    # The binary inside the wheel, found without importing the package, which would start it
    # once to ask for its version.
    package = importlib.util.find_spec("pypandoc")
    for folder in (package.submodule_search_locations or ()) if package else ():
        if (bundled := Path(folder) / "files" / "pandoc").is_file():
            return bundled
    if (installed := shutil.which("pandoc")) is not None:
        return Path(installed)
    raise TypesetterUnavailableError("Pandoc is not installed; pip install pypandoc-binary")
