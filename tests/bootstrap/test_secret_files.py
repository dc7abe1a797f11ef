"""Addresses with passwords, from files as containers are given them."""

from pathlib import Path

from bootstrap.embedded.urls import ServerUrls


def test_commands_find_their_servers_in_the_folder_of_secrets(tmp_path: Path) -> None:
    (tmp_path / "DATABASE_URL").write_text("postgresql://user:word@db/school\n")
    environment = {"NEUROSHIKSHA_SECRETS_FOLDER": str(tmp_path), "REDIS_URL": "redis://broker/0"}

    urls = ServerUrls.from_environment(environment)

    assert urls.database_url == "postgresql://user:word@db/school"
    assert urls.redis_url == urls.redis_cache_url == "redis://broker/0"


def test_the_environment_goes_before_the_files(tmp_path: Path) -> None:
    (tmp_path / "DATABASE_URL").write_text("postgresql://file/school")
    environment = {
        "NEUROSHIKSHA_SECRETS_FOLDER": str(tmp_path),
        "DATABASE_URL": "postgresql://environment/school",
    }

    assert ServerUrls.from_environment(environment).database_url.endswith("environment/school")
