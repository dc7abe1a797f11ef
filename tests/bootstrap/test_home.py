"""The folder of an installation and its secrets."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bootstrap.home import CHECKOUT, Home


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "a home with spaces")
    home.create()
    return home


def test_home_is_in_the_checkout_unless_it_is_named():
    assert Home.from_environment({}).root == CHECKOUT / ".neuroshiksha"


def test_named_home_is_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert Home.from_environment({"NEUROSHIKSHA_HOME": "data"}).root == tmp_path / "data"


def test_secret_is_the_same_at_every_reading(home):
    assert home.secret("key") == home.secret("key")


def test_secrets_of_two_names_differ(home):
    assert home.secret("one") != home.secret("two")


def test_secret_is_readable_by_its_owner_only(home):
    home.secret("key")

    assert (home.secrets / "key").stat().st_mode & 0o777 == 0o600


def test_processes_that_ask_at_once_get_the_same_secret(home):
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: home.secret("key"), range(32)))

    assert len(secrets) == 1


def test_other_users_may_pass_through_but_not_list(home):
    assert home.root.stat().st_mode & 0o777 == 0o711


def test_folders_inside_are_closed_to_others(home):
    assert {folder.stat().st_mode & 0o777 for folder in home.root.iterdir()} == {0o700}


def test_create_leaves_an_existing_folder_as_it_is(tmp_path: Path):
    tmp_path.chmod(0o750)

    Home(tmp_path).create()

    assert tmp_path.stat().st_mode & 0o777 == 0o750
