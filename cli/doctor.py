"""`neuroshiksha doctor`: what is missing, and what to do."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from bootstrap.diagnosis import Finding, diagnose
from bootstrap.home import Home
from bootstrap.up import FIRST_PORT
from cli.up import environment

MARKS = {"ok": "[green]  ok[/]", "warn": "[yellow]warn[/]", "fail": "[red]FAIL[/]"}


def doctor_command(
    host: Annotated[str, typer.Option(help="Address the API would listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port the API would listen on.", min=1, max=65535)
    ] = FIRST_PORT,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check this installation, and say what to do about what is missing."""
    findings = []
    console = Console(soft_wrap=True, highlight=False)
    for finding in diagnose(Home.from_environment(environment()), host, port):
        findings.append(finding)
        if not as_json:
            _show(console, finding)
    is_usable = all(finding.status != "fail" for finding in findings)
    if as_json:
        listed = [asdict(finding) for finding in findings]
        typer.echo(json.dumps({"usable": is_usable, "findings": listed}, indent=2))
    raise typer.Exit(0 if is_usable else 1)


def _show(console: Console, finding: Finding) -> None:
    console.print(f"{MARKS[finding.status]}  {finding.check}: {escape(finding.detail)}")
    if finding.advice:
        console.print(f"      -> {escape(finding.advice)}")
