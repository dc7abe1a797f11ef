"""Which sentences of the material can stand in a lesson or a question without their page."""

import re
from collections.abc import Sequence

from ai.answering.prose import is_balanced, is_complete, is_list_item, leans_on_predecessor
from ai.answering.question_kind import is_aside
from ai.writing.source_lines import SourceLine, paragraphs

MIN_CHARACTERS = 25
MAX_CHARACTERS = 420
_MIN_WORDS = 5

_CAPTION = re.compile(
    r"^[\W_]*(?:figure|fig\.|table|image|listing|चित्र|तालिका|सारणी)\s*[\d०-९:]", re.IGNORECASE
)
_CAPTION_ALONE = re.compile(r"^[\W_]*(?:figure|fig\.|चित्र)\s*:", re.IGNORECASE)
# Symbols as a description reads them out: "velocity V 1", "p 2 prime".
_READ_OUT = re.compile(
    r"\b(?![AaIi]\b)[A-Za-z] ?\d\b|\b\w+ ?\d? ?prime\b|\bpower (?:two|2)\b", re.IGNORECASE
)
_PART_MARK = re.compile(r"(?<![\w\\{])\((?:[a-h]|i{1,3}|iv)\)", re.IGNORECASE)
_DRAWING = re.compile(
    r"\b(?:drawings?|diagrams?|photo(?:graph)?s?|pictures?|sketch(?:es)?|labell?ed|illustrat\w+"
    r"|depict\w*|point(?:s|ing) (?:to the )?(?:right|left|up|down)\w*"
    r"|(?:is|are|was|were) (?:also )?(?:shown|represented|indicated|drawn|marked|plotted)"
    r"|shown (?:in|by|as|above|below|here)|(?:x|y)[- ]ax[ie]s|screenshots?"
    r"|arrows? (?:point|show|represent|is|are|label|indicat)\w*)\b|चित्र में"
    r"|\((?:orange|blue|red|green|yellow|purple|black|gr[ae]y|dashed|dotted|solid)\b",
    re.IGNORECASE,
)
_ALT_TEXT = re.compile(
    r"^(?:two|three|four|five|six|a|an|the|view of|graph of|picture of)?\s*"
    r"(?:drawings?|diagrams?|photo(?:graph)?s?|pictures?|graphs?|images?|charts?)\b"
    r"|^view of\b|^there is an? (?:\w|-)+ (?:building|car|person|object|graph|hill|track)\b"
    r"|\b(?:person|man|woman|girl|boy|child|people|professor|team|cyclists?|player) (?:\w+ )?"
    r"(?:is|are) \w+ing\b|\b\w+ (?:sub|point) \d|^\W*\(?credit\b|\(credit\b",
    re.IGNORECASE,
)
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:examples?|chapters?|figures?|fig\.|tables?|equations?|sections?|exercises?|problems?"
    r"|questions?|lectures?|labs?|labo|listings?|slides?|pages?|parts?)\s+\(?[\dA-Z]\b"
    r"|\b(?:in|see|of|from) (?:is|are|at|was|has|and|by|to|for|where|shows?|illustrates?)\b"
    r"|\b(?:in|see|by|from|of|like|using|with|as) ?[.,;)]|\(see\b|\bsee (?:the|also)\b"
    r"|\bthis (?:chapter|section|lesson|course|book|text|module|unit|figure|example|table"
    r"|equation|problem|page|article|lab)\b|\b(?:next|previous|last|earlier|later) (?:chapter"
    r"|section|lesson|module|slides?|time|columns?|unit|example|exercise|program)s?\b"
    r"|\b(?:above|below)[.,;]"
    r"|\bas (?:before|above|we (?:have )?(?:saw|seen|shall|will))\b|\bfor (?:completeness|now)\b"
    r"|^we (?:know|learned|have seen|saw) (?:from|in|that)\b|\binteresting (?:conclusion|result)\b"
    r"|\b(?:considered|discussed|treated|explained|covered|studied) (?:later|earlier)\b"
    r"|\bpreviously\b|\bmentioned\b|https?://|\bclick\b|\bdownload\b"
    r"|\bthe (?:table|figure|diagram|graph above)\b|(?:सारणी|तालिका|चित्र) (?:के|में|का|की)"
    r"|(?:अध्याय|चित्र|तालिका|सारणी|खंड|उदाहरण)\s*[\d०-९]|(?:इस|अगले|पिछले) (?:अध्याय|पाठ|खंड|अनुभाग)"
    r"|निम्नलिखित|उपरोक्त|ऊपर दि|नीचे दि",
    re.IGNORECASE,
)
_ORDERS = """
    note notice remember recall consider imagine suppose drop roll hang put take walk pull push
    place set crumple convert add let check press open type run read watch go build create view
    explore play try learn see look get keep list identify discuss copy save paste observe predict
    record calculate assume enter write select make be ask start begin choose answer express
    measure plot release mark repeat draw explain describe show think solve use do don't please feel
"""
# An order to the reader; not "Work is", "Place value has".
_ORDER = re.compile(
    rf"^(?:always |never |first |then )?(?:{'|'.join(_ORDERS.split())})\b"
    r"(?!\W+(?:\w+\W+){0,3}?(?:is|are|was|were|has|have|can|means?|gives?|acts?)\b)",
    re.IGNORECASE,
)
_SPEAKS_TO_READER = re.compile(
    r"^(?:first convert|after (?:this|that)|you can|once you|if you|to turn|when you|आइए|मान लीजिए"
    r"|देखिए|ध्यान)\b"
    r"|, (?:measure|calculate|use|find|plot|divide|multiply|assign|choose|compare)\b"
    r"|\b(?:we (?:will|shall|have (?:seen|learned|already)|need to|now|ask|want|begin|start|look)"
    r"|let us|let's|you (?:will|should|may|must|might|are free)|your|i|my|me|our (?:first|next)"
    r"|hopefully|of course|as you)\b|[!?]|\bमैं\b|हम (?:देखेंगे|सीखेंगे)|आइए|कीजिए|दीजिए",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:\W*)(?:the (?:two|three|four|five|first|second|third|last|next|result|answer|rest"
    r"|remaining|reason|opposite|difference|only difference|point|word|example|other|idea"
    r"|effect here|previous|number|same|table)\b"
    r"|all (?:two|three|four|five|of (?:these|them))|each of|one of (?:these|them|the)|here\b"
    r"|there\b(?! (?:is|are|was|were)\b)|none\b|some of|most of|many of|another\b|again\b|now\b"
    r"|first(?:ly)?,|next,?\b|last(?:ly)?,|yet\b|still\b|hence\b|instead\b|as (?:before|in|with)\b"
    r"|in words|in short|in (?:fact|general|particular|practice|other|that case|both|these)\b"
    r"|rather\b|from (?:this|that|these|here|\$)|at (?:this|that)|to do (?:this|so)|by doing"
    r"|because of this|due to this|solving|substituting|converting|rearranging|using (?:this|the)"
    r"|when this|if (?:this|so|not|it|they)\b|one way|(?:an)?other (?:words|way|interpretation)"
    r"|more precisely|formally|even (?:so|then|when)|of course|what (?:held|is more)"
    r"|perhaps|indeed|ultimately|overall|like\b|only then|is\b|are\b|does\b|can\b|\d)"
    r"|\b(?:this|these|those|that) (?:gift|property|way|case|kind|law|stiffness|idea|means|number"
    r"|value|method|force|motion|process|equation|result|formula|statement|type|code|line|loop"
    r"|program|definition|change|energy|example|reason|time|word)\b"
    r"|\bthe (?:first|second|third|last|other) (?:part|step|case|half|two)\b"
    r"|\b(?:the (?:former|latter|above|following) )|\bas follows\b|\b(?:both|either) of them\b"
    r"|^\S{1,3}\s*[=≈<>]|^\w+:\s|\bboth\W*$|\bis then\b|^in .{0,30}\b(?:these|they|this|it)\b"
    r"|^(?:when|if|as|because|since|although|while|whenever|after|before|once|unless|until)"
    r" (?:it|they|this|these|he|she|either|both|neither|none|any of|one of)\b"
    r"|^\w+ (?:\w+ )?also\b|\b(?:than )?this (?:as|to|experiment)\b"
    r"|^\w+(?:ed|ing|en) [^,]{0,40}, (?:it|they)\b"
    r"|\bthan (?:this|that|these)\b|\bthis\W*$"
    r"|^(?:वहाँ|वहां|यहाँ|यहां|दोनों|उदाहरण|ऐसे|ऐसा|ऐसी|तो|फिर|इसी|हालांकि|हालाँकि|साथ ही|वही|इनमें"
    r"|उनमें|इसलिए|अब|तब|पर|परंतु|इससे|एक ही)(?=[\s,])|^कहा जाता",
    re.IGNORECASE,
)
_HAS_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|cannot|may|must|will|would|does|do|did|means?|equals?"
    r"|depends?|gives?|makes?|takes?|holds?|keeps?|moves?|becomes?|acts?|contains?|allows?"
    r"|uses?|needs?|occurs?|causes?|states?|says?|transfers?|exerts?|remains?|stays?|falls?"
    r"|returns?|stores?|affects?|resists?"
    r"|begins?|starts?|stops?|results?|obeys?|runs?|prints?|calls?|\w{3,}(?:ed|es))\b|(?:है|हैं|था|थे|थी)(?=\W|$)",
    re.IGNORECASE,
)
_UNCLOSED_START = re.compile(r"^[^\w$“\"'(\[]*[,;:)]")


def lines_set_aside(lines: Sequence[SourceLine]) -> frozenset[tuple[int, int]]:
    """Places of lines that tell of a picture or caption and not of the subject."""
    aside: set[tuple[int, int]] = set()
    blocks = paragraphs(lines)
    for place, paragraph in enumerate(blocks):
        is_caption = False
        has_marks = sum(bool(_PART_MARK.search(line.text)) for line in paragraph) > 1
        is_alt_text = bool(_ALT_TEXT.search(paragraph[0].text)) or has_marks
        drawn = sum(bool(_DRAWING.search(line.text)) for line in paragraph)
        is_captioned = any(_CAPTION_ALONE.match(f[0].text) for f in blocks[place + 1 : place + 2])
        is_description = (
            is_alt_text or is_captioned or drawn * 2 > len(paragraph) or _reads_out(paragraph)
        )
        for line in paragraph:
            is_caption = is_caption or bool(_CAPTION.match(line.text))
            if is_caption or is_description or _is_noise(line.text):
                aside.add(line.place)
    return frozenset(aside)


def _reads_out(paragraph: Sequence[SourceLine]) -> bool:
    """Whether it reads symbols out, and sets none, as only a description of a picture does."""
    said = [line.text for line in paragraph]
    return not any("$" in text for text in said) and (
        bool(_READ_OUT.search(said[0])) or sum(bool(_READ_OUT.search(text)) for text in said) > 1
    )


def _is_noise(text: str) -> bool:
    return bool(_PART_MARK.search(text) or _ALT_TEXT.search(text))


def stands_alone(said: str, source: str) -> bool:
    """Whether a statement makes sense by itself: whole, about the subject, and leaning on nothing.

    Args:
        said: As it would be said, without its bullet.
        source: As it stands in the material.
    """
    if not MIN_CHARACTERS <= len(said) <= MAX_CHARACTERS or len(said.split()) < _MIN_WORDS:
        return False
    if not _is_whole(said, source) or leans_on_predecessor(said) or _LEANS.search(said):
        return False
    if _POINTS_ELSEWHERE.search(said) or _DRAWING.search(said) or is_aside(said):
        return False
    return not (_ORDER.match(said) or _SPEAKS_TO_READER.search(said))


def _is_whole(said: str, source: str) -> bool:
    if not is_balanced(said) or _UNCLOSED_START.match(said) or not said[:1].strip():
        return False
    if said.endswith((":", ",", ";")):
        return False
    ends = is_complete(said) or said.endswith(("$", "$$"))
    return (ends or is_list_item(source.strip())) and bool(_HAS_VERB.search(said))
