"""The server of remote services, one for each test."""

from collections.abc import Iterator

import pytest

from tests.support.remote_services import RemoteServices, remote_services


@pytest.fixture
def remote() -> Iterator[RemoteServices]:
    with remote_services() as services:
        yield services
