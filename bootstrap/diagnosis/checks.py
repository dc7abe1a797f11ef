"""All checks, in the order a person would ask."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_settings import SettingsError

from bootstrap.diagnosis.finding import Finding
from bootstrap.diagnosis.installation import (
    check_browser,
    check_home,
    check_packages,
    check_page,
    check_python,
)
from bootstrap.diagnosis.models import check_chat_models, check_encoder
from bootstrap.diagnosis.remote_services import CHECKS as REMOTE_SERVICES
from bootstrap.diagnosis.servers import check_port, check_postgres, check_redis
from bootstrap.diagnosis.video import check_video
from bootstrap.home import Home
from bootstrap.settings import Settings


def diagnose(home: Home, host: str, port: int) -> Iterator[Finding]:
    """Checks the installation of this environment, each finding as soon as it is known."""
    yield check_python()
    yield check_packages()
    yield check_home(home)
    try:
        settings = Settings(home=home.root)
    except ValidationError as error:
        yield from _faulty_settings(error)
        return
    except SettingsError as error:
        yield Finding("settings", "fail", str(error), "Correct the folder, or unset it.")
        return
    yield Finding("settings", "ok", f"environment {settings.environment}")
    yield check_postgres(home, settings)
    yield check_redis(settings)
    yield check_port(host, port)
    yield check_encoder(settings)
    yield from check_chat_models(settings)
    yield from filter(None, (check(settings) for check in REMOTE_SERVICES))
    yield check_video()
    yield check_page()
    yield check_browser()


def _faulty_settings(error: ValidationError) -> Iterator[Finding]:
    """A finding for each faulty setting, without its value, which may be a secret."""
    for fault in error.errors(include_input=False, include_url=False):
        name = ".".join(map(str, fault["loc"])) or "settings"
        advice = "Correct it in the environment or in .env; docs/settings.md lists all settings."
        yield Finding("settings", "fail", f"{name}: {fault['msg']}", advice)
