"""`neuroshiksha search`: what retrieval finds."""

from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.console import Console

from cli.context import cli_services, run_command
from services.retrieval import RetrievedPassage
from services.search_filters import MediaKind, search_filter
from storage.repositories.retrieval import SearchFilter

SNIPPET_CHARACTERS = 300


def search_command(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    course: Annotated[str, typer.Option(help="Slug or id of the course.")],
    k: Annotated[int, typer.Option("--k", min=1, max=50, help="Passages at most.")] = 10,
    document: Annotated[
        list[UUID] | None, typer.Option(help="Only this document; may be repeated.")
    ] = None,
    lesson: Annotated[UUID | None, typer.Option(help="Only material of this lesson.")] = None,
    language: Annotated[str | None, typer.Option(help="Only documents in it, say hi.")] = None,
    kind: Annotated[MediaKind | None, typer.Option(help="Only material of this kind.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Search a course's material by meaning and by words."""
    wanted = search_filter(
        document_ids=tuple(document or ()), lesson_id=lesson, language=language, kind=kind
    )
    run_command(lambda: _search(question, course, k, wanted, as_json=as_json))


async def _search(
    question: str, course: str, k: int, wanted: SearchFilter, *, as_json: bool
) -> int:
    async with cli_services() as context:
        found = await context.services.retrieval.search(
            context.actor, course, question, k=k, wanted=wanted
        )
    if as_json:
        hits = {"hits": [hit_of(passage) for passage in found.passages]}
        typer.echo(orjson.dumps(hits, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(found.passages)
    return 0


def hit_of(passage: RetrievedPassage) -> dict[str, Any]:
    """A passage in the shape of the API's search hits."""
    return {
        "chunk_id": passage.chunk_id,
        "document_id": str(passage.document_id),
        "document_version": passage.document_version,
        "document_title": passage.document_title,
        "document_key": passage.document_key,
        "locator": {
            **passage.locator.as_json(),
            "char_start": passage.char_start,
            "char_end": passage.char_end,
        },
        "text": passage.text,
        "score": round(passage.score, 4),
        "chunk_ids": passage.chunk_ids,
    }


def place_of(passage: RetrievedPassage) -> str:
    """Where a passage stands, in words."""
    locator = passage.locator
    parts = [passage.document_title]
    if locator.page is not None:
        parts.append(f"page {locator.page}")
    if locator.slide is not None:
        parts.append(f"slide {locator.slide}")
    parts += [heading for heading in locator.heading if heading != passage.document_title]
    return " > ".join(parts)


def _print(passages: tuple[RetrievedPassage, ...]) -> None:
    console = Console(highlight=False)
    if not passages:
        console.print("The course holds nothing on that.")
    for rank, passage in enumerate(passages, start=1):
        snippet = " ".join(passage.text.split())
        if len(snippet) > SNIPPET_CHARACTERS:
            snippet = f"{snippet[:SNIPPET_CHARACTERS].rsplit(' ', 1)[0]} ..."
        console.print(f"{rank:>2}. {place_of(passage)}  ({passage.score:.3f})", markup=False)
        console.print(f"    {snippet}\n", markup=False)
