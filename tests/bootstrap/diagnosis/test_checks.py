"""What doctor finds, and what it advises."""

import asyncio
import socket
import time

import pytest
from pydantic import SecretStr, ValidationError

from bootstrap.asset_stores import open_asset_store
from bootstrap.diagnosis import diagnose
from bootstrap.diagnosis.installation import check_home, check_packages, check_page
from bootstrap.diagnosis.models import check_chat_model, check_chat_models, check_encoder
from bootstrap.diagnosis.remote_services import (
    check_asset_store,
    check_embeddings,
    check_mail,
    check_moderator,
    check_reranker,
    check_speech,
)
from bootstrap.diagnosis.servers import check_port, check_postgres, check_redis
from bootstrap.diagnosis.video import check_video
from bootstrap.embedded.ports import find_free_port
from bootstrap.home import Home
from bootstrap.settings import Settings
from tests.support.encoder import exported_encoder
from tests.support.mail_server import mail_server
from tests.support.object_storage import bucket, s3_address
from tests.support.openai_server import OpenAIServer
from tests.support.remote_services import DIMENSION, remote_services

__all__ = ["bucket", "s3_address"]

NO_OLLAMA = "http://127.0.0.1:1/v1"


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "a home")
    home.create()
    return home


def settings_with(home, **values):
    defaults = {"openai_api_key": SecretStr(""), "openai_base_url": ""}
    return Settings(_env_file=None, home=home.root, **(defaults | values))


def test_installed_packages_satisfy_what_the_project_requires():
    assert check_packages().status == "ok"


def test_package_that_is_not_installed_is_told_with_what_to_do():
    finding = check_packages("surely-not-installed")

    assert (finding.status, "make run" in finding.advice) == ("fail", True)


def test_home_is_told_with_its_free_space(home):
    finding = check_home(home)

    assert (finding.status, "GB free" in finding.detail) == ("ok", True)


def test_what_videos_are_made_with_is_tried():
    assert check_video().status == "ok"


def test_an_encoder_that_does_not_run_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "gone"))

    finding = check_video()

    assert (finding.status, "gone" in finding.detail) == ("warn", True)


def test_page_that_is_not_built_is_a_warning(tmp_path):
    assert check_page(tmp_path).status == "warn"


@pytest.mark.server
def test_embedded_postgres_comes_with_pgvector(home):
    assert check_postgres(home, settings_with(home)).status == "ok"


@pytest.mark.server
def test_given_postgres_is_asked_for_its_version_and_pgvector(home, database_url):
    finding = check_postgres(home, settings_with(home, database_url=SecretStr(database_url)))

    assert finding.status == "ok"
    assert finding.detail.startswith("version 18 with pgvector")


@pytest.mark.server
def test_a_clock_that_differs_from_that_of_postgres_is_told(home, database_url):
    settings = settings_with(home, database_url=SecretStr(database_url))

    finding = check_postgres(home, settings, clock=lambda: time.time() - 90)

    assert (finding.status, "90 s apart" in finding.detail) == ("warn", True)


def test_given_postgres_that_does_not_answer_fails(home):
    url = f"postgresql://nobody@127.0.0.1:{find_free_port()}/none"

    finding = check_postgres(home, settings_with(home, database_url=SecretStr(url)))

    assert (finding.status, "DATABASE_URL" in finding.advice) == ("fail", True)


@pytest.mark.server
def test_given_redis_that_evicts_nothing_is_well(home, redis_url):
    assert check_redis(settings_with(home, redis_url=SecretStr(redis_url))).status == "ok"


@pytest.mark.server
def test_given_redis_that_evicts_keys_is_a_warning(home, redis_cache_url):
    finding = check_redis(settings_with(home, redis_url=SecretStr(redis_cache_url)))

    assert (finding.status, "noeviction" in finding.advice) == ("warn", True)


def test_given_redis_that_does_not_answer_fails(home):
    url = f"redis://127.0.0.1:{find_free_port()}"

    assert check_redis(settings_with(home, redis_url=SecretStr(url))).status == "fail"


def test_busy_port_is_told_with_a_free_one():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        finding = check_port("127.0.0.1", holder.getsockname()[1])

    assert (finding.status, "make run PORT=" in finding.advice) == ("warn", True)


def test_encoder_that_is_not_whole_fails(home):
    settings = settings_with(home)
    settings.encoder_folder.mkdir(parents=True)

    assert check_encoder(settings).status == "fail"


def test_no_chat_model_is_fine_because_the_built_in_one_answers(home):
    finding = check_chat_model(settings_with(home), ollama_url=NO_OLLAMA)

    assert (finding.status, "built-in" in finding.detail) == ("ok", True)


def test_chat_model_that_does_not_answer_is_a_warning(home):
    url = f"http://127.0.0.1:{find_free_port()}/v1"

    finding = check_chat_model(settings_with(home, openai_base_url=url))

    assert (finding.status, url in finding.detail) == ("warn", True)


def embeddings_at(home, url, dimension=DIMENSION):
    home.models.mkdir(exist_ok=True)
    settings = settings_with(
        home,
        embeddings_url=url,
        embeddings_model="words",
        embeddings_dimension=dimension,
    )
    if not settings.encoder_folder.exists():
        settings.encoder_folder.symlink_to(exported_encoder().folder)
    return settings


def test_no_embeddings_service_is_nothing_to_tell(home):
    assert check_embeddings(settings_with(home)) is None


def test_embeddings_service_that_answers_is_well(home):
    with remote_services() as remote:
        assert check_embeddings(embeddings_at(home, remote.base_url)).status == "ok"


def test_embeddings_service_whose_vectors_are_others_fails_with_the_settings_to_check(home):
    with remote_services() as remote:
        finding = check_embeddings(embeddings_at(home, remote.base_url, DIMENSION + 1))

    assert finding.status == "fail"
    assert "48 components, 49 are set" in finding.detail
    assert "NEUROSHIKSHA_EMBEDDINGS_URL" in finding.advice


def test_embeddings_service_that_is_not_there_fails(home):
    finding = check_embeddings(embeddings_at(home, f"http://127.0.0.1:{find_free_port()}/v1"))

    assert (finding.status, "could not be reached" in finding.detail) == ("fail", True)


def test_reranker_that_does_not_answer_is_a_warning_with_the_settings_to_check(home):
    with remote_services() as remote:
        settings = settings_with(home, rerank_url=remote.base_url)
        well = check_reranker(settings)
        remote.always = "wrong_json"
        finding = check_reranker(settings)

    assert check_reranker(settings_with(home)) is None
    assert well.status == "ok"
    assert (finding.status, "NEUROSHIKSHA_RERANK_URL" in finding.advice) == ("warn", True)


def test_moderator_that_does_not_answer_is_a_warning_with_the_settings_to_check(home):
    with remote_services() as remote:
        settings = settings_with(home, moderation_url=remote.base_url)
        well = check_moderator(settings)
        remote.always = "wrong_json"
        finding = check_moderator(settings)

    assert check_moderator(settings_with(home)) is None
    assert well.status == "ok"
    assert (finding.status, "NEUROSHIKSHA_MODERATION_URL" in finding.advice) == ("warn", True)


def test_speech_service_that_does_not_speak_is_a_warning_with_the_settings_to_check(home):
    with remote_services() as remote:
        settings = settings_with(home, speech_url=remote.base_url)
        well = check_speech(settings)
        remote.always = "wrong_key"
        finding = check_speech(settings)

    assert check_speech(settings_with(home)) is None
    assert well.status == "ok"
    assert (finding.status, "NEUROSHIKSHA_SPEECH_URL" in finding.advice) == ("warn", True)


def test_a_bucket_that_takes_files_or_is_not_there_is_told_and_nothing_stays_in_it(home, bucket):
    there = {
        "asset_store": f"s3://{bucket.name}",
        "s3_endpoint": bucket.endpoint,
        "s3_key_id": bucket.key_id,
        "s3_secret": SecretStr(bucket.secret),
    }
    settings = settings_with(home, **there)
    well = check_asset_store(settings)
    other = check_asset_store(settings_with(home, **there | {"asset_store": "s3://nobody-s"}))

    assert check_asset_store(settings_with(home)) is None
    assert (well.status, list(open_asset_store(settings).hashes())) == ("ok", [])
    assert (other.status, "NEUROSHIKSHA_ASSET_STORE" in other.advice) == ("fail", True)


@pytest.mark.parametrize("values", [{"s3_key_id": "key"}, {"asset_store": "https://there"}])
def test_half_a_key_and_other_addresses_of_a_bucket_are_refused(home, values):
    with pytest.raises(ValidationError):
        settings_with(home, **values)


def test_mail_server_that_lets_us_in_or_not_is_told(home):
    sender = {"mail_from": "tutor@school.edu"}
    with mail_server() as server:
        well = check_mail(settings_with(home, smtp_url=server.url, **sender))
    away = check_mail(settings_with(home, smtp_url=server.url, **sender))

    assert check_mail(settings_with(home)) is None
    assert well.status == "ok"
    assert (away.status, "SMTP_URL" in away.advice) == ("warn", True)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"embeddings_url": "http://there/v1"}, "NEUROSHIKSHA_EMBEDDINGS_MODEL"),
        ({"embeddings_url": "there"}, "pattern"),
        ({"embeddings_dimension": 4001}, "4000"),
    ],
)
def test_settings_of_a_remote_encoder_that_cannot_be_are_refused(home, values, told):
    with pytest.raises(ValidationError, match=told):
        settings_with(home, **values)


DEPLOYMENT = """
[deployments.{name}]
provider = "openai_compatible"
base_url = "{url}"
wire_model = "{model}"
"""


def models_file(tmp_path, *deployments):
    path = tmp_path / "models.toml"
    path.write_text("".join(DEPLOYMENT.format(**each) for each in deployments))
    return path


def test_broken_models_file_is_told_with_line_field_and_what_to_do(home, tmp_path):
    path = models_file(tmp_path, {"name": "big", "url": "http://x/v1", "model": "m"})
    with path.open("a") as file:
        file.write("weight = -1\n")

    (finding,) = check_chat_models(settings_with(home, models_file=path))

    assert finding.status == "fail"
    assert f"{path}, line 6, deployments.big.weight" in finding.detail
    assert "docs/models.md" in finding.advice


async def test_each_deployment_of_the_models_file_is_asked(home, tmp_path):
    async with OpenAIServer() as server:
        path = models_file(
            tmp_path,
            {"name": "there", "url": server.base_url, "model": "m"},
            {"name": "unknown", "url": server.base_url, "model": "no-such-model"},
            {"name": "away", "url": f"http://127.0.0.1:{find_free_port()}/v1", "model": "m"},
        )
        settings = settings_with(home, models_file=path)
        findings = await asyncio.to_thread(lambda: list(check_chat_models(settings)))

    assert [finding.status for finding in findings] == ["ok", "ok", "warn", "warn"]
    assert "there, unknown, away" in findings[0].detail
    assert findings[2].advice == "Set its wire_model to one of: m"
    assert "does not serve" in findings[3].detail


def test_weak_secret_in_production_is_told_and_not_shown(home, monkeypatch):
    monkeypatch.setenv("NEUROSHIKSHA_ENV", "production")
    monkeypatch.setenv("NEUROSHIKSHA_SECRET_KEY", "too-short-a-secret")

    faults = [finding for finding in diagnose(home, "127.0.0.1", 1) if finding.status == "fail"]

    assert len(faults) == 1
    assert "NEUROSHIKSHA_SECRET_KEY is missing or weak" in faults[0].detail
    assert "too-short-a-secret" not in str(faults)
