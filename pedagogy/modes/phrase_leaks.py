"""Whether a text gives words away: an answer, the letter of a choice, an order, a pair."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from pedagogy.grading.folding import fold
from pedagogy.modes.guarded_keys import GuardedKey
from pedagogy.modes.readings import initials, squeezed

_FEWEST_SQUEEZED: Final = 5
_FEWEST_INITIALS: Final = 4
_LIKE: Final = 0.84
_WORD: Final = re.compile(r"[^\W_]+")
_ENDINGS: Final = ("ically", "ation", "ing", "ies", "ic", "ed", "es", "ly", "s", "y", "e")
_MASKED: Final = re.compile(r"[^\W\d]?(?:[_*.?•-]\s?|[^\W\d_]\s?){3,}")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?।])\s+|\n+")
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_SAYS_CHOICE: Final = (
    r"(?:answer|option|choice|choose|chose|pick|select|letter|go with|correct|right|mark|tick|"
    r"it s|its|it is|key|number|say|circle)"
    r"\W{{0,3}}(?:is|would be|one is|answer is|choice is)?\W{{0,3}}{0}\b"
)


def phrase_leak(text: str, key: GuardedKey) -> str:
    """The secret words that the text gives away; empty where none do."""
    stem = fold(key.stem)
    for phrase in key.phrases:
        if not _holds(stem, phrase) and (
            _holds(text, phrase) or _spells(text, phrase) or _masks(text, phrase)
        ):
            return phrase
        if _names_beginning(text, phrase):
            return phrase[0]
    return _choice_leak(text, key) or _order_leak(text, key.order) or _pair_leak(text, key)


def _holds(text: str, phrase: str) -> bool:
    """Whether the words of a phrase stand in the text one after the other, in any inflection."""
    wanted, said = list(_words(fold(phrase))), list(_words(fold(text)))
    if not wanted:
        return False
    return any(
        all(_are_like(here, there) for here, there in zip(wanted, said[at:], strict=False))
        for at in range(len(said) - len(wanted) + 1)
    )


def _spells(text: str, phrase: str) -> bool:
    """Whether letters of the text spell the phrase: spaced out, reversed, or as initials."""
    letters, said = squeezed(phrase), squeezed(text)
    if len(letters) >= _FEWEST_SQUEEZED and (letters in said or letters[::-1] in said):
        return True
    spaced = "".join(re.findall(r"\b[^\W\d_]\b", text.casefold()))
    if len(letters) >= 3 and (letters in spaced or letters[::-1] in spaced):
        return True
    return len(letters) >= _FEWEST_INITIALS and letters in initials(text).replace(" ", "\n")


def _masks(text: str, phrase: str) -> bool:
    """Whether most letters of the phrase stand in their places: v_l_c_ty."""
    letters = squeezed(phrase)
    for found in _MASKED.findall(text.casefold()):
        shown = found.replace(" ", "")
        if len(shown) == len(letters) >= 4 and any(mark in shown for mark in "_*.?•-"):
            same = sum(here == there for here, there in zip(shown, letters, strict=True))
            masked = sum(not letter.isalnum() for letter in shown)
            if same + masked == len(letters) and same * 2 >= len(letters) - 1:
                return True
    return False


def _names_beginning(text: str, phrase: str) -> bool:
    """Whether the text says which letter the phrase begins with."""
    letter = re.escape(fold(phrase)[:1])
    begins = r"\b(?:starts?|begins?|beginning|starting|initial|first letter)\b"
    pattern = rf"{begins}[^.!?]{{0,24}}?\b{letter}\b"
    return bool(letter) and re.search(pattern, fold(text)) is not None


def _choice_leak(text: str, key: GuardedKey) -> str:
    folded = fold(text).replace("'", " ")
    for place in key.right_places:
        for name in _names_of_choice(place):
            bare = re.fullmatch(rf"\W*(?:the )?{name}(?: one| option| answer| choice)?\W*", folded)
            if bare or re.search(_SAYS_CHOICE.format(rf"\(?{name}"), folded):
                return name
        ordinal = _ORDINALS[place] if place < len(_ORDINALS) else ""
        if ordinal and re.search(rf"\b{ordinal} (?:one|option|answer|choice)\b", folded):
            return ordinal
        letter = chr(ord("A") + place)
        if any(_ends_with_letter(sentence, letter) for sentence in _SENTENCE_END.split(text)):
            return letter
    if _names_wrong_letters(folded, key):
        return "the letters of all wrong choices"
    named = [wrong for wrong in key.wrong if _holds(text, wrong) and not _holds(key.stem, wrong)]
    if key.wrong and len(named) == len(key.wrong):
        return "every wrong choice"
    return ""


def _names_wrong_letters(folded: str, key: GuardedKey) -> bool:
    count = len(key.right_places) + len(key.wrong)
    letters = [chr(ord("a") + place) for place in range(count)]
    wrong = {letter for place, letter in enumerate(letters) if place not in key.right_places}
    named = {letter for letter in letters if re.search(rf"\b{letter}\b", folded)}
    # "a" is an article more often than a choice.
    return len(wrong) > 1 and wrong <= named and named - wrong <= {"a"}


def _ends_with_letter(sentence: str, letter: str) -> bool:
    return re.search(rf"(?:^|:\s*|\bis\s+)[(\"'*]*{letter}[)\"'*.!]*\s*$", sentence) is not None


def _names_of_choice(place: int) -> tuple[str, ...]:
    letter = chr(ord("a") + place)
    return letter, str(place + 1)


def _order_leak(text: str, order: Sequence[str]) -> str:
    if not order:
        return ""
    folded = fold(text)
    places = [folded.find(fold(item)) for item in order]
    found = [place for place in places if place >= 0]
    is_told = found == sorted(found) and len(found) >= max(2, len(order) - 1)
    is_reversed = found == sorted(found, reverse=True) and len(found) >= max(2, len(order) - 1)
    return " ".join(order) if is_told or is_reversed else ""


def _pair_leak(text: str, key: GuardedKey) -> str:
    for sentence in _SENTENCE_END.split(text):
        for left, right in key.pairs:
            if _holds(sentence, left) and _holds(sentence, right):
                return f"{left}: {right}"
    return ""


def _words(text: str) -> Iterator[str]:
    return (word.group() for word in _WORD.finditer(text))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _are_like(here: str, there: str) -> bool:
    if here == there or _stem(here) == _stem(there):
        return True
    if min(len(here), len(there)) < _FEWEST_SQUEEZED or here[0] != there[0]:
        return False
    return SequenceMatcher(None, here, there, autojunk=False).ratio() >= _LIKE
