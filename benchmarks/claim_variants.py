"""Sentences that a source bears out in other words, and ones it does not, made by rules.

A paraphrase changes the wording and keeps what is said; a perturbation keeps the wording and
changes what is said. For English.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Rule = Callable[[str, random.Random], str]

_CONTRACTIONS = (
    ("is not", "isn't"), ("are not", "aren't"), ("was not", "wasn't"), ("were not", "weren't"),
    ("do not", "don't"), ("does not", "doesn't"), ("did not", "didn't"), ("cannot", "can't"),
    ("could not", "couldn't"), ("would not", "wouldn't"), ("has not", "hasn't"),
    ("it is", "it's"), ("It is", "It's"), ("there is", "there's"), ("There is", "There's"),
)  # fmt: skip
_SYNONYMS = (
    ("because", "since"), ("however", "nevertheless"), ("also", "as well"), ("large", "big"),
    ("many", "numerous"), ("use", "employ"), ("uses", "employs"), ("used", "employed"),
    ("begin", "start"), ("began", "started"), ("begins", "starts"), ("approximately", "about"),
    ("around", "about"), ("show", "demonstrate"), ("shows", "demonstrates"),
    ("shown", "demonstrated"), ("called", "known as"), ("known as", "called"),
    ("such as", "like"), ("often", "frequently"), ("usually", "normally"), ("help", "assist"),
    ("important", "significant"), ("main", "chief"), ("primary", "main"), ("different", "distinct"),
    ("difficult", "hard"), ("build", "construct"), ("built", "constructed"), ("buy", "purchase"),
    ("city", "town"), ("area", "region"), ("part", "portion"), ("various", "several"),
    ("people", "persons"), ("children", "kids"), ("although", "though"), ("while", "whereas"),
    ("created", "made"), ("located", "situated"), ("received", "got"), ("required", "needed"),
    ("requires", "needs"), ("allows", "permits"), ("allow", "permit"), ("allowed", "permitted"),
    ("remained", "stayed"), ("ended", "finished"), ("became", "turned into"), ("big", "large"),
    ("contains", "holds"), ("includes", "comprises"), ("included", "comprised"),
    ("produce", "make"), ("produced", "made"), ("produces", "makes"), ("obtain", "get"),
    ("obtained", "gained"), ("perform", "carry out"), ("performed", "carried out"),
    ("method", "technique"), ("quickly", "rapidly"), ("rapid", "quick"), ("entire", "whole"),
    ("total", "overall"), ("nearly", "almost"), ("almost", "nearly"), ("several", "a number of"),
    ("due to", "because of"), ("in order to", "to"), ("therefore", "so"), ("thus", "hence"),
    ("per cent", "percent"), ("percent", "%"), ("during", "in the course of"),
    ("object", "body"), ("constant", "unchanging"), ("determine", "find"), ("occurs", "happens"),
    ("occur", "happen"), ("depends on", "is governed by"), ("equal to", "the same as"),
    ("within", "inside"), ("famous", "well-known"), ("typically", "usually"),
    ("currently", "at present"), ("generally", "in general"), ("established", "set up"),
    ("attempt", "try"), ("throughout", "all through"), ("mostly", "for the most part"),
)  # fmt: skip
_DIGITS = (
    ("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"), ("six", "6"), ("seven", "7"),
    ("eight", "8"), ("nine", "9"), ("ten", "10"), ("twenty", "20"), ("thirty", "30"),
)  # fmt: skip
_FRAMES = (
    "According to the text, {}", "The source explains that {}", "In short, {}",
    "The material says that {}", "Put simply, {}", "Note that {}",
)  # fmt: skip
_FRONTED = re.compile(
    r"^((?:When|If|Because|Although|While|After|As|Since|In|On|At|During|By|For|Under|From|With)"
    r" [^,;]{6,90}), (?!and |or )([^;]{20,})\.$"
)
_TRAILING = re.compile(
    r"^([^,;]{20,120}) (because|when|if|although|while|after|before|since) ([^,;]{10,120})\.$"
)
_RELATIVE = re.compile(r", (?:which|who|where) [^,;.]{5,90}(?:,|(?=\.$))")
_PARENTHESIS = re.compile(r" ?\([^()]{2,80}\)")
_OPENING = re.compile(r"^(?:However|Also|Moreover|Furthermore|Finally|Thus|Therefore|Then|Today), ")
_PASSIVE = re.compile(
    r"^([^,;]{4,60}?) (was|were|is|are) (\w+ed|built|written|won|made|held|led|found) by"
    r" ([^,;.]{3,60})\.$"
)
_NUMBER = re.compile(r"(?<![\w.,–-])\d+(?:[.,]\d+)*(?![\w–-])")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: (?:of )?[A-Z][\w'’-]+)*")
_TERM = re.compile(r"(?<=[a-z,] )[a-z]{5,}(?![\w-])")
_KNOWN_WORDS = frozenset(word for pair in _SYNONYMS for word in pair)
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|will|has|have|had|may|should|would|could|must|did|does|do)\b(?! not)"
)
_DENIAL = re.compile(r"\b(?:not|never) |n't\b")
_ANTONYMS = (
    ("increase", "decrease"), ("increases", "decreases"), ("increased", "decreased"),
    ("increasing", "decreasing"), ("more", "less"), ("before", "after"), ("largest", "smallest"),
    ("larger", "smaller"), ("large", "small"), ("high", "low"), ("higher", "lower"),
    ("highest", "lowest"), ("first", "last"), ("always", "never"), ("north", "south"),
    ("northern", "southern"), ("east", "west"), ("eastern", "western"), ("positive", "negative"),
    ("early", "late"), ("most", "least"), ("maximum", "minimum"), ("above", "below"),
    ("inside", "outside"), ("won", "lost"), ("strong", "weak"), ("old", "new"), ("rich", "poor"),
    ("same", "different"), ("begin", "end"), ("began", "ended"), ("upper", "lower"),
    ("public", "private"), ("parallel", "perpendicular"), ("faster", "slower"),
    ("longer", "shorter"), ("heavier", "lighter"), ("gain", "lose"), ("up", "down"),
    ("left", "right"), ("major", "minor"), ("simple", "complex"), ("success", "failure"),
    ("legal", "illegal"), ("young", "old"), ("majority", "minority"), ("allowed", "forbade"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a sentence stands: what swaps may take from.

    Attributes:
        passage: Its passage.
        following: The sentence after it there; empty for none.
        elsewhere: Sentences of other passages of its document.
        far: Sentences of other documents.
    """

    passage: str
    following: str
    elsewhere: Sequence[str]
    far: Sequence[str]


def paraphrases(sentence: str, where: Surroundings, dice: random.Random) -> Iterator[str]:
    """Up to two sentences that say what `sentence` says, or a part of it, in other words.

    Each has been changed by two rules or more; one of them may say the next sentence as well.
    """
    rules: list[Rule] = [_reordered, _shortened, _replaced, _active, _framed]
    for merges in (False, True):
        text, changes = sentence, 0
        if merges:
            if not 20 < len(where.following) < 160:
                return
            text, changes = _merged(sentence, where.following), 1
        chosen = rules[:-1] if merges or dice.random() < 0.5 else rules
        for rule in chosen:
            changed = rule(text, dice)
            changes += changed != text
            text = changed
        if changes >= 2 and text not in where.passage:
            yield text


def perturbations(
    claim: str, where: Surroundings, dice: random.Random
) -> Iterator[tuple[str, str]]:
    """Kind and text of claims that the passage does not bear out, each changed in one thing."""
    made = {
        "number": _other_number(claim, where, dice),
        "name": _other_name(claim, where, dice),
        "term": _other_term(claim, where, dice),
        "negation": _denied(claim),
        "opposite": _opposite(claim, dice),
        "roles": _roles_swapped(claim, dice),
        "unrelated": dice.choice(where.elsewhere) if where.elsewhere else None,
        "half": _merged(claim, dice.choice(where.far)) if where.far else None,
    }
    for kind, text in made.items():
        if text is not None and text != claim and text not in where.passage:
            yield kind, text


def _reordered(text: str, _: random.Random) -> str:
    if found := _FRONTED.match(text):
        return f"{_capitalised(found[2])} {_lowered(found[1])}."
    if found := _TRAILING.match(text):
        return f"{_capitalised(found[2])} {found[3]}, {_lowered(found[1])}."
    return text


def _shortened(text: str, _: random.Random) -> str:
    shorter = _OPENING.sub("", _PARENTHESIS.sub("", _RELATIVE.sub("", text, count=1)))
    return _capitalised(shorter) if len(shorter) > 40 else text


def _replaced(text: str, dice: random.Random) -> str:
    pairs = [*_SYNONYMS, *_CONTRACTIONS, *_DIGITS]
    dice.shuffle(pairs)
    done = 0
    for word, other in pairs:
        changed = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", other, text, count=1)
        done += changed != text
        text = changed
        if done == 4:
            break
    return text


def _active(text: str, _: random.Random) -> str:
    found = _PASSIVE.match(text)
    if found is None or found[2] in ("is", "are"):
        return text
    verb = {"written": "wrote"}.get(found[3], found[3])
    return f"{_capitalised(found[4])} {verb} {_lowered(found[1])}."


def _framed(text: str, dice: random.Random) -> str:
    return dice.choice(_FRAMES).format(_lowered(text))


def _merged(one: str, other: str) -> str:
    return f"{one.rstrip('.')}, and {_lowered(other)}"


def _other_number(claim: str, where: Surroundings, dice: random.Random) -> str | None:
    """Another number, of the passage every second time where it has one."""
    found = list(_NUMBER.finditer(claim))
    if not found:
        return None
    number = dice.choice(found)
    held = [n for n in _NUMBER.findall(where.passage) if n not in claim]
    same_length = [n for n in held if len(n) == len(number[0])]
    if same_length and dice.random() < 0.5:
        other = dice.choice(same_length)
    else:
        place = dice.randrange(len(number[0]))
        while not number[0][place].isdigit():
            place = dice.randrange(len(number[0]))
        digit = str((int(number[0][place]) + dice.randint(1, 8)) % 10)
        other = number[0][:place] + digit + number[0][place + 1 :]
    return claim[: number.start()] + other + claim[number.end() :]


def _other_name(claim: str, where: Surroundings, dice: random.Random) -> str | None:
    """Another name, of the passage every second time where it has one, else of the course."""
    found = list(_NAME.finditer(claim))
    if not found:
        return None
    name = dice.choice(found)
    near = [n for n in _NAME.findall(where.passage) if _shares_no_word(n, claim)]
    far = [n for text in where.far for n in _NAME.findall(text) if _shares_no_word(n, claim)]
    pool = near if near and dice.random() < 0.5 else far
    if not pool:
        return None
    return claim[: name.start()] + dice.choice(pool) + claim[name.end() :]


def _other_term(claim: str, where: Surroundings, dice: random.Random) -> str | None:
    """A word in small letters for another of the same ending: most often of the same class."""
    found = [word for word in _TERM.finditer(claim) if word[0] not in _KNOWN_WORDS]
    if not found:
        return None
    word = dice.choice(found)
    near = [w for w in _TERM.findall(where.passage) if w not in claim]
    far = [w for text in where.far for w in _TERM.findall(text) if w not in claim]
    pool = near if dice.random() < 0.5 else far
    alike = [other for other in pool if other[-3:] == word[0][-3:] and other[:3] != word[0][:3]]
    if not alike:
        return None
    return claim[: word.start()] + dice.choice(alike) + claim[word.end() :]


def _shares_no_word(name: str, claim: str) -> bool:
    return not any(word in claim for word in name.split())


def _denied(claim: str) -> str | None:
    """The denial of a claim; of one that denies, what it denies."""
    if _DENIAL.search(claim):
        return _DENIAL.sub("", claim, count=1)
    found = _AUXILIARY.search(claim)
    return None if found is None else f"{claim[: found.end()]} not{claim[found.end() :]}"


def _opposite(claim: str, dice: random.Random) -> str | None:
    both = [*_ANTONYMS, *((other, one) for one, other in _ANTONYMS)]
    dice.shuffle(both)
    for word, other in both:
        changed = re.sub(rf"(?<![\w-]){word}(?![\w-])", other, claim, count=1)
        if changed != claim:
            return changed
    return None


def _roles_swapped(claim: str, dice: random.Random) -> str | None:
    """Two names in each other's place, where a verb may stand between them."""
    names = list(_NAME.finditer(claim))
    pairs = [
        (one, other)
        for one, other in pairwise(names)
        if len(claim[one.end() : other.start()].split()) >= 2
        and not re.search(r",|\band\b|\bor\b", claim[one.end() : other.start()])
        and _shares_no_word(one[0], other[0])
    ]
    if not pairs:
        return None
    one, other = dice.choice(pairs)
    between = claim[one.end() : other.start()]
    return claim[: one.start()] + other[0] + between + one[0] + claim[other.end() :]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(text: str) -> str:
    """Lower-case at the beginning, unless a name or an acronym may stand there."""
    first = text.split(" ", 1)[0]
    common = {
        "The", "A", "An", "In", "It", "This", "These", "When", "If", "Because", "Although", "While",
        "After", "As", "Since", "On", "At", "During", "By", "For", "Under", "From", "With", "He",
        "She", "They", "There", "Some", "Many", "Most", "However", "According", "One", "Its",
        "His", "Their", "Such", "All", "Each", "Both", "Another", "Those", "That", "Other",
    }  # fmt: skip
    return text[:1].lower() + text[1:] if first.rstrip(",") in common else text
