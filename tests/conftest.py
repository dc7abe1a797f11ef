"""Settings of the whole suite: what must not be skipped in continuous integration."""

import gc
import os
from collections.abc import Generator

import pytest

pytest_plugins = [
    "tests.support.programs",
    "tests.support.scheduling",
    "tests.support.servers",
    "tests.support.service",
]

MUST_RUN = ("browser", "server", "worker")


def pytest_configure() -> None:
    """Looks for no garbage among all that is imported while tests are collected: there is none."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Looks for garbage from now on, but not among what is there until the end."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turns a skipped browser, server or worker test into a failure where CI is set."""
    report = yield
    is_required = any(item.get_closest_marker(name) for name in MUST_RUN)
    if report.skipped and is_required and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} must run in CI, but was skipped: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows why tests that passed only when they were run again had failed before."""
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.section(f"failed at first: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)
        for title, text in report.sections:
            terminalreporter.write_line(f"-- {title} --\n{text}")
