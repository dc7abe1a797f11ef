"""Who someone is: the actor behind a cookie, a token or a key."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from uuid_utils.compat import uuid7

from models import User
from services.accounts.sessions import RememberedActors, cookie_hash
from services.actors import Actor, Role
from services.api_keys import ApiKeyService, is_api_key
from services.errors import NotAuthenticatedError
from services.tokens import TokenIssuer
from storage.database import MAINTENANCE, Database, Scope
from storage.repositories.audit import AuditRepository
from storage.repositories.second_factors import SecondFactorRepository
from storage.repositories.sessions import SessionRepository, UsedSession
from storage.repositories.users import UserRepository

OPERATOR_EMAIL = "operator@localhost"
ENDED = "This session has ended, or its account is blocked or gone. Sign in again."
NOBODY = Scope()
"""The scope of acts before anyone is known."""


class IdentityService:
    """Recognises those who signed in."""

    def __init__(
        self,
        database: Database,
        tokens: TokenIssuer,
        api_keys: ApiKeyService,
        actors: RememberedActors,
        *,
        idle: timedelta,
        two_factor_roles: frozenset[Role] = frozenset(),
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._api_keys = api_keys
        self._actors = actors
        self._idle = idle
        self._two_factor_roles = two_factor_roles

    async def authenticate(self, access_token: str) -> Actor:
        """The actor an access token or API key stands for; asked of the database every few seconds.

        Raises:
            NotAuthenticatedError: when the token is not good, its session has ended, or the
                account is blocked or gone.
        """
        if is_api_key(access_token):
            return await self.recognise(await self._api_keys.owner_of(access_token))
        claims = self._tokens.read(access_token, "access")
        return await self.recognise(claims.user_id, claims.session_id)

    async def authenticate_browser(self, cookie: str) -> Actor:
        """The actor whose browser sends that cookie.

        Raises:
            NotAuthenticatedError: when its session has ended, or the account is blocked or gone.
        """
        hashed = cookie_hash(cookie)
        actor = self._actors.get(hashed)
        if actor is None:
            async with self._database.transaction(MAINTENANCE) as session:
                used = await SessionRepository(session).use_by_cookie(hashed, self._idle)
            actor = self._remember(hashed, used)
        return actor

    async def recognise(self, user_id: UUID, session_id: UUID | None = None) -> Actor:
        """The actor with that id, who has shown who they are before, in that session.

        Without a session they act through an API key.

        Raises:
            NotAuthenticatedError: when the session has ended, or the account is blocked or gone.
        """
        actor = self._actors.get(session_id or user_id)
        if actor is not None:
            return actor
        if session_id is None:
            actor = await self._find_actor(user_id)
            self._actors.put(user_id, actor)
            return actor
        async with self._database.transaction(MAINTENANCE) as session:
            used = await SessionRepository(session).use(session_id, self._idle)
        return self._remember(session_id, used)

    def _remember(self, key: UUID | bytes, used: UsedSession | None) -> Actor:
        if used is None:
            raise NotAuthenticatedError(ENDED)
        role = cast("Role", used.role)
        actor = Actor(
            used.user_id,
            used.email,
            role,
            session_id=used.id,
            lacks_second_factor=role in self._two_factor_roles and not used.has_second_factor,
        )
        self._actors.put(key, actor)
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
            lacks = False
            if user is not None and user.role in self._two_factor_roles:
                kept = await SecondFactorRepository(session).find(user_id)
                lacks = kept is None or not kept.is_confirmed
        if user is None or not user.is_active:
            raise NotAuthenticatedError("This account is blocked or no longer exists.")
        role = cast("Role", user.role)
        return Actor(user.id, user.email, role, lacks_second_factor=lacks)
