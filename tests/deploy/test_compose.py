"""docker-compose.yml: what its schema, Docker itself and the service's own code say of it."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bootstrap.settings import Settings
from jobs.queue import QUEUES
from tests.deploy.edge import CHECKOUT, NGINX_FILES

FILE = CHECKOUT / "docker-compose.yml"
SECRET_WORDS = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL|SMTP_URL")
WITHOUT_HEALTH = {"migrate", "beat"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return document


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"]
    return found


def test_the_file_fits_the_compose_specification() -> None:
    command = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    checked = subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_docker_takes_it() -> None:
    docker = compose_command()
    if docker is None:
        pytest.skip("neither `docker compose` nor `docker-compose` is installed")
    checked = subprocess.run(
        [*docker, "-f", str(FILE), "--profile", "monitoring", "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert checked.stderr == ""


def compose_command() -> list[str] | None:
    """Version 2 of Compose, as a plugin or by itself; no other knows all of the file."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) is None:
            continue
        told = subprocess.run([*command, "version", "--short"], capture_output=True, check=False)
        if told.returncode == 0 and re.match(rb"v?([2-9]|\d\d)\.", told.stdout):
            return command
    return None


def test_what_a_service_names_is_declared(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert set(service.get("secrets", [])) <= compose["secrets"].keys(), name
        assert set(service["networks"]) <= compose["networks"].keys(), name
        assert service.get("depends_on", {}).keys() <= compose["services"].keys(), name
        for volume in service.get("volumes", []):
            source, _, target = volume.partition(":")
            if not target:
                continue  # a volume of the container's own
            is_there = (CHECKOUT / source).exists() if source[0] == "." else False
            assert is_there or source in compose["volumes"], f"{name}: {source}"


def test_whoever_depends_on_a_service_waits_for_what_it_can_tell(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                of_image = "build" in services[needed]
                assert "test" in services[needed].get("healthcheck", {}) or of_image, (name, needed)
            else:
                assert services[needed]["restart"] == "no", (name, needed)


def test_every_service_is_watched_and_started_again(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name not in WITHOUT_HEALTH and not name.startswith("worker-"):
            assert "disable" not in service.get("healthcheck", {}), name
            assert "healthcheck" in service or "build" in service, name
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped"), name


def test_the_workers_work_off_every_queue_between_them(services: dict[str, Any]) -> None:
    queues = [
        queue
        for service in services.values()
        if service.get("command", [])[1:2] == ["worker"]
        for queue in service["command"][service["command"].index("--queues") + 1].split(",")
    ]

    assert sorted(queues) == sorted(QUEUES)


def test_no_secret_stands_in_the_environment_or_has_a_default(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            is_file = str(value).startswith("/run/secrets")
            assert is_file or not SECRET_WORDS.search(variable), f"{name}: {variable}"
    assert all(list(secret) == ["file"] for secret in compose["secrets"].values())


def test_what_the_service_runs_as_may_write_nowhere_but_to_its_volumes(
    services: dict[str, Any],
) -> None:
    for name, service in services.items():
        if "build" in service or name == "nginx":
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name


def test_images_are_of_a_version(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if "build" not in service:
            assert re.search(r":[\w.-]*\d", service["image"]), name


def test_every_variable_of_the_edge_is_given(services: dict[str, Any]) -> None:
    templates = "".join(path.read_text() for path in (NGINX_FILES / "templates").iterdir())

    wanted = set(re.findall(r"\$\{(\w+)\}", templates))

    assert wanted == {name for name in services["nginx"]["environment"] if name[:5] == "EDGE_"}


def test_only_the_edge_may_say_who_asks(compose: dict[str, Any]) -> None:
    trusted = compose["services"]["api"]["environment"]["NEUROSHIKSHA_TRUSTED_PROXIES"]
    members = [n for n, s in compose["services"].items() if "edge" in s["networks"]]

    assert [net["subnet"] for net in compose["networks"]["edge"]["ipam"]["config"]] == [trusted]
    assert members == ["api", "nginx"]


def test_secrets_are_made_once_and_the_service_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compose: dict[str, Any]
) -> None:
    script = shutil.copy(CHECKOUT / "deploy" / "make_secrets.sh", tmp_path)
    subprocess.run(["/bin/sh", script], check=True, capture_output=True)
    folder = tmp_path / "secrets"
    made = {path.name: path.read_text() for path in folder.iterdir()}
    told = subprocess.run(["/bin/sh", script], check=True, capture_output=True)

    assert told.stdout == b""
    assert made == {path.name: path.read_text() for path in folder.iterdir()}
    assert made.keys() == compose["secrets"].keys()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    random = [value for name, value in made.items() if re.fullmatch("[0-9a-f]{64}", value)]
    assert len(random) == len(set(random)) == 4
    for name in made.keys() & os.environ.keys():
        monkeypatch.delenv(name)
    monkeypatch.setenv("NEUROSHIKSHA_SECRETS_FOLDER", str(folder))
    settings = Settings(_env_file=None, environment="production")
    assert settings.secret_key.get_secret_value() == made["NEUROSHIKSHA_SECRET_KEY"]
    assert made["POSTGRES_PASSWORD"] in settings.database_url.get_secret_value()
    assert settings.uses_built_in_model


def test_prometheus_asks_every_replica_and_every_worker(services: dict[str, Any]) -> None:
    scraping = yaml.safe_load((CHECKOUT / "deploy/prometheus/prometheus.yml").read_text())
    asked = {
        (name, found["port"])
        for job in scraping["scrape_configs"]
        for found in job["dns_sd_configs"]
        for name in found["names"]
    }
    workers = {name: services[name]["environment"] for name in services if name[:7] == "worker-"}

    assert asked == {
        ("api", 8000),
        *((name, int(env["NEUROSHIKSHA_WORKER_METRICS_PORT"])) for name, env in workers.items()),
    }
    for job in scraping["scrape_configs"]:
        secret = Path(job["authorization"]["credentials_file"]).name
        assert secret in services["prometheus"]["secrets"]
