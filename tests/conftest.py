"""Settings of the whole suite: what must not be skipped in continuous integration."""

import os
from collections.abc import Generator

import pytest

pytest_plugins = ["tests.support.servers", "tests.support.service"]

MUST_RUN = ("browser", "server", "worker")


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
