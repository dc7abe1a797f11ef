r"""Keeps the text inside commands that a LaTeX file uses and another file defines.

Chapters of a book rely on their book's preamble. Pandoc drops a command it does not know together
with its argument, so that "a \resp{6}" would lose its number.
"""

import re
from collections import defaultdict
from typing import Final

_USE: Final = re.compile(r"\\([a-zA-Z]{2,})(?![a-zA-Z@*])((?:\s*\{[^{}]*\})+)")
_ARGUMENT: Final = re.compile(r"\{([^{}]*)\}")
_DEFINITION: Final = re.compile(
    r"\\(?:newcommand|renewcommand|providecommand|DeclareMathOperator|def)\*?\s*\{?\s*\\([a-zA-Z]+)"
)
# Commands that Pandoc knows, and commands whose arguments are no text.
_LEFT_ALONE: Final = """
    acute addcontentsline addtocounter addtolength arabic author autocite autoref backslash bar
    bbox begin bibitem bibliography bibliographystyle bigskip bm boldsymbol boxed breve caption
    captionof captionsetup centerline chapter check cite citealp citeauthor citep citet cline
    cmidrule color colorbox cref date ddot definecolor dfrac documentclass dot emph end
    enlargethispage ensuremath eqref fbox figref footnote footnotemark footnotetext frac frame
    framebox geometry gls graphicspath grave hat href hspace hyperref hypersetup include
    includegraphics includeonly index input int item label left lim linewidth listoffigures ln
    lstinputlisting lstset makebox marginpar markboth mathbb mathbf mathcal mathfrak mathit
    mathop mathrel mathrm mathscr mathsf mathtt mbox minipage multicolumn multirow newcolumntype
    newcommand newcounter newenvironment newgeometry newlength newtheorem noalign nocite num
    operatorname overbrace overleftarrow overline overrightarrow overset pagecolor pagenumbering
    pageref pagestyle paragraph parbox part phantom providecommand qty raisebox ref
    refstepcounter renewcommand renewenvironment resizebox right roman rotatebox rule scalebox
    section setcounter setlength setstretch settowidth si sqrt stackrel stepcounter subfile
    subfloat subparagraph subref subsection substack subsubsection tag textbackslash textbf
    textcite textcolor textit textmd textnormal textrm textsc textsf textsl textsubscript
    textsuperscript texttt textup tfrac thanks thispagestyle tilde title titleformat
    titlespacing underbrace underline underset unskip url usepackage usetikzlibrary value vec
    verb vref vspace widehat widetilde xleftarrow xrightarrow
"""


def keep_unknown_arguments(latex: str) -> str:
    """LaTeX that begins with definitions by which unknown commands give their first argument.

    Left out are commands of several arguments whose first is no words, but a length or a name.
    """
    uses: dict[str, list[list[str]]] = defaultdict(list)
    for name, arguments in _USE.findall(latex):
        uses[name].append(_ARGUMENT.findall(arguments))
    left_alone = {*_LEFT_ALONE.split(), *_DEFINITION.findall(latex)}
    definitions = [
        f"\\newcommand{{\\{name}}}[{count}]{{#1}}"
        for name, found in uses.items()
        if name not in left_alone and (count := _text_arguments(found))
    ]
    return "\n".join([*definitions, latex])


def _text_arguments(uses: list[list[str]]) -> int:
    """How many arguments a command has, if its first holds text; 0 if it seems not to."""
    count = min(len(arguments) for arguments in uses)
    if count == 1:
        return 1
    worded = sum(any(c.isalpha() for c in arguments[0]) for arguments in uses)
    return count if worded * 2 > len(uses) else 0
