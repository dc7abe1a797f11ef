"""The language of a text in Latin script, told by its commonest words.

Every language repeats a few dozen short words all the time, so a page of text gives itself away by
them. The languages told apart are those that lexical terms can be stemmed in.
"""

import re
from collections import Counter
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

_COMMON_WORDS: Final = MappingProxyType(
    {
        "da": "af at da de den der det dig du efter eller en er et for fra ham han har hendes "
        "hun hvad hvis hvor i ikke ind jeg kan kun man med meget men mig mod når og også "
        "om op os på selv sig skal som så til ud var ved vi vil være blev bliver",
        "de": "aber als am an auch auf aus bei bis das dass dem den der des die doch durch ein "
        "eine einem einen einer er es für haben hat ich im in ist kann man mit nach nicht "
        "noch nur oder sich sie sind so über um und von vor war was wenn werden wie wird "
        "wir zu zum zur",
        "en": "a about all an and are as at be but by can do each for from had has have he his "
        "how if in into is it its may not of on one or our she so than that the their "
        "them then there these they this to was we were what when where which who will "
        "with you your",
        "es": "a al como con cuando de del donde el ella en entre es esta este fue ha hay la "
        "las le lo los más me muy no o para pero por porque que qué se según ser si sin "
        "sobre son su sus también tiene un una y ya",
        "fi": "ei eivät että he hän ja jo joka jos jotka kanssa kuin kun kuten me mikä mitä "
        "mukaan mutta myös ne niin niiden nyt oli olla on ovat se sekä sen siitä sitä tai "
        "tämä tämän voi vain vaan ollut joita jossa",
        "fr": "a au aux avec ce ces cette comme dans de des du elle en est et être il ils je la "
        "le les leur lui mais même ne nous on ont ou où par pas plus pour qu que qui sa "
        "se ses si son sont sur très un une vous à été",
        "hu": "a az azt által annak csak de egy ennek erre és ez ezek ezt ha hanem hogy is itt "
        "kell lehet majd már meg mely mert mint minden nagy ne nem olyan pedig sem "
        "szerint úgy vagy van vannak volt",
        "id": "ada adalah akan antara atau bahwa bisa dalam dan dapat dari dengan di ia ini itu "
        "jika juga kami karena ke kita lebih maka mereka oleh pada para saat saya sebagai "
        "sebuah secara sangat seperti tersebut telah tidak untuk yang",
        "it": "a ad al alla anche che chi ci come con da dal dalla degli dei del della delle di "
        "e è ed era gli ha hanno i il in io la le lo loro ma nel nella non o per perché "
        "più quando questa questo se si sono su sul tra un una",
        "nl": "aan als bij dan dat de deze die dit door een en er geen heeft het hij hun ik in "
        "is je kan maar meer met naar niet nog of om omdat onder ook op over te tot uit "
        "van veel voor waar wanneer was wat we wij worden wordt zich zij zijn",
        "no": "av at da de den der det du eller en er et etter for fra ham han har hennes hun "
        "hva hvis hvor i ikke inn jeg kan kun man med meg men mot mye når og også om opp "
        "oss på selv seg skal som så til ut var ved vi vil være ble blir",
        "pt": "a ao aos as até com como da das de dos e é ela ele em entre era essa esta este "
        "eu foi há isso já mais mas me muito na não nas no nos o os ou para pela pelo por "
        "quando que se sem ser seu sua são também tem um uma",
        "ro": "a acest această al ale am are as au ca care ce cel cu că când dar de din doar "
        "după el este eu fi fost iar în între la mai mult ne nu o pe pentru prin s sa sau "
        "se sunt să un unei unui și și-a",
        "sv": "alla att av bara bli blir den det detta du där då efter eller en ett från för ha "
        "har hade hon hur han i in inte jag kan man med men mot mycket måste när nu och "
        "också om oss på sig ska skulle som så till under upp ut var vi vid vilket är",
        "tr": "ama ancak bir biz bu bunu da daha de değil diye eğer en gibi göre hem her için "
        "ile ise kadar ki mi ne o olan olarak olduğu olur on onun sonra şu tüm ve veya ya "
        "yani çok vardır var",
    }
)
_LANGUAGES_OF_WORD: Final = MappingProxyType(
    {
        word: tuple(code for code, words in _COMMON_WORDS.items() if word in words.split())
        for word in {word for words in _COMMON_WORDS.values() for word in words.split()}
    }
)
# A letter by itself is more often a symbol than a word.
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_EXAMINED_CHARACTERS: Final = 20_000
_MIN_WORDS: Final = 20
# About two words in five of running text are among the commonest of its language.
_MIN_SHARE: Final = 0.15
_MIN_DIFFERENT: Final = 4
_MIN_QUESTION_WORDS: Final = 2
_MIN_QUESTION_LEAD: Final = 1.5


def language_of_text(text: str) -> str | None:
    """The language of a document in Latin script; None where its words do not tell.

    Args:
        text: The document, of which the beginning is examined.

    Returns:
        One of the ISO 639-1 codes da, de, en, es, fi, fr, hu, id, it, nl, no, pt, ro, sv, tr.
    """
    words = _WORD.findall(text[:_EXAMINED_CHARACTERS].casefold())
    if len(words) < _MIN_WORDS:
        return None
    (language, hits), (_, others) = _ranked(words)
    is_clear = hits >= _MIN_SHARE * len(words) and hits > others
    different = sum(language in _LANGUAGES_OF_WORD.get(word, ()) for word in set(words))
    return language if is_clear and different >= _MIN_DIFFERENT else None


def language_of_question(question: str) -> str | None:
    """The language of a question, which may have few words; None where these do not tell."""
    (language, hits), (_, others) = _ranked(_WORD.findall(question.casefold()))
    is_clear = hits >= _MIN_QUESTION_WORDS and hits >= _MIN_QUESTION_LEAD * others
    return language if is_clear else None


def _ranked(words: Iterable[str]) -> list[tuple[str, int]]:
    """The two languages that most words are common in, with the number of these."""
    counts = Counter[str](dict.fromkeys(_COMMON_WORDS, 0))
    for word in words:
        counts.update(_LANGUAGES_OF_WORD.get(word, ()))
    return counts.most_common(2)
