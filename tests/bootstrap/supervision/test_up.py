"""`up` as a process of its own, with small children in place of the service's."""

import os
import signal
import socket
import subprocess
from contextlib import contextmanager

import psutil
import pytest

from bootstrap.embedded.ports import find_free_port
from bootstrap.home import Home
from tests.support.processes import is_alive, wait_until
from tests.support.up_process import up_command

pytestmark = pytest.mark.server

GIVEN_SERVERS = ("DATABASE_URL=postgresql://given", "REDIS_URL=redis://given")


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "a home")
    home.create()
    return home


@contextmanager
def running_up(home, *variables, port=None):
    """An `up` that has printed its welcome."""
    command = up_command(home.root, port or find_free_port(), *variables)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            read_until(process, b"welcome")
            yield process
        finally:
            process.kill()


def read_until(process, word):
    """The line that holds the word; `process.lines_before` keeps those before it."""
    process.lines_before = []
    for line in process.stdout:
        if word in line:
            return line.decode()
        process.lines_before.append(line.decode().strip())
    pytest.fail(f"the process ended without {word!r}")


def run_up(home, port, *variables):
    """An `up` that is expected to end by itself."""
    return subprocess.run(
        up_command(home.root, port, *variables), capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_every_child_with_exit_code_0(home, number):
    with running_up(home, *GIVEN_SERVERS) as process:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        code = process.wait(10)

    assert (code, len(children), [c for c in children if is_alive(c.pid)]) == (0, 3, [])


def test_killed_up_takes_its_children_with_it(home):
    with running_up(home, *GIVEN_SERVERS) as process:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        wait_until(lambda: not any(is_alive(child.pid) for child in children))

    assert len(children) == 3


def test_killed_up_blocks_no_later_one_on_the_same_port(home):
    port = find_free_port()
    with running_up(home, *GIVEN_SERVERS, port=port) as process:
        process.kill()

    with running_up(home, *GIVEN_SERVERS, port=port) as process:
        assert process.poll() is None


def test_child_that_outlived_a_killed_up_is_ended_at_the_next_start(home):
    port = find_free_port()
    with running_up(home, *GIVEN_SERVERS, port=port) as process:
        leftovers = psutil.Process(process.pid).children()
        for leftover in leftovers:
            leftover.suspend()  # a stopped process does not act on SIGTERM
        process.kill()

    with running_up(home, *GIVEN_SERVERS, port=port):
        wait_until(lambda: not any(is_alive(leftover.pid) for leftover in leftovers))

    assert len(leftovers) == 3


def test_second_up_on_the_same_home_names_the_address_of_the_first(home):
    port = find_free_port()
    with running_up(home, *GIVEN_SERVERS, port=port):
        second = run_up(home, find_free_port(), *GIVEN_SERVERS)

    assert (second.returncode, f"http://127.0.0.1:{port}" in second.stdout) == (1, True)


def test_busy_port_is_told_before_anything_starts(home):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        completed = run_up(home, port)

    assert completed.returncode == 1
    assert completed.stdout.startswith(f"Port {port} is in use by")
    assert f"(process {os.getpid()})" in completed.stdout
    assert "`make run PORT=" in completed.stdout
    assert not home.postgres.exists()


def test_child_that_cannot_start_ends_up_with_the_end_of_its_log(home):
    (home.root / "crash-serve").touch()

    completed = run_up(home, find_free_port(), *GIVEN_SERVERS)

    assert completed.returncode == 1
    assert "The api process keeps ending at its start" in completed.stdout
    assert "ERROR serve found its crash file" in completed.stdout


def test_first_content_is_loaded_at_the_first_start_with_a_database_only(home):
    loads = []
    for database in ("one", "one", "two"):
        urls = (f"DATABASE_URL=postgresql://user:password@given/{database}", GIVEN_SERVERS[1])
        with running_up(home, *urls) as process:
            loads.append("loading the demo" in process.lines_before)

    assert loads == [True, False, True]


def test_workers_give_way_to_the_api(home):
    with running_up(home, *GIVEN_SERVERS) as process:
        children = psutil.Process(process.pid).children()
        niceness = {child.cmdline()[2]: child.nice() for child in children}

    own = psutil.Process().nice()
    assert niceness == {"serve": own, "worker": own + 10, "beat": own + 10}


def test_worker_that_is_killed_comes_back(home):
    with running_up(home, *GIVEN_SERVERS) as process:
        worker = next(
            child for child in psutil.Process(process.pid).children() if "worker" in child.cmdline()
        )
        worker.kill()
        line = read_until(process, b"worker")
        wait_until(lambda: len(psutil.Process(process.pid).children()) == 3)

    assert "was ended by SIGKILL; starting it again in 1 s" in line


def test_up_starts_embedded_servers_and_stops_them(home):
    with running_up(home) as process:
        worker = next(
            child for child in psutil.Process(process.pid).children() if "worker" in child.cmdline()
        )
        environment = worker.environ()
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)

    kinds = {name: environment[name].split(":")[0] for name in ("DATABASE_URL", "REDIS_CACHE_URL")}
    assert kinds == {"DATABASE_URL": "postgresql", "REDIS_CACHE_URL": "redis"}
    assert environment["NEUROSHIKSHA_ENV"] == "embedded"
    assert len(environment["NEUROSHIKSHA_SECRET_KEY"]) >= 32
    assert (code, (home.run / "state.json").exists()) == (0, False)
