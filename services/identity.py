"""Who someone is: registering, signing in, and the actor behind a token."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from uuid_utils.compat import uuid7

from models import User
from services.actors import Actor, Role
from services.api_keys import ApiKeyService, is_api_key
from services.errors import InvalidValueError, NotAuthenticatedError
from services.passwords import Passwords
from services.recent import RecentValues
from services.tokens import TokenIssuer, TokenPair
from services.users import NewUser, UserService, UserView
from storage.database import Database, Scope
from storage.repositories.audit import AuditRepository
from storage.repositories.users import UserRepository

OPERATOR_EMAIL = "operator@localhost"
NOBODY = Scope()
"""The scope of acts before anyone is known."""


class IdentityService:
    """Registers people, signs them in and recognises them again."""

    def __init__(
        self,
        database: Database,
        users: UserService,
        passwords: Passwords,
        tokens: TokenIssuer,
        api_keys: ApiKeyService,
        actors: RecentValues[UUID, Actor],
        *,
        allowed_domains: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._users = users
        self._passwords = passwords
        self._tokens = tokens
        self._api_keys = api_keys
        self._actors = actors
        self._allowed_domains = frozenset(domain.lower() for domain in allowed_domains)

    async def register(self, new: NewUser) -> UserView:
        """Makes a student's account.

        Raises:
            InvalidValueError: when the password is weak or the address's domain is not allowed.
            ConflictError: when the address is taken.
        """
        domain = new.email.rpartition("@")[2].lower()
        if self._allowed_domains and domain not in self._allowed_domains:
            allowed = ", ".join(sorted(self._allowed_domains))
            message = f"Addresses at {domain} may not register here; these may: {allowed}."
            raise InvalidValueError("email", message)
        return await self._users.register(new)

    async def sign_in(self, email: str, password: str) -> TokenPair:
        """Tokens for the right address and password.

        As slow for an unknown address as for a wrong password, and with the same error.

        Raises:
            NotAuthenticatedError: when they do not belong together, or the account is blocked.
        """
        async with self._database.transaction(NOBODY) as session:
            user = await UserRepository(session).find_by_email(email.strip().lower())
        password_hash = user.password_hash if user else None
        is_right = await self._passwords.verify(password, password_hash)
        if user is None or password_hash is None or not is_right or not user.is_active:
            raise NotAuthenticatedError("The e-mail address or the password is wrong.")
        if self._passwords.is_outdated(password_hash):
            new_hash = await self._passwords.hash(password)
            async with self._database.transaction(Scope(user_id=user.id)) as session:
                await UserRepository(session).change(user.id, {"password_hash": new_hash})
        return self._tokens.issue(user.id, user.role)

    async def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair for a good refresh token.

        Raises:
            NotAuthenticatedError: when the token is not good, or the account is blocked or gone.
        """
        actor = await self._find_actor(self._tokens.read(refresh_token, "refresh"))
        return self._tokens.issue(actor.user_id, actor.role)

    async def authenticate(self, access_token: str) -> Actor:
        """The actor an access token or API key stands for; asked of the database every few seconds.

        Raises:
            NotAuthenticatedError: when the token is not good, or the account is blocked or gone.
        """
        if is_api_key(access_token):
            return await self.recognise(await self._api_keys.owner_of(access_token))
        return await self.recognise(self._tokens.read(access_token, "access"))

    async def recognise(self, user_id: UUID) -> Actor:
        """The actor with that id, who has shown who they are before.

        Raises:
            NotAuthenticatedError: when the account is blocked or gone.
        """
        actor = self._actors.get(user_id)
        if actor is None:
            actor = await self._find_actor(user_id)
            self._actors.put(user_id, actor)
        return actor

    async def operator(self) -> Actor:
        """The local account that the command line acts as; made at its first use."""
        async with self._database.transaction(NOBODY) as session:
            users = UserRepository(session)
            user = await users.find_by_email(OPERATOR_EMAIL)
            if user is None:
                user = await self._add_operator(users, AuditRepository(session))
        return Actor(user.id, user.email, "admin", is_operator=True)

    async def _add_operator(self, users: UserRepository, audit: AuditRepository) -> User:
        values = {
            "id": uuid7(),
            "email": OPERATOR_EMAIL,
            "display_name": "Operator",
            "role": "admin",
        }
        user = await users.add_unless_taken(values)
        if user is None:  # another process was quicker
            return await users.get_by_email(OPERATOR_EMAIL)
        await audit.record("user.create", actor_id=user.id, subject=str(user.id))
        return user

    async def _find_actor(self, user_id: UUID) -> Actor:
        async with self._database.transaction(Scope(user_id=user_id)) as session:
            user = await UserRepository(session).find(user_id)
        if user is None or not user.is_active:
            raise NotAuthenticatedError("This account is blocked or no longer exists.")
        return Actor(user.id, user.email, cast("Role", user.role))
