"""`neuroshiksha ask`: a cited answer, streamed in the terminal."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from cli.context import FAILED, USAGE, cli_services, run_command
from services.answering.answer_log import AnswerEvent, AnswerLog
from services.answering.questions import Mode, Question
from services.answering.whole_answer import ending, whole_answer

MAXIMUM_QUESTION_CHARACTERS = 8_000


def ask_command(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    course: Annotated[str, typer.Option(help="Slug or id of the course.")],
    mode: Annotated[
        Mode | None, typer.Option(help="How the tutor teaches; else as the course has it.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object at the end.")
    ] = False,
) -> None:
    """Ask the tutor of a course; the answer cites where it stands."""
    asked = question.strip()
    if not 1 <= len(asked) <= MAXIMUM_QUESTION_CHARACTERS:
        typer.echo(
            f"The question has {len(asked):,} characters; it needs 1 to"
            f" {MAXIMUM_QUESTION_CHARACTERS:,}.",
            err=True,
        )
        raise typer.Exit(USAGE)
    run_command(lambda: _ask(Question(asked, mode=mode), course, as_json=as_json))


async def _ask(question: Question, course: str, *, as_json: bool) -> int:
    async with cli_services() as context:
        answer = await context.services.answering.ask(context.actor, course, question)
        if not as_json:
            await _print_as_it_comes(answer.log)
        events = await answer.log.closed()
    last = ending(events)
    if last is None or last.name == "error":
        reason = "it was not finished here" if last is None else last.payload["detail"]
        typer.echo(f"The answer failed: {reason}", err=True)
        return FAILED
    if as_json:
        typer.echo(orjson.dumps(whole_answer(events), option=orjson.OPT_INDENT_2).decode())
    else:
        _print_sources(events)
    return 0


async def _print_as_it_comes(log: AnswerLog) -> None:
    console = Console(soft_wrap=True, highlight=False)
    async for batch in log.read():
        for event in batch:
            _print_event(console, event)
    console.print()


def _print_event(console: Console, event: AnswerEvent) -> None:
    if event.name == "delta":
        console.print(event.payload["text"], end="", markup=False)
    elif event.name == "notice":
        typer.echo(f"Note: {event.payload['detail']}", err=True)


def _print_sources(events: Sequence[AnswerEvent]) -> None:
    """Each cited source once, with its place and the quotes the answer rests on."""
    answer = whole_answer(events)
    sources = {source["n"]: source for source in answer["sources"]}
    quotes: dict[int, list[str]] = {}
    for citation in answer["citations"]:
        of_source = quotes.setdefault(citation["n"], [])
        if citation["quote"] not in of_source:
            of_source.append(citation["quote"])
    console = Console(soft_wrap=True, highlight=False)
    if quotes:
        console.print("\nSources", style="bold")
    for n in sorted(quotes):
        console.print(f"[{n}] {_place(sources[n])}", markup=False)
        for quote in quotes[n]:
            console.print(f"    “{' '.join(quote.split())}”", style="dim", markup=False)


def _place(source: Mapping[str, Any]) -> str:
    """Title, page or slide, and innermost heading, as a person would cite them."""
    locator = source["locator"]
    parts = [source["document_title"]]
    parts += [f"{name} {locator[name]}" for name in ("page", "slide") if name in locator]
    parts += locator["heading"][-1:]
    return ", ".join(dict.fromkeys(parts))
