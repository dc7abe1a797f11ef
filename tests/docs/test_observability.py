"""The page, the dashboards and the alerts name metrics that there are, and all of them."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.telemetry.catalogue import CATALOGUE

CHECKOUT = Path(__file__).parents[2]
PAGE = CHECKOUT / "docs" / "observability.md"
RULES = CHECKOUT / "deploy" / "prometheus"
DASHBOARDS = sorted((CHECKOUT / "deploy" / "grafana" / "dashboards").glob("*.json"))
SECTION = re.compile(r"<!-- metrics: begin -->\n(.*?)\n?<!-- metrics: end -->", re.DOTALL)
NAME = re.compile(r"\bneuroshiksha_[a-z_]+\b")
LABELLED = re.compile(r"\b(neuroshiksha_[a-z_]+)\{([^}]*)\}")
OF_HISTOGRAMS = re.compile(r"_(bucket|sum|count)$")
KNOWN = {spec.name: spec for spec in CATALOGUE}


def metric_table() -> str:
    lines = ["| metric | kind | labels | what it counts |", "|---|---|---|---|"]
    for spec in CATALOGUE:
        labels = ", ".join(f"`{label}`" for label in spec.labels)
        lines.append(f"| `{spec.name}` | {spec.kind} | {labels} | {spec.meaning} |")
    return "\n".join(lines)


def expressions(panels: list[dict[str, Any]]) -> Iterator[str]:
    for panel in panels:
        yield from (target["expr"] for target in panel.get("targets", ()))
        yield from expressions(panel.get("panels", []))


def asked() -> list[str]:
    of_dashboards = [
        expression
        for path in DASHBOARDS
        for expression in expressions(json.loads(path.read_text())["panels"])
    ]
    return [*of_dashboards, (RULES / "rules" / "alerts.yml").read_text()]


def metric_of(name: str) -> str:
    base = OF_HISTOGRAMS.sub("", name)
    return base if KNOWN.get(base) and KNOWN[base].kind == "histogram" else name


def test_the_table_of_metrics_is_the_catalogue() -> None:
    written = SECTION.search(PAGE.read_text())

    assert written is not None
    assert written[1].splitlines() == metric_table().splitlines(), (
        f"put this between the marks in docs/observability.md:\n{metric_table()}"
    )


def test_dashboards_and_alerts_ask_for_metrics_and_labels_that_there_are() -> None:
    named = {metric_of(name) for text in asked() for name in NAME.findall(text)}
    selected = [(metric_of(name), s) for text in asked() for name, s in LABELLED.findall(text)]

    assert named - KNOWN.keys() == set()
    for name, selectors in selected:
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selectors))
        assert labels <= {*KNOWN[name].labels, "le"}, (name, selectors)


def test_every_metric_is_shown_on_a_dashboard() -> None:
    shown = {metric_of(name) for text in asked()[:-1] for name in NAME.findall(text)}

    assert KNOWN.keys() - shown == set()


def test_every_alert_has_a_runbook() -> None:
    alerts = re.findall(r"- alert: (\w+)", (RULES / "rules" / "alerts.yml").read_text())
    headings = re.findall(r"^### (\w+)$", PAGE.read_text(), re.MULTILINE)

    assert len(alerts) > 5
    assert sorted(alerts) == sorted(headings)


@pytest.mark.server
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "rules", "rules/alerts.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
        ["test", "rules", "alerts_test.yml"],
    ],
    ids=" ".join,
)
def test_promtool_accepts_the_rules(arguments: list[str]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing: apt-get install prometheus")

    completed = subprocess.run(
        [promtool, *arguments], cwd=RULES, capture_output=True, text=True, check=False
    )

    assert completed.returncode == 0, completed.stdout + completed.stderr


@pytest.mark.server
@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_promtool_accepts_what_dashboards_ask(path: Path, tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing: apt-get install prometheus")
    asked_for = list(expressions(json.loads(path.read_text())["panels"]))
    rules = [
        {"record": f"panel:{n}", "expr": expression.replace("$__rate_interval", "5m")}
        for n, expression in enumerate(asked_for)
    ]
    (tmp_path / "panels.yml").write_text(json.dumps({"groups": [{"name": "p", "rules": rules}]}))

    completed = subprocess.run(
        [promtool, "check", "rules", "panels.yml"], cwd=tmp_path, capture_output=True, text=True
    )

    assert len(asked_for) > 10
    assert completed.returncode == 0, completed.stdout + completed.stderr
