"""`neuroshiksha eval`: measure retrieval against questions whose sources are known."""

import asyncio
from pathlib import Path
from typing import Annotated

import orjson
import typer
from pydantic import ValidationError

from cli.context import cli_services, run_command
from services.errors import InvalidValueError
from services.evaluation import EvaluationQuestion, RetrievalMetrics

evaluation_commands = typer.Typer(help="Measure quality.", no_args_is_help=True)


@evaluation_commands.callback()
def evaluation_group() -> None:
    """Measure quality."""


@evaluation_commands.command("retrieval")
def retrieval_command(
    course: Annotated[str, typer.Option(help="Slug or id of the course.")],
    questions: Annotated[Path, typer.Option(help="JSON Lines: questions with their sources.")],
    k: Annotated[int, typer.Option("--k", min=1, max=50, help="Documents looked at.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how well retrieval finds what answers each question."""
    run_command(lambda: _evaluate(course, questions, k, as_json=as_json))


async def _evaluate(course: str, questions: Path, k: int, *, as_json: bool) -> int:
    asked = await asyncio.to_thread(read_questions, questions)
    async with cli_services() as context:
        metrics = await context.services.evaluation.evaluate_retrieval(
            context.actor, course, asked, k=k
        )
    if as_json:
        typer.echo(orjson.dumps(metrics.as_json()).decode())
    else:
        _print(metrics)
    return 0


def read_questions(path: Path) -> list[EvaluationQuestion]:
    """The questions of a JSON Lines file. Blocks.

    Raises:
        InvalidValueError: when it cannot be read, naming the line at fault.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValueError("questions", f"{path} cannot be read: {error}") from error
    questions: list[EvaluationQuestion] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            questions.append(_question(path, number, line))
    return questions


def _question(path: Path, number: int, line: str) -> EvaluationQuestion:
    try:
        return EvaluationQuestion.model_validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, fault["loc"])) or "line"
        message = f"{path}, line {number}: {field}: {fault['msg']}"
        raise InvalidValueError("questions", message) from error


def _print(metrics: RetrievalMetrics) -> None:
    typer.echo(f"{metrics.questions:,} questions")
    for name, mean in metrics.means.items():
        low, high = metrics.intervals[name]
        typer.echo(f"  {name:<10} {mean:.3f}   (95 %: {low:.3f} to {high:.3f})")
    typer.echo(
        f"  a question takes {metrics.latency_p50_ms:.1f} ms (p50),"
        f" {metrics.latency_p95_ms:.1f} ms (p95)"
    )
