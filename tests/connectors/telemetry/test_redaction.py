"""No secret gets into the log, wherever it stands; figures and words stay."""

import json
import logging

import pytest

from connectors.telemetry.logs import fields, formatter
from connectors.telemetry.redaction import redacted

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
SECRETS = [
    ("Authorization: Bearer abc.DEF-123456", "abc.DEF-123456"),
    (f"the token {JWT} is not good", JWT),
    ("key nsk_A1b2C3d4E5f6G7h8", "A1b2C3d4E5f6G7h8"),
    ("upstream said: Incorrect API key sk-proj-abcdef123456", "abcdef123456"),
    ("redis://user:pa55word@cache:6379/0", "pa55word"),
    ("GET /api/v1/ws?ticket=u7Jk2mPq9", "u7Jk2mPq9"),
    ('{"password": "hunter22"}', "hunter22"),
    ("GET /signed-assets/0199/1790000000/deadbeefdeadbeef", "deadbeefdeadbeef"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_secrets_are_taken_out_of_texts(text: str, secret: str) -> None:
    assert secret not in redacted(text)
    assert "[redacted]" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "What is the basic unit of work?",
        "The token bucket is full; 12 tokens were used",
        "job 0199 is not published: the broker does not answer",
        "https://school.edu/courses?page=2",
    ],
)
def test_words_stay_as_they_are(text: str) -> None:
    assert redacted(text) == text


def record(message: str, **values: object) -> logging.LogRecord:
    made = logging.LogRecord("services.x", logging.WARNING, "x.py", 1, message, (), None)
    made.__dict__.update(fields(**values))
    return made


def test_a_line_is_one_json_object_without_secrets_at_any_depth() -> None:
    line = formatter("json").format(
        record(
            "sent",
            refresh_token="abcdefgh",
            headers={"Cookie": "session=1", "X-API-Key": "k", "Accept": "text/html"},
            prompt_tokens=12,
            tried=["redis://:pa55word@cache/0"],
        )
    )

    told = json.loads(line)
    assert "\n" not in line
    assert told["refresh_token"] == "[redacted]"
    assert told["headers"] == {
        "Cookie": "[redacted]",
        "X-API-Key": "[redacted]",
        "Accept": "text/html",
    }
    assert told["prompt_tokens"] == 12
    assert "pa55word" not in line
    assert (told["level"], told["logger"], told["event"]) == ("warning", "services.x", "sent")


@pytest.mark.parametrize("log_format", ["json", "plain"])
def test_a_line_of_the_server_is_called_an_error_only_where_it_is_one(log_format: str) -> None:
    made = logging.LogRecord("uvicorn.error", logging.INFO, "x.py", 1, "running", (), None)

    assert "error" not in formatter(log_format).format(made)


@pytest.mark.parametrize("log_format", ["json", "plain"])
def test_secrets_of_an_exception_are_taken_out(log_format: str) -> None:
    try:
        raise ValueError("cannot reach redis://:pa55word@cache/0")  # noqa: TRY301
    except ValueError:
        import sys

        made = logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info())

    line = formatter(log_format).format(made)

    assert "ValueError" in line
    assert "Traceback" in line
    assert "pa55word" not in line
