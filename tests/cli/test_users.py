"""`neuroshiksha user`, through the command line."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.encoder import exported_encoder
from tests.support.servers import run_sql

pytestmark = pytest.mark.server


@pytest.fixture
def environment(
    database_url: str, redis_url: str, redis_cache_url: str, tmp_path: Path
) -> dict[str, str]:
    """An installation over the tests' servers, with the encoder in place."""
    home = tmp_path / "home"
    encoder = home / "models" / "all-MiniLM-L6-v2"
    encoder.parent.mkdir(parents=True)
    encoder.symlink_to(exported_encoder().folder)
    return {
        **os.environ,
        "NEUROSHIKSHA_HOME": str(home),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "REDIS_CACHE_URL": redis_cache_url,
    }


def create(
    environment: dict[str, str], email: str, password: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "user", "create", "--email", email]
    return subprocess.run(
        [*command, "--role", "teacher", "--password-stdin"],
        env=environment,
        input=f"{password}\n",
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_account_is_made_by_the_operator_and_audited(
    environment: dict[str, str], database_url: str
) -> None:
    email = f"{uuid4().hex}@school.edu"

    made = create(environment, email.upper(), "correct horse battery")

    assert made.returncode == 0, made.stderr
    rows = run_sql(
        database_url,
        "SELECT json_build_object('role', users.role, 'actor', actors.email, 'action', action)"
        " FROM users JOIN audit_events ON subject = users.id::text"
        f" JOIN users actors ON actors.id = actor_id WHERE users.email = '{email}'",
    )
    assert json.loads(rows) == {
        "role": "teacher",
        "actor": "operator@localhost",
        "action": "user.create",
    }


def test_a_weak_password_is_refused_with_its_reason(environment: dict[str, str]) -> None:
    refused = create(environment, f"{uuid4().hex}@school.edu", "short")

    assert refused.returncode == 2
    assert "at least 10 characters" in refused.stderr


def test_an_address_that_is_none_is_refused(environment: dict[str, str]) -> None:
    refused = create(environment, "asha-at-school", "correct horse battery")

    assert refused.returncode == 2
    assert "asha-at-school" in refused.stderr


def test_a_key_for_an_account_is_printed_and_kept_as_a_hash(
    environment: dict[str, str], database_url: str
) -> None:
    email = f"{uuid4().hex}@school.edu"
    create(environment, email, "correct horse battery")

    made = api_key(environment, email)

    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    digest = hashlib.sha256(key.encode()).hexdigest()
    row = run_sql(
        database_url,
        "SELECT api_keys.name || ' ' || users.email FROM api_keys"
        " JOIN users ON users.id = user_id"
        f" WHERE key_hash = decode('{digest}', 'hex') AND expires_at > now() + interval '6 days'",
    )
    assert key.startswith("nsk_")
    assert row == f"Notebook {email}"


def test_a_key_for_nobody_is_refused(environment: dict[str, str]) -> None:
    refused = api_key(environment, "nobody@school.edu")

    assert refused.returncode == 2
    assert "nobody@school.edu" in refused.stderr


def api_key(environment: dict[str, str], email: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "user", "api-key", "--email", email]
    return subprocess.run(
        [*command, "--name", "Notebook", "--days", "7"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
