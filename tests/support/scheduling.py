"""Which worker of pytest-xdist runs what: the tests of a module, or of a folder, stay together.

So the fixtures of a module, and the stack that all journeys share, are made once in a run. The
mark `xdist_group` would say the same, but pytest 9.2 does not let xdist 3.8 rename what it groups.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER = ("tests/journeys/", "tests/publishing/video/", "tests/faults/")
"""Folders whose modules share what is slow to make."""
FIRST = (
    *TOGETHER,
    "tests/deploy/test_topology.py",
    "tests/workers/test_worker.py",
    "tests/api/chat/test_killed_process.py",
    "tests/workers/test_generation.py",
    "tests/api/test_any_request.py",
    "tests/cli/test_via_workers.py",
    "tests/cli/test_reembedding.py",
    "tests/cli/test_material_commands.py",
)
"""The slowest, so that no worker is left alone with one of them at the end."""


class TogetherScheduling(LoadScopeScheduling):
    """Gives a worker whole modules, and whole folders of those above; the slowest first."""

    def _split_scope(self, nodeid: str) -> str:
        """The folder or the module that a test belongs to."""
        folders = (folder for folder in TOGETHER if nodeid.startswith(folder))
        return next(folders, nodeid.partition("::")[0])

    def _assign_work_unit(self, node: WorkerController) -> None:
        for scope in FIRST:
            if scope in self.workqueue:
                self.workqueue.move_to_end(scope, last=False)
                break
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> TogetherScheduling:
    """Called where there are workers."""
    return TogetherScheduling(config, log)
