"""Mail over SMTP."""

import ipaddress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20.0
SUBMISSION_PORT = 587
TLS_PORT = 465
"""Sources: RFC 6409, section 3.1; RFC 8314, section 3.3."""


class MailError(Exception):
    """A mail was not sent.

    ```
    MailError
    ├── MailUnavailableError    try again later: not reached, busy, or refusing to be signed in to
    └── MailRefusedError        give up: this recipient or this mail will never be taken
    ```
    """


class MailUnavailableError(MailError):
    """The server does not take mail now; later it may."""


class MailRefusedError(MailError):
    """The server will not take this mail however often it is sent."""


class MailAddressError(ValueError):
    """An SMTP_URL that cannot be used; the message has no secret."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text for one person.

    Attributes:
        id: The same for each attempt, so that a mail that comes twice can be told.
    """

    id: str
    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how mail is handed over.

    Attributes:
        start_tls: True insists on STARTTLS, None takes it where it is offered.
    """

    host: str
    port: int
    username: str | None
    password: str | None
    use_tls: bool
    start_tls: bool | None

    @classmethod
    def of_url(cls, url: str) -> "SmtpServer":
        """The server of `smtp://user:password@host:587`, or `smtps://` for TLS from the start.

        With a password, a server that is not this machine must offer STARTTLS.

        Raises:
            MailAddressError: on any other form.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise MailAddressError("SMTP_URL cannot be read.") from error
        if parts.scheme not in {"smtp", "smtps"} or not host:
            raise MailAddressError("SMTP_URL must be smtp://host:port or smtps://host:port.")
        use_tls = parts.scheme == "smtps"
        password = None if parts.password is None else unquote(parts.password)
        insists = password is not None and not _is_this_machine(host)
        return cls(
            host=host,
            port=port or (TLS_PORT if use_tls else SUBMISSION_PORT),
            username=None if parts.username is None else unquote(parts.username),
            password=password,
            use_tls=use_tls,
            start_tls=False if use_tls else (True if insists else None),
        )


class SmtpMailer:
    """Hands mails over to an SMTP server, each over a connection of its own."""

    def __init__(
        self, server: SmtpServer, sender: str, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._server = server
        self._sender = sender
        self._timeout_seconds = timeout_seconds

    async def send(self, mail: Mail) -> None:
        """Sends a mail; it may arrive twice where the connection breaks at its end.

        Raises:
            MailUnavailableError: when the server does not take it now.
            MailRefusedError: when it never will.
        """
        # Imported on use: only a process that sends mail needs it.
        import aiosmtplib

        server = self._server
        try:
            await aiosmtplib.send(
                message_of(mail, self._sender),
                hostname=server.host,
                port=server.port,
                username=server.username,
                password=server.password,
                use_tls=server.use_tls,
                start_tls=server.start_tls,
                timeout=self._timeout_seconds,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            raise _error_of(min(codes, default=0), "the recipient is refused") from error
        except aiosmtplib.SMTPDataError as error:
            raise _error_of(error.code, error.message) from error
        except aiosmtplib.SMTPResponseException as error:
            raise MailUnavailableError(f"{error.code} {error.message}") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailUnavailableError(str(error) or type(error).__name__) from error

    async def check(self) -> None:
        """Passes silently where the server would be spoken to as `send` does.

        Raises:
            MailUnavailableError: when it is not reached, or does not let us in.
        """
        import aiosmtplib

        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.use_tls,
            start_tls=server.start_tls,
            timeout=self._timeout_seconds,
        )
        try:
            async with client:
                await client.noop()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailUnavailableError(str(error) or type(error).__name__) from error


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """The message as it goes over the wire; a line break in a header is an error, not a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{mail.id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _error_of(code: int, message: str) -> MailError:
    """Source: RFC 5321, section 4.2.1: 5yz is permanent."""
    kind = MailRefusedError if 500 <= code < 600 else MailUnavailableError
    return kind(f"{code} {message}")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
