"""`neuroshiksha user`, through the command line."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.encoder import exported_encoder
from tests.support.programs import Programs
from tests.support.servers import run_sql

pytestmark = pytest.mark.server

User = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def user(
    programs: Programs, database_url: str, redis_url: str, redis_cache_url: str, tmp_path: Path
) -> User:
    """`neuroshiksha user` of an installation over the tests' servers, with the encoder in place."""
    home = tmp_path / "home"
    encoder = home / "models" / "all-MiniLM-L6-v2"
    encoder.parent.mkdir(parents=True)
    encoder.symlink_to(exported_encoder().folder)
    environment = {
        **os.environ,
        "NEUROSHIKSHA_HOME": str(home),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "REDIS_CACHE_URL": redis_cache_url,
    }
    return partial(programs.run, "user", environment=environment)


def create(user: User, email: str, password: str) -> subprocess.CompletedProcess[str]:
    options = ("--role", "teacher", "--password-stdin")
    return user("create", "--email", email, *options, typed=f"{password}\n")


def test_an_account_is_made_by_the_operator_and_audited(user: User, database_url: str) -> None:
    email = f"{uuid4().hex}@school.edu"

    made = create(user, email.upper(), "correct horse battery")

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


def test_a_weak_password_is_refused_with_its_reason(user: User) -> None:
    refused = create(user, f"{uuid4().hex}@school.edu", "short")

    assert refused.returncode == 2
    assert "at least 10 characters" in refused.stderr


def test_an_address_that_is_none_is_refused(user: User) -> None:
    refused = create(user, "asha-at-school", "correct horse battery")

    assert refused.returncode == 2
    assert "asha-at-school" in refused.stderr


def test_a_key_for_an_account_is_printed_and_kept_as_a_hash(user: User, database_url: str) -> None:
    email = f"{uuid4().hex}@school.edu"
    create(user, email, "correct horse battery")

    made = api_key(user, email)

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


def test_a_key_for_nobody_is_refused(user: User) -> None:
    refused = api_key(user, "nobody@school.edu")

    assert refused.returncode == 2
    assert "nobody@school.edu" in refused.stderr


def api_key(user: User, email: str) -> subprocess.CompletedProcess[str]:
    return user("api-key", "--email", email, "--name", "Notebook", "--days", "7")


def test_the_operator_takes_a_lost_second_factor_away(user: User, database_url: str) -> None:
    email = f"{uuid4().hex}@school.edu"
    create(user, email, "correct horse battery")
    of_user = f"(SELECT id FROM users WHERE email = '{email}')"
    values = f"VALUES ({of_user}, 'sealed', now())"
    run_sql(database_url, f"INSERT INTO second_factors (user_id, secret, confirmed_at) {values}")

    first, second = (user("remove-second-factor", "--email", email) for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 2), first.stderr
    assert "second factor" in second.stderr
    count = f"SELECT count(*) FROM second_factors WHERE user_id = {of_user}"
    assert run_sql(database_url, count) == "0"
