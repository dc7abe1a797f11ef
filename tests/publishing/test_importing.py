"""Question banks read in: our own back again, others' samples, and hostile ones."""

import io
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from content.questions import (
    AnyQuestion,
    Choice,
    Cloze,
    Expression,
    Gap,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Pair,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from publishing import archives
from publishing.errors import QuestionBankError
from publishing.exporting import export
from publishing.importing import import_questions
from tests.publishing.quizzes import hindi_quiz, hostile_quiz, physics_quiz
from tests.publishing.schemas import schema_folder

Change = Callable[[AnyQuestion], AnyQuestion]


def read(content: str | bytes, folder: Path, name: str = "bank") -> Quiz:
    return import_questions(written(content, folder, name)).quiz


def written(content: str | bytes, folder: Path, name: str = "bank") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped(folder: Path, **members: bytes) -> Path:
    path = folder / "bank.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path


def as_qti_keeps(question: AnyQuestion) -> AnyQuestion:
    """Sources and concepts have no place in an item."""
    return question.model_copy(update={"sources": (), "concepts": ()})


def as_moodle_keeps(question: AnyQuestion) -> AnyQuestion:
    question = question.model_copy(update={"sources": ()})
    match question:
        case SingleChoice() | MultipleChoice():
            return with_numbered_choices(question)
        case Numeric(is_relative=True):
            tolerance = question.tolerance * question.value
            return question.model_copy(update={"tolerance": tolerance, "is_relative": False})
        case Expression():
            return as_words(question)
        case Cloze():
            return with_numbered_gaps(question)
        case _:
            return question


def as_gift_keeps(question: AnyQuestion) -> AnyQuestion:
    question = as_moodle_keeps(question).model_copy(update={"points": 1.0})
    match question:
        case Numeric() if question.unit:
            stem = f"{question.stem}\n\n(m/s\\*\\*2)"
            return question.model_copy(update={"stem": stem, "unit": ""})
        case Ordering():
            pairs = [Pair(left=str(n), right=one) for n, one in enumerate(question.items, start=1)]
            return Matching(id=question.id, stem=question.stem, pairs=tuple(pairs))
        case _:
            return question


def with_numbered_choices(question: SingleChoice | MultipleChoice) -> AnyQuestion:
    choices = [
        choice.model_copy(update={"id": f"choice-{number}"})
        for number, choice in enumerate(question.choices, start=1)
    ]
    return question.model_copy(update={"choices": tuple(choices)})


def with_numbered_gaps(question: Cloze) -> AnyQuestion:
    stem, gaps = question.stem, []
    for number, gap in enumerate(question.gaps, start=1):
        stem = stem.replace("{{" + gap.id + "}}", "{{gap-" + str(number) + "}}")
        gaps.append(gap.model_copy(update={"id": f"gap-{number}"}))
    return question.model_copy(update={"stem": stem, "gaps": tuple(gaps)})


def as_words(question: Expression) -> AnyQuestion:
    return ShortAnswer(id=question.id, stem=question.stem, accepted=(question.expression,))


@pytest.mark.parametrize(
    ("format_name", "kept"),
    [("qti21", as_qti_keeps), ("qti30", as_qti_keeps), ("moodle", as_moodle_keeps)],
)
@pytest.mark.parametrize("quiz", [physics_quiz(), hindi_quiz()], ids=["physics", "hindi"])
def test_what_was_exported_comes_back_equal(
    tmp_path: Path, format_name: str, kept: Change, quiz: Quiz
) -> None:
    path = export(quiz, format_name, tmp_path).path

    back = import_questions(path, language=quiz.language)

    assert back.failures == ()
    assert back.quiz.title == quiz.title
    assert back.quiz.language == quiz.language
    assert back.quiz.questions == tuple(kept(question) for question in quiz.questions)


def test_gift_comes_back_equal_but_for_what_it_cannot_say(tmp_path: Path) -> None:
    sayable = [q for q in physics_quiz().questions if q.id not in ("law", "why")]
    one_gap = Cloze(id="gap", stem="It is {{a}}.", gaps=(Gap(id="a", accepted=("so", "thus")),))
    quiz = Quiz(title="Physics/1", questions=(*sayable, one_gap))

    back = import_questions(export(quiz, "gift", tmp_path).path)

    assert back.failures == ()
    assert back.quiz.title == "Physics/1"
    assert back.quiz.questions == tuple(as_gift_keeps(question) for question in quiz.questions)


@pytest.mark.parametrize("format_name", ["qti21", "qti30", "moodle", "gift"])
def test_markup_of_strangers_comes_back_as_the_text_that_it_is(
    tmp_path: Path, format_name: str
) -> None:
    back = import_questions(export(hostile_quiz(), format_name, tmp_path).path)

    [nasty, wild, gap, pairs] = back.quiz.questions
    assert isinstance(nasty, SingleChoice)
    assert "\\<script\\>alert(1)\\</script\\>" in nasty.stem
    assert "$\\nonsense{x}$" in nasty.stem or "`\\nonsense{x}`" in nasty.stem
    assert nasty.choices[1].text == "\\~%100%free"
    assert isinstance(wild, ShortAnswer)
    assert wild.accepted == ("a*b", "#2", "x -> y {z}")
    assert isinstance(gap, Cloze)
    assert gap.gaps[0].accepted == ('}~="a"#', "2")
    assert isinstance(pairs, Matching)
    assert pairs.pairs[0].right == "=-> # ~"


def test_reading_in_what_was_read_in_changes_nothing_more(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    once = import_questions(export(hostile_quiz(), "qti30", first).path).quiz

    twice = import_questions(export(once, "qti30", second).path).quiz

    assert twice == once


def test_moodle_xml_of_others_is_read(tmp_path: Path) -> None:
    root = schema_folder() / "moodle-xml"

    [gapselect] = import_questions(
        root / "by-type/gapselect/testquestion.moodle.xml"
    ).quiz.questions
    [cloze] = import_questions(root / "format-fixtures/multianswer.xml").quiz.questions
    true_false = import_questions(root / "format-fixtures/truefalse.xml").quiz.questions

    assert isinstance(gapselect, Cloze)
    assert all(gap.options for gap in gapselect.gaps)
    assert isinstance(cloze, Cloze)
    assert [gap.accepted[0] for gap in cloze.gaps][-1] == "Paris"
    assert "PLUGINFILE" not in cloze.stem
    assert all(isinstance(question, SingleChoice) for question in true_false)


@pytest.mark.long
def test_every_gift_of_others_is_read_or_refused_with_a_reason() -> None:
    readable, reasons = 0, set()
    for path in sorted((schema_folder() / "gift").rglob("*.gift")):
        try:
            back = import_questions(path)
        except QuestionBankError as error:
            reasons.add(str(error).rpartition(": ")[2].rstrip(")"))
        else:
            readable += 1
            reasons |= {failure.reason for failure in back.failures}

    assert readable >= 38
    assert reasons <= {
        "the file holds no questions",
        "free text has no key",
        "no answer of it is fully right",
        "a single-choice question has exactly one right choice",
    }


def test_numbers_and_missing_words_of_gift_are_understood(tmp_path: Path) -> None:
    text = (
        "// a remark\n::Pi::What is pi?{#3.141..3.142}\n\n"
        "$CATEGORY: $course$/Numbers\n\n"
        "Two plus two is {=four ~five#no} of course.\n\n"
        "2 \\= 1 + 1{TRUE#Right!}\n\n"
        "Multi{~%50%a ~%50%b ~%-100%c####Think.}"
    )

    quiz = read(text, tmp_path)

    [pi, word, true, several] = quiz.questions
    assert quiz.title == "Numbers"
    assert isinstance(pi, Numeric)
    assert (pi.id, pi.value, pi.tolerance) == ("pi", 3.1415, 0.0005)
    assert isinstance(word, Cloze)
    assert word.stem == "Two plus two is {{gap-1}} of course."
    assert word.gaps[0] == Gap(id="gap-1", accepted=("four",), options=("four", "five"))
    assert isinstance(true, SingleChoice)
    assert true.choices[0] == Choice(id="true", text="True", is_right=True)
    assert isinstance(several, MultipleChoice)
    assert several.explanation == "Think."


def test_items_of_qti_of_others_are_read_or_fail_alone() -> None:
    package = schema_folder() / "qti3/samples/packages/no-max-score-all-items.zip"

    back = import_questions(package)

    assert [type(question) for question in back.quiz.questions].count(SingleChoice) == 2
    assert any("hottextInteraction" in failure.reason for failure in back.failures)
    assert all(failure.name and failure.reason for failure in back.failures)


def test_an_item_that_is_no_question_fails_alone_with_its_name(tmp_path: Path) -> None:
    text = (
        "<quiz><question type='calculated'><name><text>Hard</text></name></question>"
        "<question type='numerical'><name><text>NaN</text></name>"
        "<answer fraction='100'><text>many</text></answer></question>"
        "<question type='shortanswer'><name><text>Good</text></name>"
        "<questiontext format='html'><text>Why?</text></questiontext>"
        "<answer fraction='100'><text>so</text></answer></question></quiz>"
    )

    back = import_questions(written(text, tmp_path))

    assert [question.id for question in back.quiz.questions] == ["good"]
    assert [(failure.name, failure.reason) for failure in back.failures] == [
        ("Hard", "questions of the kind 'calculated' are not known here"),
        ("NaN", "'many' is no number"),
    ]


def test_questions_beyond_what_a_quiz_holds_are_told(tmp_path: Path) -> None:
    text = "\n\n".join(f"::q{n}::Is {n} a number?{{=yes}}" for n in range(203))

    back = import_questions(written(text, tmp_path))

    assert len(back.quiz.questions) == 200
    assert [failure.name for failure in back.failures] == ["q200", "q201", "q202"]


BOMB = (
    "<!DOCTYPE quiz [<!ENTITY a 'ha'><!ENTITY b '"
    + "&a;" * 50
    + "'><!ENTITY c '"
    + "&b;" * 50
    + "'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    "<quiz><question type='shortanswer'><questiontext><text>x &c; &f;</text></questiontext>"
    "<answer fraction='100'><text>so</text></answer></question></quiz>"
)


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    [question] = read(BOMB, tmp_path).questions

    assert question.stem == "x"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00\x01binary", "neither a zip archive, XML, nor text"),
        (b"", "holds no questions"),
        (b"Only words.", "holds no questions"),
        (b"<html><body>No</body></html>", "begins with <html>"),
        (b"<quiz><question>", "cannot be read"),
        (b"<a>" * 100_000, "cannot be read"),
        (b"Q{" * 50_000, "holds no|none of its"),
        (b"PK\x03\x04 cut off", "neither|holds no"),
    ],
)
def test_a_file_that_is_no_bank_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(QuestionBankError, match=reason):
        import_questions(written(content, tmp_path))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path, item_xml=b" " * (archives.RATIO_MATTERS_FROM_BYTES + 1))

    with pytest.raises(QuestionBankError, match="too many"):
        import_questions(path)


def test_a_packed_collection_that_swells_is_refused(tmp_path: Path) -> None:
    swollen = zstandard.compress(b"\0" * (archives.MAX_MEMBER_BYTES + 1))
    path = tmp_path / "bank.apkg"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("collection.anki21b", swollen)

    with pytest.raises(QuestionBankError, match="unpacks to more than"):
        import_questions(path)


def test_a_collection_whose_notes_run_without_end_is_stopped(tmp_path: Path) -> None:
    database = tmp_path / "collection.anki2"
    connection = sqlite3.connect(database)
    connection.execute(
        "CREATE VIEW notes AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
        " SELECT id, 'g' AS guid, 'a' AS flds, '' AS tags FROM n"
    )
    connection.commit()
    connection.close()
    path = tmp_path / "bank.apkg"
    with zipfile.ZipFile(path, "w") as package:
        package.write(database, "collection.anki2")

    with pytest.raises(QuestionBankError, match="cannot be read"):
        import_questions(path)


def test_a_package_without_items_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionBankError, match="holds no questions"):
        import_questions(zipped(tmp_path, imsmanifest_xml=b"<manifest/>"))


def test_cloze_notes_of_anki_become_texts_with_gaps(tmp_path: Path) -> None:
    database = tmp_path / "collection.anki21"
    connection = sqlite3.connect(database)
    connection.executescript(
        "CREATE TABLE notes (id, guid, flds, tags); CREATE TABLE cards (nid, due);"
        "INSERT INTO notes VALUES (1, 'x', 'Work is {{c1::force::what?}} times {{c2::<b>way</b>}}"
        " [sound:a.mp3]\x1fmore', ' a b '), (2, 'y', 'lonely\x1f', '');"
    )
    connection.close()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.write(database, "collection.anki21")

    back = import_questions(written(packed.getvalue(), tmp_path, "bank.apkg"))

    [question] = back.quiz.questions
    assert isinstance(question, Cloze)
    assert question.stem == "Work is {{gap-1}} times {{gap-2}}"
    assert [gap.accepted for gap in question.gaps] == [("force",), ("way",)]
    assert question.explanation == "more"
    assert question.concepts == ("a", "b")
    assert [failure.reason for failure in back.failures] == ["its back has no text"]
