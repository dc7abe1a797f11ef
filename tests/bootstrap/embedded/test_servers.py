"""Embedded servers: start, join, leave, and what a kill -9 leaves behind."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest
from redis import Redis
from redis.exceptions import RedisError

from bootstrap.embedded import EmbeddedServerError, ServerUrls, embedded_servers, servers_for
from bootstrap.embedded.binaries import postgres_program
from bootstrap.embedded.state import read_state
from bootstrap.home import Home
from tests.support.processes import is_alive, wait_until
from tests.support.servers import run_sql

pytestmark = pytest.mark.server

JOIN_AND_WAIT = """
import sys, time
from pathlib import Path
from bootstrap.embedded import embedded_servers
from bootstrap.home import Home
with embedded_servers(Home(Path(sys.argv[1])), durable=False):
    print("joined", flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def made_home(tmp_path_factory):
    """A home that was used once, below a closed folder, with spaces in its path."""
    closed = tmp_path_factory.mktemp("closed folder", numbered=True)
    closed.chmod(0o700)
    home = Home(closed / "a home")
    with embedded_servers(home, durable=False) as servers:
        run_sql(servers.urls.database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    return home


@contextmanager
def user_in_another_process(home: Home):
    with subprocess.Popen(
        [sys.executable, "-P", "-c", JOIN_AND_WAIT, str(home.root)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"joined\n"
        try:
            yield process
        finally:
            process.kill()


def server_pids(home: Home) -> list[int]:
    return [identity.pid for identity in read_state(home.run).servers.values()]


def all_ended(pids: list[int]) -> bool:
    return not any(is_alive(pid) for pid in pids)


def answer(urls: ServerUrls) -> str:
    return run_sql(urls.database_url, "SELECT answer FROM kept")


def test_rows_are_kept_from_one_start_to_the_next(made_home):
    with embedded_servers(made_home, durable=False) as servers:
        assert answer(servers.urls) == "42"


def test_second_start_takes_less_than_a_second_and_a_half(made_home):
    seconds = []
    for _ in range(5):  # whatever else a busy machine does, one of them goes undisturbed
        started = monotonic()
        with embedded_servers(made_home, durable=False):
            seconds.append(monotonic() - started)
        if seconds[-1] < 1.5:
            break

    assert min(seconds) < 1.5


def test_last_user_leaves_no_server_behind(made_home):
    with embedded_servers(made_home, durable=False):
        pids = server_pids(made_home)

    assert all_ended(pids)


def test_addresses_stay_the_same_at_the_next_start(made_home):
    with embedded_servers(made_home, durable=False) as servers:
        first = servers.urls
    with embedded_servers(made_home, durable=False) as servers:
        assert servers.urls == first


def test_servers_outlive_the_user_who_started_them(made_home):
    with user_in_another_process(made_home) as starter, embedded_servers(made_home) as servers:
        starter.kill()
        starter.wait()
        sleep(0.5)

        assert answer(servers.urls) == "42"


def test_servers_stop_after_their_only_user_is_killed(made_home):
    with user_in_another_process(made_home) as user:
        pids = server_pids(made_home)
        user.kill()
        user.wait()

    wait_until(lambda: all_ended(pids))


def test_servers_end_with_a_killed_keeper_and_the_next_start_works(made_home):
    with user_in_another_process(made_home) as user:
        pids = server_pids(made_home)
        os.kill(read_state(made_home.run).keeper.pid, signal.SIGKILL)
        user.kill()
    wait_until(lambda: all_ended(pids))

    with embedded_servers(made_home, durable=False) as servers:
        assert answer(servers.urls) == "42"


def test_user_brings_servers_back_on_the_same_ports_after_a_killed_keeper(made_home):
    with embedded_servers(made_home, durable=False) as servers:
        before = servers.urls
        os.kill(read_state(made_home.run).keeper.pid, signal.SIGKILL)
        wait_until(lambda: not read_state(made_home.run).keeper.is_running())
        servers.ensure_running()

        assert (answer(before), servers.urls) == ("42", before)


def test_killed_postgres_comes_back_on_its_port(made_home):
    with embedded_servers(made_home, durable=False) as servers:
        killed = read_state(made_home.run).servers["postgres"]
        os.kill(killed.pid, signal.SIGKILL)
        wait_until(lambda: read_state(made_home.run).servers["postgres"] != killed)

        assert answer(servers.urls) == "42"


def test_pid_file_that_names_a_stranger_does_not_block_the_start(made_home):
    stranger = os.getpid()
    (made_home.postgres / "postmaster.pid").write_text(
        f"{stranger}\n{made_home.postgres}\n1700000000\n5432\n\n\n"
    )

    with embedded_servers(made_home, durable=False) as servers:
        assert answer(servers.urls) == "42"


def test_truncated_pid_file_does_not_block_the_start(made_home):
    (made_home.postgres / "postmaster.pid").write_text("")

    with embedded_servers(made_home, durable=False) as servers:
        assert answer(servers.urls) == "42"


def test_installation_below_a_closed_folder_runs_and_not_as_root(tmp_path, monkeypatch):
    closed = tmp_path / "closed folder"
    closed.mkdir(mode=0o700)
    installation = postgres_program("postgres").parents[2]
    copy = closed / "packages" / installation.name
    shutil.copytree(installation / "pginstall18", copy / "pginstall18")
    shutil.copytree(
        installation.with_name(f"{installation.name}.libs"),
        copy.with_name(f"{installation.name}.libs"),
    )
    (copy / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(closed / "packages"))
    home = Home(closed / "a home")

    with embedded_servers(home, durable=False) as servers:
        postmaster = psutil.Process(read_state(home.run).servers["postgres"].pid)
        program, user = postmaster.exe(), postmaster.uids().effective
        run_sql(servers.urls.database_url, "CREATE EXTENSION vector")

    assert (program.startswith(str(closed)), user == 0) == (True, False)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_home_beside_a_running_one_gets_ports_of_its_own(made_home, tmp_path):
    with (
        embedded_servers(made_home, durable=False) as one,
        embedded_servers(Home(tmp_path / "other"), durable=False) as other,
    ):
        assert one.urls.database_url != other.urls.database_url


def test_state_with_passwords_is_readable_by_its_owner_only(made_home):
    with embedded_servers(made_home, durable=False):
        mode = stat.S_IMODE((made_home.run / "state.json").stat().st_mode)

    assert mode == 0o600


def test_passwords_stand_on_no_command_line(made_home):
    with embedded_servers(made_home, durable=False):
        lines = [" ".join(psutil.Process(pid).cmdline()) for pid in server_pids(made_home)]

    secrets = [made_home.secret("postgres-password"), made_home.secret("redis-password")]
    assert not any(secret in line for secret in secrets for line in lines)


def test_redis_refuses_whoever_has_no_password(made_home):
    with embedded_servers(made_home, durable=False) as servers:
        _, _, address = servers.urls.redis_url.rpartition("@")
        with (
            Redis.from_url(f"redis://{address}") as client,
            pytest.raises(RedisError, match="authenticat"),
        ):
            client.ping()


def test_given_servers_are_used_without_starting_any(tmp_path):
    given = ServerUrls("postgresql://db/x", "redis://broker", "redis://cache")

    with servers_for(Home(tmp_path / "home"), given) as urls:
        assert (urls, list(tmp_path.iterdir())) == (given, [])


def test_given_database_leaves_only_redis_embedded(tmp_path):
    home = Home(tmp_path / "home")

    with servers_for(home, ServerUrls(database_url="postgresql://db/x")) as urls:
        kinds = set(read_state(home.run).servers)

        assert (urls.database_url, kinds) == ("postgresql://db/x", {"redis", "redis-cache"})


def test_user_who_needs_more_than_runs_is_told_what_to_set(tmp_path):
    home = Home(tmp_path / "home")
    with (
        embedded_servers(home, ServerUrls(database_url="postgresql://db/x")),
        pytest.raises(EmbeddedServerError, match="DATABASE_URL set"),
        embedded_servers(home),
    ):
        pytest.fail("joined servers that lack PostgreSQL")


def test_data_of_another_postgres_version_is_named_in_the_message(tmp_path):
    home = Home(tmp_path / "home")
    home.postgres.mkdir(parents=True)
    Path(home.postgres / "PG_VERSION").write_text("16\n")

    with (
        pytest.raises(EmbeddedServerError, match="made by PostgreSQL 16"),
        embedded_servers(home),
    ):
        pytest.fail("ran version 18 on data of version 16")


def test_failed_start_says_the_end_of_the_log(tmp_path):
    home = Home(tmp_path / "home")
    home.postgres.mkdir(parents=True, mode=0o700)
    Path(home.postgres / "PG_VERSION").write_text("18\n")

    with pytest.raises(EmbeddedServerError, match=r"postgresql\.conf"), embedded_servers(home):
        pytest.fail("ran without a configuration")
