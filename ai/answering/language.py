"""Which language a short text is in, as far as its script tells, and its terms in it."""

from ai.retrieval.terms import analyse
from content.languages import SpokenLanguage, language_by_script

__all__ = ["Language", "language_by_script", "terms_of"]

Language = SpokenLanguage


def terms_of(text: str) -> list[str]:
    """Gives the lexical terms of `text` in reading order, in the language of its script."""
    return analyse(text, language_by_script(text))
