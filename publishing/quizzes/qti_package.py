"""Packages of QTI, and single items: which files hold items, and in which order."""

from dataclasses import dataclass, field

from lxml import etree

from publishing.archives import BoundedArchive, parse_xml
from publishing.errors import QuestionBankError
from publishing.quizzes.drafts import Draft, Failure, NotReadableError
from publishing.quizzes.item_ids import ItemIds
from publishing.quizzes.qti_dialects import as_qti2
from publishing.quizzes.qti_items import QTI
from publishing.quizzes.qti_reader import fields_of_item, html_of, own_id

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass
class QtiBank:
    """What a package holds.

    Attributes:
        read: drafts and failures in the order of the test.
        title, introduction: of the test, the introduction as HTML; empty where it says none.
        language: of the items, where they say it.
    """

    read: list[Draft | Failure] = field(default_factory=list)
    title: str = ""
    introduction: str = ""
    language: str = ""


def read_package(archive: BoundedArchive) -> QtiBank:
    """Items of a package, each failing alone.

    Raises:
        QuestionBankError: the archive grows beyond reason.
    """
    bank = QtiBank()
    items: dict[str, etree._Element | str] = {}
    order: list[str] = []
    for name in archive.names:
        if not name.lower().endswith(".xml") or name.endswith("imsmanifest.xml"):
            continue
        try:
            root = as_qti2(parse_xml(archive.read(name)))
        except QuestionBankError as error:
            items[name] = str(error)
            continue
        if is_item(root):
            items[name] = root
        elif etree.QName(root).localname == "assessmentTest":
            bank.title = root.get("title", "")
            bank.introduction = _introduction(root)
            folder = name.rpartition("/")[0]
            refs = root.iter(f"{{{QTI}}}assessmentItemRef")
            order += [f"{folder}/{ref.get('href')}".lstrip("/") for ref in refs]
    ids = ItemIds()
    for name in [
        *(one for one in order if one in items),
        *(one for one in items if one not in order),
    ]:
        bank.read.append(_read(name, items[name], ids, bank))
    return bank


def read_item(root: etree._Element, name: str) -> QtiBank:
    """A single item."""
    bank = QtiBank()
    bank.read.append(_read(name, as_qti2(root), ItemIds(), bank))
    return bank


def is_item(root: etree._Element) -> bool:
    """Whether an element in the spelling of 2.1 is an item."""
    return str(etree.QName(root).localname) == "assessmentItem"


def _read(name: str, item: etree._Element | str, ids: ItemIds, bank: QtiBank) -> Draft | Failure:
    if isinstance(item, str):
        return Failure(name, item)
    title = item.get("title") or name
    try:
        fields = fields_of_item(item)
    except NotReadableError as error:
        return Failure(title[:80], str(error))
    bank.language = bank.language or item.get(_LANGUAGE, "").split("-")[0]
    fields["id"] = ids.for_(own_id(item.get("identifier", "")), title)
    return Draft(title[:80], fields)


def _introduction(test: etree._Element) -> str:
    rubrics = test.iter(f"{{{QTI}}}rubricBlock")
    return "".join(html_of(one) for one in rubrics if "candidate" in one.get("view", ""))
