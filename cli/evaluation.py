"""`neuroshiksha eval`: measure retrieval and answers by questions whose sources are known."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import orjson
import typer
from pydantic import ValidationError

from cli.context import cli_services, run_command
from services.answer_evaluation import evaluate_answers
from services.errors import InvalidValueError
from services.evaluation import Arm, EvaluationQuestion, RetrievalMetrics
from services.run_comparison import EarlierRun, RunComparison, compare_runs

evaluation_commands = typer.Typer(help="Measure quality.", no_args_is_help=True)


@evaluation_commands.callback()
def evaluation_group() -> None:
    """Measure quality."""


@evaluation_commands.command("retrieval")
def retrieval_command(
    course: Annotated[str, typer.Option(help="Slug or id of the course.")],
    questions: Annotated[Path, typer.Option(help="JSON Lines: questions with their sources.")],
    k: Annotated[int, typer.Option("--k", min=1, max=50, help="Documents looked at.")] = 10,
    arm: Annotated[
        Arm, typer.Option(help="What ranks: all together, or one arm of retrieval alone.")
    ] = "fused",
    against: Annotated[
        Path | None,
        typer.Option(help="What an earlier run printed with --json: do the two differ?"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how well retrieval finds what answers each question."""
    run_command(lambda: _evaluate_retrieval(course, questions, k, arm, against, as_json=as_json))


@evaluation_commands.command("answers")
def answers_command(
    course: Annotated[str, typer.Option(help="Slug or id of the course.")],
    questions: Annotated[Path, typer.Option(help="JSON Lines: questions with their `answers`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how often answers quote what is known to be right, and how often they are silent."""
    run_command(lambda: _evaluate_answers(course, questions, as_json=as_json))


async def _evaluate_retrieval(
    course: str, questions: Path, k: int, arm: Arm, against: Path | None, *, as_json: bool
) -> int:
    asked = await asyncio.to_thread(read_questions, questions)
    earlier = None if against is None else await asyncio.to_thread(read_earlier_run, against)
    async with cli_services() as context:
        metrics = await context.services.evaluation.evaluate_retrieval(
            context.actor, course, asked, k=k, arm=arm
        )
    comparison = None
    if earlier is not None:
        comparison = await asyncio.to_thread(compare_runs, metrics.ranks, k, earlier)
    if as_json:
        compared = {} if comparison is None else {"against": comparison.as_json()}
        typer.echo(orjson.dumps(metrics.as_json() | compared).decode())
    else:
        _print(metrics, comparison)
    return 0


async def _evaluate_answers(course: str, questions: Path, *, as_json: bool) -> int:
    asked = await asyncio.to_thread(read_questions, questions)
    async with cli_services() as context:
        metrics = await evaluate_answers(context.services.answering, context.actor, course, asked)
    if as_json:
        typer.echo(orjson.dumps(metrics.as_json()).decode())
    else:
        typer.echo(f"{metrics.questions:,} questions, {metrics.failed:,} failed")
        _print_means(metrics.means, metrics.intervals)
    return 0


def read_earlier_run(path: Path) -> EarlierRun:
    """What `eval retrieval --json` has printed into a file. Blocks.

    Raises:
        InvalidValueError: when it cannot be read, or is something else.
    """
    try:
        return EarlierRun.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InvalidValueError("against", f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        message = f"{path} is not what `eval retrieval --json` prints: {_first_fault(error)}"
        raise InvalidValueError("against", message) from error


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
        message = f"{path}, line {number}: {_first_fault(error)}"
        raise InvalidValueError("questions", message) from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(map(str, fault["loc"])) or "line"
    return f"{field}: {fault['msg']}"


def _print(metrics: RetrievalMetrics, comparison: RunComparison | None) -> None:
    typer.echo(f"{metrics.questions:,} questions")
    _print_means(metrics.means, metrics.intervals)
    typer.echo(
        f"  a question takes {metrics.latency_p50_ms:.1f} ms (p50),"
        f" {metrics.latency_p95_ms:.1f} ms (p95)"
    )
    if comparison is not None:
        typer.echo(comparison.in_words())


def _print_means(means: Mapping[str, float], intervals: Mapping[str, tuple[float, float]]) -> None:
    for name, mean in means.items():
        low, high = intervals[name]
        typer.echo(f"  {name:<12} {mean:.3f}   (95 %: {low:.3f} to {high:.3f})")
