"""A worker shows what its processes counted, to who has the token."""

import urllib.error
import urllib.request
from pathlib import Path
from socket import gethostname

import pytest
from pydantic import SecretStr

from bootstrap.metrics_folder import emptied, folders_of, own_metrics_folder
from bootstrap.settings import Settings
from connectors.telemetry.metrics import FOLDER_VARIABLE, shared_folder
from workers.metrics_server import metrics_server


def status_of(port: int, path: str, token: str | None) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    ("environment", "token", "sent", "path", "status"),
    [
        ("embedded", "", None, "/metrics", 200),
        ("embedded", "", None, "/", 404),
        ("production", "", "anything", "/metrics", 401),
        ("production", "a token", None, "/metrics", 401),
        ("production", "a token", "another", "/metrics", 401),
        ("production", "a token", "a token", "/metrics", 200),
    ],
)
def test_the_workers_metrics_are_guarded(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: str,
    token: str,
    sent: str | None,
    path: str,
    status: int,
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    settings = Settings(_env_file=None, environment="embedded").model_copy(
        update={"environment": environment, "metrics_token": SecretStr(token)}
    )
    with metrics_server(settings) as port:
        assert status_of(port, path, sent) == status


def test_a_folder_of_ones_own_is_new_and_goes_with_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    left_over = emptied(folders_of(tmp_path) / f"serve@{gethostname()}-999999999")

    with own_metrics_folder(tmp_path, "serve"):
        folder = Path(shared_folder() or "")
        assert folder.is_dir()
        assert not left_over.exists()

    assert not folder.exists()
    assert shared_folder() is None


def test_metrics_lie_in_memory_or_with_the_data_where_that_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    monkeypatch.setattr("bootstrap.metrics_folder.MEMORY", memory)

    without = folders_of(tmp_path)
    memory.mkdir()
    within = folders_of(tmp_path)
    within.rmdir()
    within.write_bytes(b"in the way")
    taken = folders_of(tmp_path)

    assert within.parent == memory
    assert without == taken == tmp_path / "run" / "metrics"
