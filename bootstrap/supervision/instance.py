"""The one `up` of a home: its claim, its address, and what a killed one left running."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict

import psutil

from bootstrap.file_lock import LockTimeoutError, exclusive_lock
from bootstrap.home import Home
from bootstrap.processes import ProcessIdentity, kill_group
from bootstrap.supervision.errors import AlreadyRunningError

_LEFTOVER_PATIENCE_SECONDS = 3.0


class Instance:
    """The claim of a running `up`; made by `claim_instance`."""

    def __init__(self, home: Home, address: str) -> None:
        self._file = home.run / "up.json"
        self._address = address

    def record(self, children: Sequence[ProcessIdentity] = ()) -> None:
        """Writes down the address and the children for others, and for after a kill."""
        written = {"address": self._address, "children": [asdict(child) for child in children]}
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps(written))
        draft.replace(self._file)

    def read(self) -> tuple[str, list[ProcessIdentity]]:
        """The address and the children that were written last."""
        try:
            written = json.loads(self._file.read_text())
        except FileNotFoundError:
            return "its address is not known yet", []
        return written["address"], [ProcessIdentity(**child) for child in written["children"]]

    def forget(self) -> None:
        """Says that nothing runs."""
        self._file.unlink(missing_ok=True)


@contextmanager
def claim_instance(home: Home, address: str) -> Iterator[Instance]:
    """Makes this process the only `up` of the home, and ends what a killed one left.

    Raises:
        AlreadyRunningError: when another one runs.
    """
    home.create()
    instance = Instance(home, address)
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive_lock(home.run / "up.lock"))
        except LockTimeoutError as error:
            raise AlreadyRunningError(home.root, instance.read()[0]) from error
        end_leftovers(instance.read()[1])
        instance.record()
        stack.callback(instance.forget)
        yield instance


def end_leftovers(children: Sequence[ProcessIdentity]) -> None:
    """Ends processes that outlived the `up` that recorded them, and all they started."""
    processes = [process for child in children if (process := child.find()) is not None]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    psutil.wait_procs(processes, timeout=_LEFTOVER_PATIENCE_SECONDS)
    for child in children:
        has_given_id_away = child.find() is None and psutil.pid_exists(child.pid)
        if not has_given_id_away:
            kill_group(child.pid)
    # A killed process holds its port until the kernel has cleared it away.
    psutil.wait_procs(processes, timeout=_LEFTOVER_PATIENCE_SECONDS)
