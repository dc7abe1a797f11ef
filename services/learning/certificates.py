"""Certificates: the teacher's rule, giving one, its file, and whether it is valid."""

import asyncio
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from pedagogy.events.kinds import CertificateAwarded
from pedagogy.progress.certificates import CertificateRule
from publishing.certificates import CertificatePage, certificate_pdf
from publishing.errors import PublishingError, TypesettingTimedOutError
from services.access import Permission, authorise
from services.actors import Actor
from services.errors import InvalidValueError, UpstreamTimeoutError, WrongStateError
from services.learning.certificate_words import facts_of, words_of
from services.learning.events import tell
from services.learning.paths import standing
from storage.database import MAINTENANCE, Database
from storage.errors import NotFoundError
from storage.repositories.audit import AuditRepository
from storage.repositories.certificates import (
    CertificateRepository,
    StoredCertificate,
    StoredRule,
)
from storage.repositories.study import StudyRepository

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what looks alike."""
CODE_LENGTH = 16
"""Some 79 bits: nobody finds a code by trying."""
TYPESETTINGS_AT_ONCE = 2
REVOKED = "Your certificate of this course was revoked."


@dataclass(frozen=True, slots=True)
class CertificateCheck:
    """What is told to whoever has a code."""

    is_valid: bool
    course: str
    learner: str | None
    issued_at: datetime
    revoked_at: datetime | None


class CertificateService:
    """Gives certificates to learners who have met the rule of their course."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        *,
        school: str,
        public_url: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._school = school
        self._public_url = public_url.rstrip("/")
        self._places = asyncio.Semaphore(TYPESETTINGS_AT_ONCE)

    async def rule(self, actor: Actor, course: UUID | str) -> StoredRule:
        """What a course asks for before it gives a certificate.

        Raises:
            NotFoundError: no such course for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            return await CertificateRepository(session).rule(access.course_id)

    async def set_rule(self, actor: Actor, course: UUID | str, new: StoredRule) -> StoredRule:
        """Sets it; who has a certificate keeps it.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they do not teach it.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            certificates = CertificateRepository(session)
            await certificates.put_rule(access.course_id, new)
            await AuditRepository(session).record(
                "certificate_rule.set",
                actor_id=actor.user_id,
                subject=str(access.course_id),
                course_id=access.course_id,
                details=_as_details(new.rule),
            )
            return await certificates.rule(access.course_id)

    async def award(self, actor: Actor, course: UUID | str) -> StoredCertificate:
        """Gives the actor the certificate of a course; who has one gets that.

        Raises:
            NotFoundError: no such course for this actor.
            WrongStateError: the rule is not met, the course gives none, or theirs was revoked.
        """
        now = self._clock()
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            course_id = access.course_id
            items = await StudyRepository(session).path(course_id, actor.user_id)
            found = await standing(session, course_id, actor.user_id, items)
            if found is None:
                raise WrongStateError("This course gives no certificate.")
            if found.certificate is not None:
                if not found.certificate.is_valid:
                    raise WrongStateError(REVOKED)
                return found.certificate
            if not found.is_met:
                raise WrongStateError("What the certificate asks for is not all done yet.")
            certificates = CertificateRepository(session)
            given = await certificates.award(
                course_id, actor.user_id, new_code(), found.reached, now
            )
            event = CertificateAwarded(certificate_id=given.id)
            await tell(session, course_id, actor.user_id, now, [event])
        return given

    async def file(self, actor: Actor, course: UUID | str) -> tuple[StoredCertificate, bytes]:
        """The actor's certificate of a course as PDF.

        Raises:
            NotFoundError: no such course for this actor.
            WrongStateError: they have no certificate of it, or it was revoked.
            InvalidValueError: it cannot be typeset; the message says why.
            UpstreamTimeoutError: typesetting took too long.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            course_id = access.course_id
            certificates = CertificateRepository(session)
            held = await certificates.of_learner(course_id, actor.user_id)
            if held is None:
                raise WrongStateError("You have no certificate of this course yet.")
            if not held.is_valid:
                raise WrongStateError(REVOKED)
            stored = await certificates.rule(course_id)
        day = held.issued_at.astimezone(self._zone).date()
        page = self._page(held, access.language, stored.signed_by, day)
        async with self._places:
            return held, await asyncio.to_thread(_typeset, page)

    async def check(self, code: str) -> CertificateCheck:
        """Whether a certificate is valid, for anyone who has its code.

        Raises:
            NotFoundError: there is none of that code.
        """
        written = code.replace("-", "").upper()
        async with self._database.transaction(MAINTENANCE) as session:
            found = await CertificateRepository(session).of_code(written)
        if found is None:
            raise NotFoundError("certificate", code)
        return CertificateCheck(
            found.is_valid,
            found.course,
            found.learner if found.is_valid else None,
            found.issued_at,
            found.revoked_at,
        )

    def _page(
        self,
        held: StoredCertificate,
        language: str,
        signed_by: str,
        day: date,
    ) -> CertificatePage:
        words = words_of(language)
        return CertificatePage(
            heading=words["heading"],
            before=words["before"],
            learner=held.learner or "",
            after=words["after"],
            course=held.course,
            facts=facts_of(held.reached, language),
            school=self._school,
            date=day.isoformat(),
            signed_by=signed_by,
            check=words["check"],
            address=f"{self._public_url}/certificates/{held.code}",
            code=shown_code(held.code),
            language="hi" if language.startswith("hi") else "en",
        )


def new_code() -> str:
    """A code that nobody guesses."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """A code in groups of four, as people read it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _as_details(rule: CertificateRule) -> dict[str, float | None]:
    return {
        "lessons_share": rule.lessons_share,
        "quiz_mark": rule.quiz_mark,
        "mastered_share": rule.mastered_share,
    }


def _typeset(page: CertificatePage) -> bytes:
    with tempfile.TemporaryDirectory(prefix="neuroshiksha-certificate-") as folder:
        try:
            return certificate_pdf(page, Path(folder)).read_bytes()
        except TypesettingTimedOutError as error:
            raise UpstreamTimeoutError(error.program, error.timeout_seconds) from error
        except PublishingError as error:
            raise InvalidValueError("course", f"It cannot be typeset: {error}") from error
