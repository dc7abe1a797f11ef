"""What mails say. A link in a mail is made when the mail is sent, so no row ever holds it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.mail import Mail
from content.languages import SpokenLanguage
from models import User
from services.accounts.links import LIFETIMES, PAUSE, link, new_token, token_hash
from services.accounts.mail_words import (
    WORDS,
    MailWords,
    day_words,
    mail_language,
)
from services.accounts.outbox import NOTIFICATIONS
from services.notifications.delivering import told_of
from services.notifications.wording import line_of, path_of
from storage.database import MAINTENANCE, Database
from storage.repositories.account_links import AccountLinkRepository, LinkHolder, LinkPurpose
from storage.repositories.invitations import InvitationRepository
from storage.repositories.notifications import NotificationRepository
from storage.repositories.outgoing_mails import DueMail
from storage.repositories.users import UserRepository

SUBJECT_CHARACTERS = 150


class Text(NamedTuple):
    """What a mail says, and to whom; the address is the account's own, not the one typed."""

    recipient: str
    subject: str
    body: str


class AccountMailWriter:
    """Writes the mails of accounts.

    A request is answered before anyone looks whether its address has an account: that is done
    here, so that no answer tells it, nor takes longer for it.
    """

    def __init__(self, database: Database, public_url: str, school: str) -> None:
        """Takes what mails name.

        Args:
            database: Where accounts are.
            public_url: The page's address, which links begin with.
            school: What the installation is called.
        """
        self._database = database
        self._public_url = public_url
        self._school = school
        self._new_password_page = f"{public_url.rstrip('/')}/forgot-password"
        self._kinds: dict[str, Callable[[AsyncSession, DueMail], Awaitable[Text | None]]] = {
            "verify_email": self._verify_email,
            "reset_password": self._reset_password,
            "address_taken": self._address_taken,
            "password_changed": self._password_changed,
            "invitation": self._invitation,
            NOTIFICATIONS: self._notifications,
        }

    async def write(self, due: DueMail) -> Mail | None:
        """The mail; None where nobody is to get it."""
        async with self._database.transaction(MAINTENANCE) as session:
            text = await self._kinds[due.kind](session, due)
        if text is None:
            return None
        return Mail(str(due.id), text.recipient, text.subject, text.body)

    async def _verify_email(self, session: AsyncSession, due: DueMail) -> Text | None:
        user = await UserRepository(session).find_by_email(due.recipient)
        if user is None or not user.is_active or user.email_verified_at is not None:
            return None
        address = await self._link(session, user, "verify_email", "verify-email", due)
        return None if address is None else self._to(user, "verify_email", address)

    async def _reset_password(self, session: AsyncSession, due: DueMail) -> Text | None:
        user = await UserRepository(session).find_by_email(due.recipient)
        if user is None or not user.is_active:
            return None
        address = await self._link(session, user, "reset_password", "reset-password", due)
        return None if address is None else self._to(user, "reset_password", address)

    async def _address_taken(self, session: AsyncSession, due: DueMail) -> Text | None:
        user = await UserRepository(session).find_by_email(due.recipient)
        return None if user is None else self._to(user, due.kind, self._new_password_page)

    async def _password_changed(self, session: AsyncSession, due: DueMail) -> Text | None:
        user = await UserRepository(session).find_by_email(due.recipient)
        return None if user is None else self._to(user, due.kind, self._new_password_page)

    async def _invitation(self, session: AsyncSession, due: DueMail) -> Text | None:
        invitations = InvitationRepository(session)
        invitation = await invitations.find(UUID(due.details["invitation_id"]))
        if invitation is None:
            return None
        token = new_token()
        await invitations.renew(invitation.id, token_hash(token))
        language = await _language_of(session, invitation.invited_by)
        said = {
            "school": self._school,
            "address": link(self._public_url, "register", token),
            "ends": day_words(invitation.expires_at, language),
        }
        return _text(invitation.email, WORDS[language]["invitation"], said)

    async def _notifications(self, session: AsyncSession, due: DueMail) -> Text | None:
        user = await UserRepository(session).find_by_email(due.recipient)
        ids = [UUID(one) for one in due.details["notification_ids"]]
        stored = await NotificationRepository(session).of_ids(ids)
        if user is None or not user.is_active or not stored:
            return None
        language = mail_language(user.language)
        told = [told_of(one) for one in stored]
        address = self._public_url.rstrip("/")
        lines = [line_of(one, language) for one in told]
        places = [f"{address}{path_of(one)}" for one in told]
        said = {
            "line": lines[0],
            "lines": "\n\n".join(map("\n".join, zip(lines, places, strict=True))),
            "count": str(len(told)),
        }
        return self._to(user, "notification" if len(told) == 1 else "notifications", address, said)

    def _to(
        self, user: User, kind: str, address: str, more: Mapping[str, str] | None = None
    ) -> Text:
        """A mail to the holder of an account, in the account's language."""
        said = {"name": user.display_name, "school": self._school, "address": address}
        return _text(user.email, WORDS[mail_language(user.language)][kind], said | dict(more or {}))

    async def _link(
        self, session: AsyncSession, user: User, purpose: LinkPurpose, path: str, due: DueMail
    ) -> str | None:
        """A new link; None where the account got one of its kind just now."""
        links = AccountLinkRepository(session)
        is_first_attempt = due.attempts == 1
        if is_first_attempt and await links.is_recent(user.id, purpose, PAUSE):
            return None
        token = new_token()
        holder = LinkHolder(user.id, user.email)
        await links.add(token_hash(token), holder, purpose, LIFETIMES[purpose])
        return link(self._public_url, path, token)


def _text(recipient: str, words: MailWords, said: Mapping[str, str]) -> Text:
    subject = words.subject.format_map(said)[:SUBJECT_CHARACTERS]
    return Text(recipient, subject, words.body.format_map(said))


async def _language_of(session: AsyncSession, inviter: UUID | None) -> SpokenLanguage:
    """The inviter's: who is invited has no account yet, and so no language."""
    user = None if inviter is None else await UserRepository(session).find(inviter)
    return "en" if user is None else mail_language(user.language)
