"""Keeps child processes running until told to stop."""

from collections.abc import Callable, Sequence
from time import monotonic, sleep

from bootstrap.home import Home
from bootstrap.log_files import keep_bounded
from bootstrap.processes import ProcessIdentity
from bootstrap.supervision.child import Child, ChildSpec

STOP_WITHIN_SECONDS = 15.0
_POLL_SECONDS = 0.02


class Supervisor:
    """Starts children, restarts the dead with back-off, and stops all in reverse order.

    Use it from the main thread: on Linux the children end with the thread that started them.
    """

    def __init__(
        self,
        specs: Sequence[ChildSpec],
        home: Home,
        announce: Callable[[str], None],
    ) -> None:
        self._announce = announce
        self.children = [Child(spec, home, monotonic()) for spec in specs]

    @property
    def identities(self) -> tuple[ProcessIdentity, ...]:
        """The processes started last, for whoever must end them after a kill."""
        return tuple(child.identity for child in self.children if child.identity is not None)

    def start(self) -> None:
        """Starts all children at the same time."""
        for child in self.children:
            child.start(monotonic())

    def tick(self) -> bool:
        """Looks at every child once; whether one was started again."""
        has_restarted = False
        for child in self.children:
            for line in child.new_warnings():
                self._announce(f"{child.spec.name}: {line}")
            keep_bounded(child.log_file)
            if not child.is_running():
                has_restarted |= self._revive(child)
        return has_restarted

    def stop(self, is_forced: Callable[[], bool]) -> None:
        """Stops the children, the last started first, within a bound; at once when forced."""
        for child in reversed(self.children):
            child.ask_to_stop()
        deadline = monotonic() + STOP_WITHIN_SECONDS
        while any(child.is_running() for child in self.children):
            if is_forced() or monotonic() > deadline:
                break
            sleep(_POLL_SECONDS)
        for child in reversed(self.children):
            child.kill()

    def _revive(self, child: Child) -> bool:
        now = monotonic()
        delay = child.note_death(now)
        if delay is not None:
            self._announce(
                f"{child.spec.name} {child.describe_exit()}; starting it again in {delay:g} s"
                f" (log: {child.log_file})"
            )
        if not child.is_due(now):
            return False
        child.start(now)
        return True
