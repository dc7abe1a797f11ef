"""The commands of LaTeX that school formulas are written with, by what they do."""

from collections.abc import Mapping
from typing import Final

_GREEK_NAMES: Final = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi"),
    "omega",
)
LETTERS: Final[Mapping[str, str]] = {
    **{f"\\{name}": name for name in _GREEK_NAMES},
    **{f"\\{name.title()}": name.title() for name in _GREEK_NAMES},
    **{f"\\var{name}": name for name in _GREEK_NAMES},
    **dict(zip("αβγδεζηθικλμνξπρστυφχψω", _GREEK_NAMES, strict=True)),
    **dict(
        zip(
            "ΓΔΘΛΞΠΣΦΨΩ",
            ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega"),
            strict=True,
        )
    ),
    "µ": "mu",
    "\\ell": "l",
    "\\hbar": "h bar",
    "\\imath": "i",
    "\\jmath": "j",
}
"""Letters by name; capitals of Greek begin with a capital."""

TEXTS: Final = frozenset(
    f"\\{name}"
    for name in (
        "text",
        "textrm",
        "textbf",
        "textit",
        "mathrm",
        "mathsf",
        "operatorname",
        "operatorname*",
        "mbox",
        "unit",
        "si",
        "ce",
    )
)
"""Their argument is upright text."""

STYLES: Final = frozenset(
    f"\\{name}"
    for name in (
        "mathbf",
        "boldsymbol",
        "bm",
        "mathit",
        "mathcal",
        "mathbb",
        "mathfrak",
        "boxed",
        "mathop",
        "mathrel",
        "mathbin",
        "pmb",
        "cancel",
        "underbrace",
        "overbrace",
    )
)
"""They change the looks of their argument alone."""

ACCENTS: Final[Mapping[str, str]] = {
    "\\vec": "vector",
    "\\overrightarrow": "vector",
    "\\hat": "hat",
    "\\widehat": "hat",
    "\\bar": "bar",
    "\\overline": "bar",
    "\\underline": "underlined",
    "\\dot": "dot",
    "\\ddot": "double dot",
    "\\tilde": "tilde",
    "\\widetilde": "tilde",
}

FUNCTIONS: Final = frozenset(
    f"\\{name}"
    for name in (
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "log",
        "ln",
        "lg",
        "exp",
        "max",
        "min",
        "det",
        "gcd",
        "lim",
    )
)

SILENT: Final = frozenset(
    [
        *("\\,", "\\;", "\\:", "\\!", "\\ ", "\\/", "~", "&", "$", "\\quad", "\\qquad"),
        *("\\displaystyle", "\\textstyle", "\\limits", "\\nolimits", "\\nonumber", "\\notag"),
        *("\\left", "\\right", "\\middle", "\\big", "\\Big", "\\bigg", "\\Bigg", "\\bigl"),
        *("\\bigr", "\\Bigl", "\\Bigr", "\\biggl", "\\biggr", "\\hfill", "\\hline", "\\rm"),
        *("\\bf", "\\it", "\\thinspace", "\\phantom"),
    ]
)
"""They say nothing."""

CLOSING: Final[Mapping[str, str]] = {
    "(": ")",
    "[": "]",
    "\\{": "\\}",
    "|": "|",
    "\\lvert": "\\rvert",
    "\\langle": "\\rangle",
}
"""Delimiters and what closes them."""
