"""A real SMTP server that keeps what it is sent, and may refuse it."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class MailServer:
    """What arrived, and what to answer next.

    Attributes:
        answers: Given to mails in turn before it accepts, such as `451 busy`.
        refused: Recipients that are refused for good.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.refused: set[str] = set()
        self.logins: list[bytes] = []
        self.port = 0
        self._lock = Lock()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, recipient: str) -> list[EmailMessage]:
        """The mails to an address, the oldest first."""
        with self._lock:
            return [mail for mail in self.mails if mail["To"] == recipient]

    def token_to(self, recipient: str) -> str:
        """What stands after # in the link of the last mail to an address."""
        return token_in(self.to(recipient)[-1].get_content())

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        content = envelope.original_content or b""
        mail = message_from_bytes(content, _class=EmailMessage, policy=default)
        with self._lock:
            self.mails.append(mail)
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"a mail password", handled=False)


def token_in(body: str) -> str:
    """What stands after # in the link of a mail."""
    found = re.search(r"https?://\S+#(\S+)", body)
    assert found is not None, body
    return found.group(1)


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mail_server(**options: object) -> Iterator[MailServer]:
    """A server on a free port, until the context ends."""
    server = MailServer()
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=server.authenticate,
        auth_require_tls=False,
        **options,
    )
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()
