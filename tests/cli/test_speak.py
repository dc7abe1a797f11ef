"""`neuroshiksha speak` as a person types it."""

from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from cli.main import command_line
from tests.support.remote_services import SPOKEN, remote_services


def speak(text: str, out: Path, url: str) -> Result:
    command = ["speak", text, "--out", str(out)]
    environment = {"NEUROSHIKSHA_SPEECH_URL": url}
    return CliRunner().invoke(command_line("speak"), command, env=environment)


def test_what_is_said_is_in_the_file(tmp_path: Path) -> None:
    out = tmp_path / "work.mp3"
    with remote_services() as remote:
        spoken = speak("Work is force times distance.", out, remote.base_url)

    assert spoken.exit_code == 0, spoken.stderr
    assert out.read_bytes() == SPOKEN


def test_a_service_that_refuses_leaves_no_file_and_says_why(tmp_path: Path) -> None:
    out = tmp_path / "work.mp3"
    with remote_services() as remote:
        remote.always = "wrong_key"
        refused = speak("Work.", out, remote.base_url)

    assert refused.exit_code == 1
    assert "does not accept the key" in refused.stderr
    assert "doctor" in refused.stderr
    assert not out.exists()


def test_without_a_service_the_setting_is_named(tmp_path: Path) -> None:
    asked = speak("Work.", tmp_path / "work.mp3", "")

    assert asked.exit_code == 1
    assert "NEUROSHIKSHA_SPEECH_URL" in asked.stderr


def test_another_kind_of_file_is_a_usage_error(tmp_path: Path) -> None:
    asked = speak("Work.", tmp_path / "work.txt", "")

    assert asked.exit_code == 2
    assert ".mp3" in asked.stderr
