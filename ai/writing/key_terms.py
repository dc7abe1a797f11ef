"""The terms of the material: what it defines, and the nouns it returns to."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ai.answering.word_relations import are_synonyms
from ai.retrieval.stop_words import STOP_WORDS
from ai.retrieval.terms import terms_of
from ai.writing.definitions import Definition
from ai.writing.material import Material
from content.languages import language_by_script

_FEWEST: Final = 3
_NOUN_SHARE: Final = 0.6
_LONGEST_WORDS: Final = 3

_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|https?://\S+", re.DOTALL)
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0963’'\-])*|[^\w\s]|\d+")
_WORD = re.compile(r"[^\W\d_]")
_BEFORE_NOUN: Final = frozenset(
    """
    the a an of its their in on for from by with between and no any each every other into about
    without per as to than our
    """.split()  # noqa: SIM905 - a list of this length is read by nobody
)
_FEWEST_IN_BACKGROUND: Final = 6
_NOT_NOUN_END: Final = (
    "ly", "ed", "ing", "ive", "ful", "ous", "able", "ible", "omic", "netic", "astic", "tatic"
)  # fmt: skip
_PARTICIPLES: Final = frozenset(
    {"taken", "done", "given", "shown", "made", "known", "seen", "kept"}
)
_COMPARATIVE = re.compile(
    r"(?:great|larg|small|high|low|long|short|strong|weak|heavi|light|fast|slow|quick|bigg|few|less)"
    r"(?:er|est)\b|['’]s?$",
    re.IGNORECASE,
)
"""At the end of a term: what compares, and what owns something."""
_LAW = re.compile(r"\b(?:laws?|principles?|theorems?|rules?|postulates?)\b", re.IGNORECASE)
_UNIT = re.compile(r"\bunits?\b", re.IGNORECASE)
_POSTPOSITIONS = frozenset(["का", "के", "की", "को", "में", "से", "पर", "ने", "तक"])
_GENERAL: Final = frozenset(
    """
    example examples number way time result results figure case thing things part parts point
    points day year years answer question problem problems section chapter word words value values
    kind kinds type types use end idea lot set change order fact form forms side place first second
    third amount size list line name help person people man woman child terms term course learner
    student teacher reason rest sense level beginning job body object objects long short high low
    quantity quantities effect effects property concept assumption principles definition well
    observation
    large small same acts act twice half total directions direction sum product
    उदाहरण संख्या तरीका समय भाग अध्याय प्रश्न उत्तर शब्द मान नाम बात बार ओर रूप लोग तरह काम दिन
    """.split()  # noqa: SIM905 - likewise
)


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A term of the material.

    Attributes:
        text: As it stands within a sentence.
        stems: As `terms_of` gives it; what tells it from others.
        count: How often the material names it.
        definition: What the material says it means; None where it does not say.
    """

    text: str
    stems: tuple[str, ...]
    count: int
    definition: Definition | None

    @property
    def is_plural(self) -> bool:
        """Whether its form says more than one, as far as an ending tells."""
        return is_plural(self.text)


def find_terms(material: Material) -> list[Term]:
    """The terms, those defined first, then the most frequent.

    Those of the background come with them, if it returns to them often: what a term of the material
    may be mistaken for.
    """
    read = (material,) if material.background is None else (material, material.background)
    defined: dict[tuple[str, ...], Definition] = {}
    for definition in (d for part in read for d in part.definitions):
        defined.setdefault(definition.stems, definition)
    own, *others = [
        [statement.text for statement in part.statements if not statement.tells_story]
        for part in read
    ]
    surfaces = _surfaces([text for texts in (own, *others) for text in texts])
    counts_here = {stems: sum(forms.values()) for stems, forms in _surfaces(own).items()}
    counts = {stems: sum(forms.values()) for stems, forms in surfaces.items()}
    terms = [Term(d.term, stems, max(1, counts.get(stems, 1)), d) for stems, d in defined.items()]
    frequent = sorted(
        (
            stems
            for stems in surfaces
            if stems not in defined
            and (counts_here.get(stems, 0) >= _FEWEST or counts[stems] >= _FEWEST_IN_BACKGROUND)
        ),
        key=lambda stems: (-counts[stems], stems),
    )
    terms += [
        Term(surfaces[stems].most_common(1)[0][0], stems, counts[stems], None) for stems in frequent
    ]
    return terms


def is_plural(word: str) -> bool:
    """Whether the form of a word or phrase says more than one, as far as an ending tells."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "ics"))


def genus(term: Term) -> Literal["law", "field", "unit", "name", "thing"]:
    """Of what sort a term is, as far as its form and meaning tell: a law is no quantity."""
    if _LAW.search(term.text):
        return "law"
    if term.text.endswith("ics"):
        return "field"
    if term.definition is not None and _UNIT.search(term.definition.meaning[:60]):
        return "unit"
    return "name" if term.text[:1].isupper() else "thing"


def are_confusable(one: Term, other: Term) -> bool:
    """Whether either could be meant by the other: the same, a part of it, or a synonym."""
    ours, theirs = set(one.stems), set(other.stems)
    if ours <= theirs or theirs <= ours:
        return True
    left, right = ours - theirs, theirs - ours
    return len(left) == len(right) == 1 and are_synonyms(*left, *right)


def occurrences(term: Term, sentence: str) -> list[tuple[int, int]]:
    """Where a term stands in a sentence, in whatever form; formulas are left alone."""
    masked = _FORMULA.sub(lambda found: "\0" * len(found[0]), sentence)
    words = list(re.finditer(r"[^\W_](?:[^\W_]|[\u0900-\u0963’'\-])*", masked))
    stems = [terms_of(word[0])[:1] for word in words]
    found: list[tuple[int, int]] = []
    size = len(term.text.split())
    for start in range(len(words) - size + 1):
        window = [stem for each in stems[start : start + size] for stem in each]
        if tuple(window) == _plain_stems(term.text):
            found.append((words[start].start(), words[start + size - 1].end()))
    return found


def _plain_stems(text: str) -> tuple[str, ...]:
    return tuple(stem for word in text.split() for stem in terms_of(word)[:1])


def _surfaces(texts: Sequence[str]) -> dict[tuple[str, ...], Counter[str]]:
    """Noun phrases by their stems, with how often each form occurs."""
    as_noun: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    seen = Counter[tuple[str, ...]]()
    for text in texts:
        tokens = _TOKEN.findall(_FORMULA.sub(" . ", text))
        language = language_by_script(text)
        for phrase, is_noun, is_whole in _phrases(tokens, language):
            stems = tuple(terms_of(" ".join(phrase)))
            if len(stems) != len(phrase):
                continue
            seen[stems] += is_whole
            if is_noun:
                as_noun[stems][" ".join(phrase)] += 1
    return {
        stems: forms
        for stems, forms in as_noun.items()
        if sum(forms.values()) >= _NOUN_SHARE * seen[stems] and _is_term(forms)
    }


def _phrases(tokens: Sequence[str], language: str) -> Iterator[tuple[list[str], bool, bool]]:
    """Runs of up to three content words: whether they stand where a noun would, and by themselves.

    What stands within a longer run says nothing: `energy` is a noun, `kinetic energy` or not.
    """
    stop = STOP_WORDS[language]
    is_content = [bool(_WORD.match(t)) and t.lower() not in stop for t in tokens]
    for start, token in enumerate(tokens):
        if not is_content[start]:
            continue
        for end in range(start + 1, min(start + _LONGEST_WORDS, len(tokens)) + 1):
            if not is_content[end - 1]:
                break
            before = tokens[start - 1].lower() if start else ""
            after = tokens[end].lower() if end < len(tokens) else "."
            first = token if start else token.lower()
            phrase = [first, *tokens[start + 1 : end]]
            is_whole = not any(is_content[max(0, start - 1) : start] + is_content[end : end + 1])
            if language == "hi":
                yield phrase, after in _POSTPOSITIONS, True
            else:
                ends = after in stop or not _WORD.match(after)
                begins = before in _BEFORE_NOUN or (not start and len(phrase) > 1)
                yield phrase, begins and ends and after not in ("to", "not"), is_whole


def _is_term(forms: Counter[str]) -> bool:
    text = forms.most_common(1)[0][0]
    words = text.lower().split()
    if {words[0], words[-1]} & (_GENERAL | _PARTICIPLES) or len(words[-1]) < 3:
        return False
    if _COMPARATIVE.match(words[0]) or _COMPARATIVE.search(words[-1]):
        return False
    if len(words) > 1 and words[-1].endswith("s"):  # "force acts" has the same form as a plural
        return False
    return not words[-1].endswith(_NOT_NOUN_END)
