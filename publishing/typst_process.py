"""Typst in a process that ends with its task: `compile REQUEST` or `probe FORMULAS`, both JSON.

`compile` makes a PDF, or PNG files of the pages; it prints a report as JSON: characters that no
font has, and the values of `<note>` in the document. `probe` writes the number of each formula that
can be set into `probe.txt`, as it goes, so that a reader knows which one a crash is due to.
"""

import importlib.util
import json
import re
import resource
import sys
import unicodedata
from pathlib import Path
from typing import Any

import typst

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 30
FONT_PACKAGES = ("fontpkg_inter", "fontpkg_noto_sans_devanagari")
"""For the slides, and for the scripts that Typst's own fonts leave out."""
NOTE = "<note>"
MAX_MISSING_GLYPHS = 12
"""So many characters or scripts without a glyph are looked for, each by one more compilation."""
_MISSING = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def main(task: str, request_file: str) -> None:
    """Does one task in the working folder; fonts alone are read from outside of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    if task == "probe":
        _probe(request)
    else:
        print(json.dumps(_compile(**request)))  # noqa: T201 (this is what the caller reads)


def _compile(
    source: str, target: str, ppi: float | None, with_system_fonts: bool
) -> dict[str, Any]:
    text = Path(source).read_text(encoding="utf-8")
    compiler = _compiler(with_system_fonts, source)
    pdf = target if ppi is None else None
    unprintable, is_written = _tried_as_archivable(source, pdf, compiler)
    if not is_written or ppi is not None:
        Path(source).write_text(_stand_ins(unprintable) + text, encoding="utf-8")
        as_pictures: dict[str, Any] = {"format": "png", "ppi": ppi}
        compiler.compile(
            source, output=target, **({"format": "pdf"} if ppi is None else as_pictures)
        )
    notes = json.loads(compiler.query(NOTE, field="value")) if NOTE in _theme(source) else []
    return {"unprintable": [_described(text) for text in unprintable], "notes": notes}


def _theme(source: str) -> str:
    """What may hold notes: the source and the theme that it imports."""
    files = [Path(source), Path("theme.typ")]
    return "".join(file.read_text(encoding="utf-8") for file in files if file.exists())


def _tried_as_archivable(
    source: str, pdf: str | None, compiler: typst.Compiler
) -> tuple[list[str], bool]:
    """Texts without a glyph, and whether it has been written as PDF/A, for there are none.

    PDF/A refuses what has no glyph, one by one.
    """
    text = Path(source).read_text(encoding="utf-8")
    missing: list[str] = []
    while len(missing) < MAX_MISSING_GLYPHS:
        probe = "".join(_rule(one, "") for one in missing) + text
        try:
            Path(source).write_text(probe, encoding="utf-8")
            compiler.compile(source, output=pdf, format="pdf", pdf_standards=["a-2u"])
        except typst.TypstError as error:
            found = _MISSING.search(error.message)
            one = _unescaped(found[1]) if found else ""
            if not one or one in missing:
                break
            missing.append(one)
        else:
            return missing, not missing
    return missing, False


def _stand_ins(unprintable: list[str]) -> str:
    """Rules that put the names of signs in their place; letters stay the boxes that they are."""
    return "".join(_rule(one, f"[{_name(one)}]") for one in unprintable if not _is_letter(one))


def _rule(text: str, instead: str) -> str:
    """A show rule for a sign, or for all letters of a script."""
    if _is_letter(text):
        pattern = f"[\\\\p{{{_script(text)}}}\\\\p{{M}}]+"
        return f'#show regex("{pattern}"): ""\n' if _is_script(_script(text)) else ""
    return f"#show {json.dumps(text, ensure_ascii=False)}: {json.dumps(instead)}\n"


def _described(text: str) -> str:
    if _is_letter(text):
        return f"letters of the script {_script(text)}"
    return f"{text} ({_name(text)})"


def _is_letter(text: str) -> bool:
    return any(unicodedata.category(sign)[0] in "LM" for sign in text[:1])


def _script(text: str) -> str:
    return _name(text).split(" ")[0].capitalize()


def _is_script(name: str) -> bool:
    return re.fullmatch(r"[A-Z][a-z]+", name) is not None


def _name(text: str) -> str:
    sign = text[0]
    return unicodedata.name(sign, f"U+{ord(sign):04X}").lower()


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _probe(formulas: list[str]) -> None:
    compiler = _compiler(with_system_fonts=False)
    with Path("probe.txt").open("w", encoding="utf-8") as progress:
        for number, formula in enumerate(formulas):
            try:
                compiler.compile(f"#set page(width: auto)\n{formula}".encode(), format="pdf")
            except typst.TypstError:
                continue
            print(number, file=progress, flush=True)


def _compiler(with_system_fonts: bool, source: str | None = None) -> typst.Compiler:
    return typst.Compiler(
        source, root=".", font_paths=_bundled_fonts(), ignore_system_fonts=not with_system_fonts
    )


def _bundled_fonts() -> list[str]:
    found = map(importlib.util.find_spec, FONT_PACKAGES)
    folders = [folder for spec in found if spec for folder in spec.submodule_search_locations or ()]
    return [str(Path(folder) / "files") for folder in folders]


if __name__ == "__main__":
    main(*sys.argv[1:])
