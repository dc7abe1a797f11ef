"""Forgets what accounts leave in the database for a while only."""

from storage.database import MAINTENANCE, Database
from storage.repositories.account_links import sweep_account_links
from storage.repositories.invitations import sweep_invitations
from storage.repositories.sessions import sweep_sessions
from storage.repositories.sign_in_attempts import sweep_sign_in_attempts


class AccountUpkeep:
    """Clears away sessions, links and counts whose time is over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sweep(self) -> None:
        """Forgets a bounded number of each."""
        async with self._database.transaction(MAINTENANCE) as session:
            await sweep_sessions(session)
            await sweep_sign_in_attempts(session)
            await sweep_account_links(session)
            await sweep_invitations(session)
