"""Children that die are started again; all end when told to."""

import os
import signal
import sys
from time import monotonic, sleep

import psutil
import pytest

from bootstrap.home import Home
from bootstrap.supervision.child import ChildSpec
from bootstrap.supervision.supervisor import STOP_WITHIN_SECONDS, Supervisor
from tests.support.processes import is_alive, wait_until

pytestmark = pytest.mark.server

SLEEPER = "import time; time.sleep(60)"
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "a home")
    home.create()
    return home


@pytest.fixture
def start(home):
    """Starts children from Python programs; whatever still runs is killed at the end."""
    supervisors = []

    def start_children(**programs):
        lines = []
        specs = [
            ChildSpec(name, (sys.executable, "-c", program), dict(os.environ), shows_warnings=True)
            for name, program in programs.items()
        ]
        supervisor = Supervisor(specs, home, lines.append)
        supervisors.append(supervisor)
        supervisor.start()
        return supervisor, lines

    yield start_children
    for supervisor in supervisors:
        supervisor.stop(lambda: True)


def tick_until(supervisor, condition, timeout_seconds=60.0):
    deadline = monotonic() + timeout_seconds
    while not condition():
        assert monotonic() < deadline, "the condition never came true"
        supervisor.tick()
        sleep(0.02)


def kill(child):
    os.kill(child.identity.pid, signal.SIGKILL)


def test_dead_child_is_started_again_after_its_delay(start):
    supervisor, _ = start(worker=SLEEPER)
    child = supervisor.children[0]
    first = child.identity
    died_at = monotonic()
    kill(child)

    tick_until(supervisor, lambda: child.identity != first)

    assert (child.is_running(), monotonic() - died_at >= 1.0) == (True, True)


def test_what_a_dead_child_had_started_is_ended_so_that_the_next_finds_its_port_free(start):
    supervisor, lines = start(api=STUBBORN)
    child = supervisor.children[0]
    tick_until(supervisor, lambda: "ready" in child.log_file.read_text())
    grandchildren = psutil.Process(child.identity.pid).children()
    kill(child)

    tick_until(supervisor, lambda: lines)

    assert len(grandchildren) == 1
    wait_until(lambda: not any(is_alive(process.pid) for process in grandchildren))


def test_death_is_told_once_with_its_cause_and_the_delay(start):
    supervisor, lines = start(worker=SLEEPER)
    child = supervisor.children[0]
    kill(child)

    tick_until(supervisor, lambda: lines)
    supervisor.tick()

    assert len(lines) == 1
    assert lines[0].startswith("worker was ended by SIGKILL; starting it again in 1 s")


def test_living_children_are_left_alone_when_one_dies(start):
    supervisor, lines = start(api=SLEEPER, worker=SLEEPER)
    api, worker = supervisor.children
    before = api.identity
    kill(worker)

    tick_until(supervisor, lambda: lines)

    assert (api.identity, api.is_running()) == (before, True)


def test_warnings_of_a_child_appear_and_the_rest_stays_in_its_log(start):
    supervisor, lines = start(api="print('INFO quiet'); print('WARNING disk is full', flush=True)")

    tick_until(supervisor, lambda: lines)

    assert lines[0] == "api: WARNING disk is full"


def test_stop_ends_every_child(start):
    supervisor, _ = start(api=SLEEPER, worker=SLEEPER, beat=SLEEPER)
    pids = [identity.pid for identity in supervisor.identities]

    supervisor.stop(lambda: False)

    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_forced_stop_does_not_wait_for_a_child_that_ignores_the_signal(start):
    supervisor, _ = start(worker=STUBBORN)
    child = supervisor.children[0]
    tick_until(supervisor, lambda: "ready" in child.log_file.read_text())
    grandchildren = psutil.Process(child.identity.pid).children()
    started = monotonic()

    supervisor.stop(lambda: True)

    assert monotonic() - started < STOP_WITHIN_SECONDS / 2
    assert len(grandchildren) == 1
    wait_until(lambda: not any(is_alive(process.pid) for process in grandchildren))
