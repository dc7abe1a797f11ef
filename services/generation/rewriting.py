"""Has parts of some content written anew, as a teacher's instruction wants them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from ai.writing.brief import Brief, SourcePassage
from ai.writing.captions import with_figures_of
from ai.writing.instructions import Instruction, Wish, about_the_same, says, shortened
from ai.writing.writer import Writer
from content.cards import Flashcard
from content.kinds import AnyContent
from content.lessons import Exercise, Section, WorkedExample
from content.questions import Question
from content.slides import Slide, Storyboard
from jobs.payloads import GenerationPayload
from services.generation.writing import brief_of
from services.job_running import JobFailedError, JobNotice

CHOICE = 4
"""How many are written where one is wanted that says something else than what is there."""
NOT_FOLLOWED = (
    "The built-in writer could not follow “{instruction}” in all: it writes shorter, longer,"
    " simpler, harder, with more examples, or just another version."
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A part in the place of another.

    Attributes:
        notices: What of the instruction could not be followed.
    """

    part: BaseModel
    notices: tuple[JobNotice, ...] = ()


def subject_of(part: BaseModel) -> str:
    """What a part is about, to look for its material with.

    Raises:
        JobFailedError: It is of a kind that cannot be written by itself.
    """
    match part:
        case Section(heading=text) | Slide(heading=text) | Question(stem=text):
            return text[:500]
        case Flashcard(front=text) | Exercise(problem=text) | WorkedExample(problem=text):
            return text[:500]
        case _:
            message = "A part of this kind cannot be written anew by itself; edit it instead."
            raise JobFailedError("cannot_regenerate", message)


async def write_anew(
    writer: Writer,
    content: AnyContent,
    part: BaseModel,
    payload: GenerationPayload,
    passages: Sequence[SourcePassage],
    *,
    is_by_rules: bool,
) -> Rewritten:
    """Another part in the place of one, about the same and as the instruction wants it.

    A writer by rules is held to what can be measured of the instruction; a chat model, which reads
    it, is preferred to have kept to that.

    Raises:
        JobFailedError: The material gives no other, or none as it is wanted.
        NothingToWriteError, ChatModelError, OutputError: As the writer does.
    """
    text = payload.regenerate.instruction if payload.regenerate else ""
    instruction = Instruction.read(text)
    brief = replace(
        brief_of(payload),
        topic=subject_of(part),
        language=getattr(content, "language", payload.language),
        length=instruction.length if is_by_rules else "short",
        count=CHOICE * 2 if is_by_rules and instruction.wishes else CHOICE,
        style=text or payload.style,
    )
    written = await _candidates(writer, content, part, brief, passages)
    others = [each for each in about_the_same(written, part) if says(each) != says(part)]
    fitting = [each for each in others if instruction.is_met(each, part)]
    if is_by_rules:
        if not fitting and Wish.SHORTER in instruction.wishes:
            cut = shortened(part)
            fitting = [cut] if cut is not None and instruction.is_met(cut, part) else []
        others = fitting
    if not others:
        raise _no_other(instruction if is_by_rules else Instruction((), is_whole=True))
    followed = instruction.is_whole or not is_by_rules
    told = JobNotice("instruction_not_followed", NOT_FOLLOWED.format(instruction=text[:200]))
    chosen = (fitting or others)[0]
    if isinstance(part, Section) and isinstance(chosen, Section):
        chosen = with_figures_of(part, chosen, passages)
    return Rewritten(chosen, () if followed else (told,))


def _no_other(instruction: Instruction) -> JobFailedError:
    wished = f" that is {instruction.named()}" if instruction.wishes else ""
    return JobFailedError(
        "cannot_regenerate",
        f"The material gives no other version of this part{wished}. Change the instruction, edit"
        " the part, or have a chat model write it.",
    )


async def _candidates(
    writer: Writer,
    content: AnyContent,
    part: BaseModel,
    brief: Brief,
    passages: Sequence[SourcePassage],
) -> Sequence[BaseModel]:
    match part:
        case Question():
            return (await writer.quiz(brief, passages)).questions
        case Flashcard():
            return (await writer.deck(brief, passages)).cards
        case Slide() if isinstance(content, Storyboard):
            return (await writer.storyboard(brief, passages)).slides
        case Slide():
            return (await writer.slides(brief, passages)).slides
        case WorkedExample():
            return (await writer.lesson(brief, passages)).examples
        case Exercise():
            return (await writer.lesson(brief, passages)).exercises
        case _:
            return (await writer.lesson(brief, passages)).sections
