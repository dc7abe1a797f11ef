"""An installation saved in one file and brought back, through the command line."""

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from uuid import uuid4

import pytest

from bootstrap.embedded.binaries import postgres_program
from bootstrap.file_lock import exclusive_lock
from storage.files import FileStore
from tests.support.programs import Programs
from tests.support.servers import in_database, run_sql

pytestmark = pytest.mark.server

ORIGINAL = b"Energy is kept; so should be a course.\n"
HASH = hashlib.sha256(ORIGINAL).hexdigest()
KEY = "k" * 43
CATALOGUE = """
SELECT (SELECT count(*) FROM pg_policies),
       (SELECT count(*) FROM pg_class WHERE relforcerowsecurity),
       (SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'),
       (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
       (SELECT count(*) FROM information_schema.role_table_grants WHERE grantee LIKE 'neuro%app')
"""


@dataclass(frozen=True)
class Installation:
    """A home over a database of the tests' server."""

    programs: Programs
    home: Path
    database_url: str
    redis_url: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "NEUROSHIKSHA_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "REDIS_CACHE_URL": self.redis_url,
        }
        return self.programs.run(*arguments, environment=environment)

    def titles(self) -> str:
        return run_sql(self.database_url, "SELECT string_agg(title, ',') FROM courses")


@pytest.fixture(scope="module")
def school(
    programs: Programs,
    own_database_url: str,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Installation:
    """An installation with one course, one original and a key."""
    home = tmp_path_factory.mktemp("school")
    (home / "secrets").mkdir()
    (home / "secrets" / "secret-key").write_text(KEY)
    (home / "original.md").write_bytes(ORIGINAL)
    for store in ("files", "assets"):
        FileStore(home / store).write_file(home / "original.md", HASH)
    run_sql(
        own_database_url,
        f"INSERT INTO courses (id, slug, title) VALUES ('{uuid4()}', 'physics', 'Physics')",
    )
    return Installation(programs, home, own_database_url, redis_url)


@pytest.fixture(scope="module")
def backup(school: Installation) -> Path:
    file = school.home / "school.backup"
    made = school.run("backup", str(file))
    assert made.returncode == 0, made.stderr
    return file


@pytest.fixture
def elsewhere(school: Installation, tmp_path: Path) -> Installation:
    """An empty installation on the same servers."""
    name = f"restored_{uuid4().hex}"
    run_sql(school.database_url, f"CREATE DATABASE {name}")
    url = in_database(school.database_url, name)
    return Installation(school.programs, tmp_path / "elsewhere", url, school.redis_url)


def test_a_backup_brings_rows_originals_rights_and_key_back(
    backup: Path, school: Installation, elsewhere: Installation
) -> None:
    restored = elsewhere.run("restore", str(backup))

    assert restored.returncode == 0, restored.stderr
    assert elsewhere.titles() == "Physics"
    for store in ("files", "assets"):
        assert FileStore(elsewhere.home / store).path(HASH).read_bytes() == ORIGINAL
    assert (elsewhere.home / "secrets" / "secret-key").read_text() == KEY
    there, here = (run_sql(url.database_url, CATALOGUE) for url in (elsewhere, school))
    assert there == here


def test_what_is_there_is_given_up_only_when_told_to(backup: Path, elsewhere: Installation) -> None:
    elsewhere.run("db", "upgrade")
    run_sql(
        elsewhere.database_url,
        f"INSERT INTO courses (id, slug, title) VALUES ('{uuid4()}', 'chemistry', 'Chemistry')",
    )

    refused = elsewhere.run("restore", str(backup))
    before = elsewhere.titles()
    replaced = elsewhere.run("restore", str(backup), "--replace")

    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert before == "Chemistry"
    assert replaced.returncode == 0, replaced.stderr
    assert elsewhere.titles() == "Physics"


def test_a_running_installation_is_not_restored_into(backup: Path, elsewhere: Installation) -> None:
    (elsewhere.home / "run").mkdir(parents=True)
    with exclusive_lock(elsewhere.home / "run" / "up.lock"):
        beside_up = elsewhere.run("restore", str(backup))
    psql = [postgres_program("psql"), elsewhere.database_url, "-qAtX"]
    with subprocess.Popen(psql, stdin=PIPE, stdout=PIPE, text=True) as held:
        print("SELECT 'connected';", file=held.stdin, flush=True)
        assert held.stdout.readline() == "connected\n"
        beside_others = elsewhere.run("restore", str(backup))
        held.stdin.close()

    assert (beside_up.returncode, beside_others.returncode) == (1, 1)
    assert "Stop it first" in beside_up.stderr
    assert "Stop the API" in beside_others.stderr


def test_a_backup_is_its_owners_and_a_failed_one_leaves_nothing(
    backup: Path, school: Installation, tmp_path: Path
) -> None:
    failed = school.run("backup", str(tmp_path / "no such folder" / "school.backup"))

    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.glob("*school.backup*")] == ["school.backup"]
    assert failed.returncode == 1
    assert "No backup was made" in failed.stderr
    assert list(tmp_path.iterdir()) == []
