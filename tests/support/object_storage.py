"""A server of its own that speaks S3, with buckets to keep files in."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from uuid_utils.compat import uuid4

from storage.object_store import Bucket
from tests.support.mail_server import free_port
from tests.support.processes import wait_until


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """Where a server listens that keeps what it is given in memory."""
    port = free_port()
    program = Path(sys.executable).with_name("moto_server")
    server = subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(address), 60)
        yield address
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def bucket(s3_address: str) -> Bucket:
    """An empty bucket."""
    name = f"assets-{uuid4().hex}"
    with urlopen(Request(f"{s3_address}/{name}", method="PUT"), timeout=10):
        pass
    return Bucket(name, "some/prefix", s3_address, "us-east-1", "key", "secret")


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=1):
            return True
    except HTTPError:
        return True
    except OSError:  # nobody listens yet, or is too busy to answer within the second
        return False
