"""The colours of the slides, light and dark; each text colour has a contrast of 4.5 or more."""

import plistlib
from dataclasses import asdict, dataclass

from content.slides import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`.

    Attributes:
        paper: what everything stands on.
        panel: behind formulas and listings.
        line: rules of tables and plots.
        ink: text.
        muted: what is said in passing, such as a source.
        accent: what leads the eye: marks, curves, keywords.
        text_in_code, number_in_code: strings and numbers of a listing.
    """

    paper: str
    panel: str
    line: str
    ink: str
    muted: str
    accent: str
    text_in_code: str
    number_in_code: str


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        paper="#fcfbf8",
        panel="#f1efe8",
        line="#d3cfc2",
        ink="#1b1f27",
        muted="#5a6070",
        accent="#1a56a8",
        text_in_code="#1f6b3a",
        number_in_code="#9a3b12",
    ),
    "dark": Palette(
        paper="#12161d",
        panel="#1d232d",
        line="#3b4453",
        ink="#eceff4",
        muted="#a7b0bf",
        accent="#86b6ff",
        text_in_code="#9fd8a8",
        number_in_code="#f2b184",
    ),
}


def as_typst(palette: Palette) -> str:
    """A dictionary of colours in Typst's language."""
    colours = (
        f'{name.replace("_", "-")}: rgb("{value}")' for name, value in asdict(palette).items()
    )
    return f"({', '.join(colours)})"


def code_theme(palette: Palette) -> bytes:
    """How listings are coloured, in the form of TextMate, which Typst reads."""
    scopes = {
        "comment": palette.muted,
        "string": palette.text_in_code,
        "constant": palette.number_in_code,
        "keyword, storage": palette.accent,
        "entity.name, support": palette.accent,
        "variable.parameter": palette.ink,
    }
    return plistlib.dumps(
        {
            "name": "Slides",
            "settings": [
                {"settings": {"background": palette.panel, "foreground": palette.ink}},
                *(
                    {"scope": scope, "settings": {"foreground": colour}}
                    for scope, colour in scopes.items()
                ),
            ],
        }
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21.

    Source: WCAG 2.2, definition of contrast ratio; 4.5 is its level AA for text.
    """
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
