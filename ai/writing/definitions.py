"""Finds what the material defines, by the forms in which textbooks do it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ai.answering.prose import as_said, without_heading
from ai.retrieval.terms import terms_of
from ai.writing.brief import SourcePassage
from ai.writing.headings import is_glossary
from ai.writing.source_lines import SourceLine
from content.base import SourceSpan
from content.languages import language_by_script

DefinitionForm = Literal["entry", "defined", "called", "is"]

MAX_TERM_WORDS: Final = 5
_MAX_SUBJECT_WORDS: Final = 3
_MAX_MEANING: Final = 320
_MIN_MEANING: Final = 12
_RANK: Final[dict[DefinitionForm, int]] = {"entry": 0, "defined": 1, "called": 2, "is": 3}

_ENTRY = re.compile(
    r"^(?:[-*+•]\s+|\(?\d{1,2}[.)]\s+)?(?P<term>[^:.?!|$]{2,60}?)(?:\s*\$[^$]{1,12}\$)?\s*"
    r"(?::|[—–]|\s-)\s+(?P<meaning>\S[^|]*)$",
    re.DOTALL,
)
# What a list item outside a glossary gives for a meaning; others are notes: "Convention: all caps".
_EXPLAINS = re.compile(
    r"(?:an?|the|any|every|what|how|when|where|something|someone|one of)\s(?!.*\bthis\b)"
    r"|[^\x00-\x7f]",
    re.IGNORECASE | re.DOTALL,
)
_TERM_ALONE = re.compile(r"^(?P<term>[^:.?!|$]{2,50})\.$")
_DEFINED = re.compile(
    r"^(?:formally,\s+)?(?:the |an? )?(?:(?:word|term)s? )?[“\"]?(?P<term>[\w'’\-][^,;:.$]{1,58}?)"
    r"[”\"]?(?:\s*\([^)]{1,12}\))?\s+"
    r"(?P<verb>(?:is|are) defined (?:as|to be)|refers? to|(?<=[”\"] )means?|stands? for)\s+"
    r"(?P<meaning>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_IS = re.compile(
    r"^(?:the |an? )?(?P<term>[\w'’\-][^,;:.$()]{1,48}?)(?:\s*\([^)]{1,12}\))?\s+(?:is|are)\s+"
    r"(?P<meaning>(?:the|an?|any)\s.+)$",
    re.IGNORECASE | re.DOTALL,
)
_CALLED = re.compile(
    r"^(?P<meaning>.{15,260}?),?\s+(?:which\s+)?(?:is|are)\s+(?:often |also |usually )?"
    r"(?:called|known as|termed|referred to as)\s+(?:the |an? )?[“\"]?"
    r"(?P<term>[\w'’\-][^,;:.$()]{1,48}?)[”\"]?\s*[.,;(]",
    re.IGNORECASE | re.DOTALL,
)
# A law by its name, "Newton's third law" or "law of inertia"; and what it says, or states.
_LAW_NAME = (
    r"(?:[\w–-]+['’]s?(?: \w+)?|\w+[-–]\w+) (?:law|principle|rule|theorem|postulate)"
    r"(?: of [\w ]{3,30}?)?|(?:law|principle) of [\w ]{3,40}?"
)
_LAW = re.compile(
    rf"^(?:the )?(?P<term>{_LAW_NAME})(?:\s*:|\s+(?:says|states)(?: that|:))\s+"
    r"(?P<meaning>.{20,})$",
    re.IGNORECASE | re.DOTALL,
)
_IS_LAW = re.compile(rf"^{_LAW_NAME}$", re.IGNORECASE)
_HINDI_CALLED = re.compile(
    r"^(?P<meaning>.{8,260}?)\s+को\s+(?P<term>\S[^,;।]{1,40}?)\s+(?:भी\s+)?"
    r"(?:कहते हैं|कहा जाता है|कहा जाता हैं)",
    re.DOTALL,
)
_HINDI_IS_CALLED = re.compile(r"^(?P<meaning>.{15,260})\s+कहला(?:ता|ती|ते)\s+(?:है|हैं)", re.DOTALL)
_NO_TERM = re.compile(
    r"\b(?:it|this|that|these|those|they|he|she|we|you|i|there|here|what|which|who|one|each|every"
    r"|all|some|both|two|three|another|other|answer|result|reason|example|case|thing|point"
    r"|following|rule|way|question|problem|idea|word|sum|only|first|second|next|last|such|when|if"
    r"|because|since|while|as|then|so|and|or|but|not|of the|in the|on the|for the|how|why|simply"
    r"|actually|kind|number of|value of|section|chapter|figure|unit for|si unit|is|are|was|were"
    r"|has|have|can|cannot|will|may|more|most|many|much|by|with|whose|whenever|your|our|my|its"
    r"|their|step|note|warning|hint|tip|unit|(?:long|great|larg|small|bigg|high|low|few|short|fast)"
    r"(?:er|est)|less|least)\b"
    r"|^(?:यह|वह|ये|वे|इस|उस|इन|उन|जो|जब|यदि|एक)\b|\d",
    re.IGNORECASE,
)
_LEANING_MEANING = re.compile(
    r"\b(?:this|these|those)\b.{0,20}$|^(?:this|that|these|it|they|which|and|or|but)\b"
    r"|^(?:इस|यह|ये|इसे|उसे|इन|उन)(?=\s)|^(?:the same|the other|the opposite|not |defined by )",
    re.IGNORECASE,
)
_DESCRIBES_ONLY = re.compile(
    r"^(?:an? (?:\w+ )?(?:good|great|large|small|plain|tiny|common|important|useful|simple|number"
    r"|lot|few|bit|result|consequence|special case|example|major|fundamental|long|short|matter"
    r"|little|big|very|better|topic)\b|an? (?:vector|scalar)(?:[,;.]| and\b)"
    r"|the (?:same|reason|most|only|result|case|sum of all"
    r"|difference|opposite|one|ones|key|best|first|second|last)\b|one of the)",
    re.IGNORECASE,
)
_RECKONS = re.compile(r"=.*\d|\d.*=")
_ABOUT_CHAPTER = re.compile(
    r"\s*\((?:see )?(?:chapter|section|page|unit|lesson|अध्याय)\s[^)]*\)", re.IGNORECASE
)
_FORMULA_RUN_ON = re.compile(r"(\$[^$]+\$)(?=[^\W\d_]{2})")
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A term with what the material says it means.

    Attributes:
        term: As a heading would have it, without an article.
        meaning: What it is, without the term; with a full stop.
        sentence: The whole of it as one statement, verbatim where the material has one.
        form: How the material gives it.
        span: Where it stands.
        place: Its line, in the material that it was found in.
    """

    term: str
    meaning: str
    sentence: str
    form: DefinitionForm
    span: SourceSpan
    place: tuple[int, int]

    @property
    def stems(self) -> tuple[str, ...]:
        """The term as `terms_of` gives it, which tells it from others."""
        return tuple(terms_of(self.term))

    @property
    def sentence_terms(self) -> frozenset[str]:
        """The lexical terms of the whole of it."""
        return frozenset(terms_of(self.sentence))

    def is_more_explicit(self, other: "Definition") -> bool:
        """Whether its form leaves less doubt that the term is explained."""
        return _RANK[self.form] < _RANK[other.form]

    @property
    def short(self) -> str:
        """The meaning up to its first semicolon, where it says enough."""
        first, semicolon, _ = self.meaning.partition(";")
        if not semicolon or len(first) < _MIN_MEANING:
            return self.meaning
        return first.rstrip() + ("।" if self.meaning.endswith("।") else ".")


def find_definitions(
    lines: Sequence[SourceLine],
    passages: Sequence[SourcePassage],
    known: frozenset[str],
    skipped: frozenset[tuple[int, int]],
) -> list[Definition]:
    """The definitions of the material, one for each term: the most explicit.

    Args:
        lines: Of all passages.
        passages: The material.
        known: Words of titles and headings, as `terms_of` gives them; "X is a Y" defines X only
            where X is among them or is defined outright.
        skipped: Places of lines that are no explanation.
    """
    best: dict[tuple[str, ...], Definition] = {}
    for number, line in enumerate(lines):
        if line.place in skipped:
            continue
        following = lines[number + 1] if number + 1 < len(lines) else None
        for found in _in_line(line, following, passages, known):
            key = found.stems
            if key and (key not in best or found.is_more_explicit(best[key])):
                best[key] = found
    return sorted(best.values(), key=lambda found: found.place)


def _in_line(
    line: SourceLine,
    following: SourceLine | None,
    passages: Sequence[SourcePassage],
    known: frozenset[str],
) -> list[Definition]:
    heading = passages[line.passage].heading
    below_glossary = any(is_glossary(each) for each in heading)
    said = as_said(without_heading(line.text), keeps_bullet=False)
    found = _parsed(line, said, known, below_glossary=below_glossary)
    last = line
    if found is None and below_glossary and following is not None:
        found = _entry_of_two(line, following)
        last = following
    if found is None:
        return []
    term, meaning, sentence, form = found
    term, meaning = _clean_term(term), _clean_meaning(meaning)
    if not _is_sound(term, meaning):
        return []
    passage = passages[line.passage]
    if last.passage != line.passage:
        return []
    bounds = passage.sentence_bounds
    span = passage.span(bounds[line.index][0], bounds[last.index][1])
    return [Definition(term, meaning, sentence, form, span, line.place)]


_Parsed = tuple[str, str, str, DefinitionForm]


def _entry_of_two(line: SourceLine, following: SourceLine) -> _Parsed | None:
    """A term with a full stop, and its meaning after it."""
    alone = _TERM_ALONE.match(line.text.strip())
    if alone is None or following.paragraph != line.paragraph:
        return None
    meaning = as_said(following.text, keeps_bullet=False)
    return alone["term"], meaning, f"{alone['term']}: {meaning}", "entry"


def _parsed(
    line: SourceLine, said: str, known: frozenset[str], *, below_glossary: bool
) -> _Parsed | None:
    if below_glossary or line.text.lstrip()[:1] in "-*+•":
        entry = _ENTRY.match(said)
        is_short = entry is not None and len(entry["term"].split()) <= MAX_TERM_WORDS
        if entry is not None and is_short and (below_glossary or _EXPLAINS.match(entry["meaning"])):
            return entry["term"], entry["meaning"], said, "entry"
    if language_by_script(said) == "hi":
        return _parsed_hindi(said, known)
    if (defined := _LAW.match(said) or _DEFINED.match(said)) is not None:
        return defined["term"], defined["meaning"], said, "defined"
    if (called := _CALLED.match(said)) is not None:
        return called["term"], called["meaning"], said, "called"
    is_a = _IS.match(said)
    if is_a is None or _DESCRIBES_ONLY.match(is_a["meaning"]):
        return None
    stems = terms_of(is_a["term"])
    is_short = len(is_a["term"].split()) <= _MAX_SUBJECT_WORDS
    if not stems or not is_short or not set(stems) <= known or _RECKONS.search(is_a["meaning"]):
        return None
    return is_a["term"], is_a["meaning"].partition("; ")[0], said, "is"


def _parsed_hindi(said: str, known: frozenset[str]) -> _Parsed | None:
    if (called := _HINDI_CALLED.match(said)) is not None:
        return called["term"], called["meaning"], said, "called"
    is_called = _HINDI_IS_CALLED.match(said)
    if is_called is None:
        return None
    words = is_called["meaning"].split()
    for length in (3, 2, 1):
        term = " ".join(words[-length:])
        stems = terms_of(term)
        if len(words) > length + 2 and stems and set(stems) <= known:
            return term, " ".join(words[:-length]), said, "called"
    return None


def _clean_term(term: str) -> str:
    """A term without its article, in small letters unless it is a name or an abbreviation."""
    text = _ARTICLE.sub("", " ".join(term.strip(" \"“”'*_").split()))
    first = text.partition(" ")[0]
    is_name = "’" in first or "'" in first or any(letter.isupper() for letter in first[1:])
    return text if is_name else text[:1].lower() + text[1:]


def _clean_meaning(meaning: str) -> str:
    text = " ".join(_ABOUT_CHAPTER.sub("", meaning).split()).strip(" ,;")
    text = _FORMULA_RUN_ON.sub(r"\1 ", text)
    text = text[:1].upper() + text[1:]
    if text.rstrip('"”’)').endswith((".", "।", "!", "?")):
        return text
    return text.rstrip(":") + ("।" if language_by_script(text) == "hi" else ".")


def _is_sound(term: str, meaning: str) -> bool:
    """Whether it is a term, and its meaning says something without the rest of the page."""
    is_named = _IS_LAW.match(term) is not None or not _NO_TERM.search(term)
    if not 1 <= len(term.split()) <= MAX_TERM_WORDS or not is_named:
        return False
    if not _MIN_MEANING <= len(meaning) <= _MAX_MEANING or _LEANING_MEANING.search(meaning):
        return False
    is_whole = meaning.count("(") == meaning.count(")") and meaning.count("$") % 2 == 0
    return is_whole and len(meaning.split()) >= 3 and not meaning.endswith(("?", "!"))
