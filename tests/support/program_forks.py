"""The process that `programs` forks from: it has imported the house once, and waits to be asked.

A fork is what `python -m cli.main ...` or `python -m workers ...` is once its imports are done: a
process of its own, with the arguments, environment, folder and files that it was given.
"""

import connectors.telemetry.lean_redis  # noqa: F401 - as in cli.serve, before whatever loads redis

# isort: split
import gc
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import api.app  # noqa: F401 - what `serve` loads by name
import cli.main
import workers.__main__ as workers_main

LONGEST_REQUEST = 1 << 17
PROGRAMS: dict[str, Callable[[], None]] = {
    "cli.main": cli.main.main,
    "workers": lambda: workers_main.main(sys.argv[1:]),
}


def main() -> None:
    """Serves until the tests let go of their end; in a fork, runs its program."""
    for command in cli.main.COMMANDS.values():
        command.load()
    gc.collect()
    gc.freeze()
    program = asked_program(socket.socket(fileno=int(sys.argv[1])))
    if program is not None:
        program()


def asked_program(asked: socket.socket) -> Callable[[], None] | None:
    """Forks for every request; returns in each fork with its program, and at last with none."""
    endings: dict[int, socket.socket] = {}
    ended, told = os.pipe()
    os.set_blocking(ended, False)
    os.set_blocking(told, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(told)
    with selectors.DefaultSelector() as selector:
        selector.register(asked, selectors.EVENT_READ)
        selector.register(ended, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj == ended:
                    os.read(ended, LONGEST_REQUEST)
                    tell_of_ended(endings)
                    continue
                request, descriptors, _, _ = socket.recv_fds(asked, LONGEST_REQUEST, 4)
                if not request:
                    return None
                pid = os.fork()
                if pid == 0:
                    asked.close()
                    return become(json.loads(request), descriptors)
                endings[pid] = socket.socket(fileno=descriptors.pop())
                for descriptor in descriptors:
                    os.close(descriptor)


def tell_of_ended(endings: dict[int, socket.socket]) -> None:
    """Tells the exit code of each fork that has ended, negative for a signal."""
    for pid in list(endings):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            with endings.pop(pid) as ending:
                ending.send(b"%d" % os.waitstatus_to_exitcode(status))


def become(request: dict[str, Any], descriptors: list[int]) -> Callable[[], None]:
    """Makes this fork what was asked for; the program is left to run."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    os.write(descriptors[3], b"%d" % os.getpid())
    for standard, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, standard)
    for descriptor in descriptors:
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, buffering=1, closefd=False)
        for number, mode in enumerate(("r", "w", "w"))
    )
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = [request["module"], *request["arguments"]]
    return PROGRAMS[request["module"]]


if __name__ == "__main__":
    main()
