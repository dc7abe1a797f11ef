"""Metrics of several processes add up, and outlive those that end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.telemetry import catalogue
from connectors.telemetry.exposition import exposition
from connectors.telemetry.metrics import FOLDER_VARIABLE, Metrics, Tally

COUNTING = """
from connectors.telemetry import catalogue
from connectors.telemetry.exposition import exposition
from connectors.telemetry.metrics import Metrics, Tally
metrics = Metrics()
metrics.counter(catalogue.HTTP_REQUESTS).labels("GET", "/health", "200").inc(3)
metrics.gauge(catalogue.STREAMS_OPEN).labels("sse").set(2)
metrics.gauge(catalogue.MODEL_BREAKER).labels("gpt", "open").set(1)
tally = Tally(catalogue.BETWEEN_TOKENS_SECONDS)
tally.add(0.004)
tally.add(9.0)
tally.hand_in(metrics.histogram(catalogue.ANSWER_BETWEEN_TOKENS))
print(exposition(metrics, {}).decode())
"""


def counted_by_a_process(folder: Path) -> list[str]:
    completed = subprocess.run(
        [sys.executable, "-c", COUNTING],
        env={**os.environ, FOLDER_VARIABLE: str(folder), "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    )
    return completed.stdout.splitlines()


def test_processes_add_up_and_gauges_of_the_dead_are_forgotten(tmp_path: Path) -> None:
    first = counted_by_a_process(tmp_path)
    second = counted_by_a_process(tmp_path)

    requests = 'neuroshiksha_http_requests_total{method="GET",route="/health",status="200"}'
    assert f"{requests} 3.0" in first
    assert f"{requests} 6.0" in second
    assert 'neuroshiksha_streams_open{transport="sse"} 2.0' in second
    assert 'neuroshiksha_model_breaker_state{deployment="gpt",state="open"} 1.0' in second
    assert 'neuroshiksha_answer_between_tokens_seconds_bucket{le="0.005"} 2.0' in second
    assert 'neuroshiksha_answer_between_tokens_seconds_bucket{le="+Inf"} 4.0' in second


def test_a_tally_is_what_observing_one_by_one_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    at_once, one_by_one = Metrics(), Metrics()
    seconds = [0.0004, 0.001, 0.0011, 0.05, 0.3, 60.0]
    tally = Tally(catalogue.BETWEEN_TOKENS_SECONDS)

    for each in seconds:
        tally.add(each)
        one_by_one.histogram(catalogue.ANSWER_BETWEEN_TOKENS).observe(each)
    tally.hand_in(at_once.histogram(catalogue.ANSWER_BETWEEN_TOKENS))

    assert told(at_once) == told(one_by_one)


def told(metrics: Metrics) -> list[str]:
    lines = exposition(metrics, {}).decode().splitlines()
    return [line for line in lines if "between_tokens" in line and "_created" not in line]
