"""The words that a language has for formulas, quantities and signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: its name for one, and for several."""

    one: str
    many: str
    is_length: bool = False
    """Whether its square is an area, which has a name of its own kind."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How one language says mathematics.

    Attributes:
        signs: words of operators and relations, by command of LaTeX or by sign.
        text_signs: words of signs that stand in running text, with no formula around them.
        phrases: templates by what they say, with the names of their parts in braces.
        greek: names of Greek letters, by their English names.
        letters: names of Latin letters where a voice would misread them, by small letter.
        functions: words of functions, by the command without its backslash.
        units: by symbol.
        prefixes: of units, by symbol.
    """

    signs: Mapping[str, str]
    text_signs: Mapping[str, str]
    phrases: Mapping[str, str]
    functions: Mapping[str, str]
    units: Mapping[str, Unit]
    prefixes: Mapping[str, str]
    greek: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)

    def phrase(self, name: str, **parts: str) -> str:
        """The template of that name with its parts in place."""
        return self.phrases[name].format(**parts)
