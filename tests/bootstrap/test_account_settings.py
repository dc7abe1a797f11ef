"""Settings of accounts that would be unsafe, or could not work, are refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from bootstrap.settings import Settings

STRONG = "0f8e1c5b9a7d4e3f2c6b8a9d1e0f7c5b"

PROVIDER = {"name": "x", "label": "X", "issuer": "https://x", "client_id": "y"}


def settings(**values: object) -> Settings:
    values = {"environment": "production", "secret_key": STRONG, **values}
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        " , ",
        "short",
        "secret",
        "a" * 64,
        "0123456789" * 4,
        "abcdefgh" * 8,
        "changeme-changeme-0f8e1c5b9a7d4e3f",
        "my neuroshiksha secret key 1234567890",
        f"{STRONG},changeme",
        f"short,{STRONG}",
    ],
)
def test_production_refuses_a_weak_key_without_telling_it(secret: str) -> None:
    with pytest.raises(ValidationError, match="NEUROSHIKSHA_SECRET_KEY") as caught:
        settings(secret_key=secret)

    faults = caught.value.errors(include_input=False, include_url=False)
    assert not secret.strip(" ,") or secret not in str(faults)


@pytest.mark.parametrize("secret", [STRONG, f"{STRONG}, {STRONG[::-1]}"])
def test_production_takes_random_keys(secret: str) -> None:
    assert settings(secret_key=secret).secret_key.get_secret_value() == secret


def test_the_embedded_mode_takes_any_key() -> None:
    assert settings(environment="embedded", secret_key="x")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"smtp_url": "http://mail"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mail", "public_url": "https://x"}, "NEUROSHIKSHA_MAIL_FROM"),
        ({"smtp_url": "smtp://mail", "mail_from": "a@b.c"}, "NEUROSHIKSHA_PUBLIC_URL"),
        ({"mail_from": "a@b.c\r\nBcc: x@y.z"}, "mail_from|MAIL_FROM"),
        ({"public_url": "javascript:alert(1)"}, "pattern"),
        ({"email_verification": "required"}, "SMTP_URL"),
        ({"registration": "domains"}, "NEUROSHIKSHA_ALLOWED_EMAIL_DOMAINS"),
        ({"registration": "closed"}, "invitation"),
        ({"two_factor_roles": ["head"]}, "teacher"),
        ({"oidc_providers": [PROVIDER | {"issuer": "http://x"}]}, "https"),
        ({"oidc_providers": [PROVIDER, PROVIDER]}, "one name"),
        ({"oidc_providers": [PROVIDER | {"name": "../x"}]}, "pattern"),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(**values)


def test_secrets_are_read_from_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "NEUROSHIKSHA_SECRET_KEY").write_text(f"{STRONG}\n")
    (tmp_path / "SMTP_URL").write_text("smtp://there")
    monkeypatch.setenv("NEUROSHIKSHA_SECRETS_FOLDER", str(tmp_path))
    monkeypatch.setenv("SMTP_URL", "smtp://from.the.environment")
    monkeypatch.delenv("NEUROSHIKSHA_SECRET_KEY", raising=False)

    read = Settings(_env_file=None, mail_from="a@b.c")

    assert read.secret_key.get_secret_value() == STRONG
    assert read.smtp_url.get_secret_value() == "smtp://from.the.environment"


def test_a_folder_of_secrets_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEUROSHIKSHA_SECRETS_FOLDER", "/nowhere")

    with pytest.raises(SettingsError, match="/nowhere"):
        Settings(_env_file=None)


def test_an_address_has_to_be_proven_where_mail_can_be_sent() -> None:
    mail = {"smtp_url": "smtp://mail", "mail_from": "a@b.c", "public_url": "https://x"}

    assert not settings().requires_verified_email
    assert settings(**mail).requires_verified_email
    assert not settings(**mail, email_verification="off").requires_verified_email
