"""Mail over SMTP, as a real server takes it."""

import pytest

from connectors.mail import (
    Mail,
    MailAddressError,
    MailRefusedError,
    MailUnavailableError,
    SmtpMailer,
    SmtpServer,
    message_of,
)
from tests.support.mail_server import free_port, mail_server

SENDER = "Our School <tutor@school.edu>"
MAIL = Mail("0190", "asha@school.edu", "नमस्ते", "Your link:\n\nhttps://school.edu/x#y\n")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.school.edu", ("mail.school.edu", 587, None, False, None)),
        ("smtps://mail.school.edu", ("mail.school.edu", 465, None, True, False)),
        ("smtp://u:p%40ss@mail.school.edu:25", ("mail.school.edu", 25, "p@ss", False, True)),
        ("smtp://u:p@localhost:1025", ("localhost", 1025, "p", False, None)),
        ("smtp://u:p@[::1]", ("::1", 587, "p", False, None)),
    ],
)
def test_a_url_names_server_password_and_tls(url: str, expected: tuple[object, ...]) -> None:
    server = SmtpServer.of_url(url)

    assert (
        server.host,
        server.port,
        server.password,
        server.use_tls,
        server.start_tls,
    ) == expected


@pytest.mark.parametrize("url", ["", "mail.school.edu", "http://x", "smtp://", "smtp://x:port"])
def test_any_other_url_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(MailAddressError):
        SmtpServer.of_url(url)


async def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server() as server:
        url = f"smtp://asha:a%20mail%20password@127.0.0.1:{server.port}"
        await SmtpMailer(SmtpServer.of_url(url), SENDER).send(MAIL)

    (mail,) = server.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, MAIL.recipient, MAIL.subject)
    assert mail["Message-ID"] == "<0190@school.edu>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == MAIL.body
    assert server.logins == [b"asha"]


@pytest.mark.parametrize("field", ["recipient", "subject"])
def test_a_line_break_makes_no_header(field: str) -> None:
    values = {"id": "1", "recipient": "a@school.edu", "subject": "x", "body": "y"}
    values[field] += "\r\nBcc: all@school.edu"

    with pytest.raises(ValueError, match=r"header|newline|linefeed|carriage"):
        message_of(Mail(**values), SENDER)


async def test_refusals_for_good_and_for_now_are_told_apart() -> None:
    with mail_server() as server:
        mailer = SmtpMailer(SmtpServer.of_url(server.url), SENDER)
        server.refused.add(MAIL.recipient)
        with pytest.raises(MailRefusedError, match="550"):
            await mailer.send(MAIL)
        server.refused.clear()
        server.answers += ["554 that is spam", "452 the disk is full"]
        with pytest.raises(MailRefusedError, match="554"):
            await mailer.send(MAIL)
        with pytest.raises(MailUnavailableError, match="452"):
            await mailer.send(MAIL)

    assert server.mails == []


async def test_a_wrong_password_and_a_server_away_may_be_put_right() -> None:
    with mail_server() as server:
        wrong = SmtpServer.of_url(f"smtp://asha:wrong@127.0.0.1:{server.port}")
        with pytest.raises(MailUnavailableError, match="535"):
            await SmtpMailer(wrong, SENDER).send(MAIL)
    away = SmtpServer.of_url(f"smtp://127.0.0.1:{free_port()}")
    with pytest.raises(MailUnavailableError):
        await SmtpMailer(away, SENDER).send(MAIL)


async def test_a_password_goes_to_no_server_without_tls() -> None:
    with mail_server() as server:
        spoken_to = SmtpServer("127.0.0.1", server.port, "asha", "secret", False, True)

        with pytest.raises(MailUnavailableError, match="STARTTLS"):
            await SmtpMailer(spoken_to, SENDER).send(MAIL)

    assert server.logins == []
