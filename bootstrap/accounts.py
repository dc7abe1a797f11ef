"""Wires the services of accounts; does no I/O of its own."""

from dataclasses import dataclass
from datetime import timedelta

from bootstrap.adapters import Adapters
from bootstrap.identity_providers import LateOidcProvider
from bootstrap.settings import Settings
from connectors.mail import SmtpMailer, SmtpServer
from services.account_eraser import AccountEraser
from services.accounts.external import ExternalSignInService
from services.accounts.invitations import InvitationService
from services.accounts.mail_writing import AccountMailWriter
from services.accounts.outbox import MailService
from services.accounts.recovery import RecoveryService
from services.accounts.registration import RegistrationRules, RegistrationService
from services.accounts.second_factor import SecondFactorService
from services.accounts.sessions import RememberedActors, SessionLifetime, SessionService
from services.accounts.signing_in import SignInService
from services.api_keys import ApiKeyService
from services.audit import AuditService
from services.erasure import ErasureService
from services.identity import IdentityService
from services.keyring import KeyRing
from services.passwords import Passwords
from services.personal_export import PersonalExportService
from services.recent import RecentValues
from services.secret_box import SecretBox
from services.tokens import TokenIssuer
from services.users import UserService
from storage.answer_streams import AnswerStreams
from storage.database import Database

ACTOR_LIFETIME = timedelta(seconds=5)
"""How long a process may still act for a user whom another process changed or blocked."""


@dataclass(frozen=True, slots=True)
class AccountServices:
    """Every use case about people's accounts."""

    identity: IdentityService
    signing_in: SignInService
    sessions: SessionService
    registration: RegistrationService
    external_sign_in: ExternalSignInService
    recovery: RecoveryService
    second_factor: SecondFactorService
    invitations: InvitationService
    mails: MailService
    audit: AuditService
    api_keys: ApiKeyService
    users: UserService
    erasure: ErasureService
    personal_export: PersonalExportService


def build_accounts(adapters: Adapters) -> AccountServices:
    """The services of accounts over these adapters."""
    settings = adapters.settings
    passwords = Passwords()
    actors: RememberedActors = RecentValues(ACTOR_LIFETIME, adapters.clock)
    keys = KeyRing.of_setting(settings.secret_key.get_secret_value())
    tokens = TokenIssuer(
        keys,
        access_lifetime=timedelta(minutes=settings.access_token_minutes),
        clock=adapters.clock,
    )
    lifetime = SessionLifetime(
        whole=timedelta(days=settings.session_days), idle=timedelta(days=settings.session_idle_days)
    )
    sessions = SessionService(adapters.database, tokens, actors, lifetime, adapters.clock)
    users = UserService(adapters.database, passwords, sessions, adapters.clock)
    registration = RegistrationService(
        adapters.database,
        users,
        RegistrationRules(
            settings.registration,
            settings.allowed_email_domains,
            settings.requires_verified_email,
        ),
        adapters.clock,
    )
    recovery = RecoveryService(
        adapters.database,
        passwords,
        sessions,
        adapters.clock,
        delivers_mail=settings.delivers_mail,
    )
    two_factor_roles = frozenset(settings.two_factor_roles)
    second_factor = SecondFactorService(
        adapters.database,
        sessions,
        recovery,
        SecretBox(keys, "second factors"),
        adapters.clock,
        school=settings.school_name,
        required_roles=two_factor_roles,
    )
    api_keys = ApiKeyService(adapters.database, adapters.clock)
    return AccountServices(
        identity=IdentityService(
            adapters.database,
            tokens,
            api_keys,
            actors,
            idle=lifetime.idle,
            two_factor_roles=two_factor_roles,
        ),
        signing_in=SignInService(
            adapters.database,
            passwords,
            sessions,
            second_factor,
            requires_verified_email=settings.requires_verified_email,
        ),
        sessions=sessions,
        registration=registration,
        external_sign_in=ExternalSignInService(
            adapters.database,
            sessions,
            registration,
            SecretBox(keys, "sign-ins under way"),
            {one.name: LateOidcProvider(one) for one in settings.oidc_providers},
            labels={one.name: one.label for one in settings.oidc_providers},
            public_url=settings.public_url,
        ),
        recovery=recovery,
        second_factor=second_factor,
        invitations=InvitationService(
            adapters.database, settings.public_url, sends_mail=settings.sends_mail
        ),
        mails=build_mails(adapters.database, settings),
        audit=AuditService(adapters.database),
        api_keys=api_keys,
        users=users,
        erasure=ErasureService(
            adapters.database,
            sessions,
            recovery,
            AccountEraser(adapters.database, AnswerStreams(adapters.redis)),
        ),
        personal_export=PersonalExportService(
            adapters.database, adapters.clock, settings.school_name
        ),
    )


def build_mails(database: Database, settings: Settings) -> MailService:
    """What sends mails, or keeps them where there is no mail server."""
    writer = AccountMailWriter(database, settings.public_url, settings.school_name)
    mailer = None
    if settings.sends_mail:
        server = SmtpServer.of_url(settings.smtp_url.get_secret_value())
        mailer = SmtpMailer(server, settings.mail_from)
    return MailService(database, writer, mailer, keeps_unsent=settings.environment == "embedded")
