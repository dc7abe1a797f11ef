"""Certificates, and what courses ask for before they give one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import Certificate, CertificateRuleRow, Course, User
from pedagogy.progress.certificates import CertificateRule, Reached
from storage.errors import NotFoundError
from storage.paging import AnyRow, AnySelect, Keyset, Order, Page, PageRequest, fetch_page


@dataclass(frozen=True, slots=True)
class StoredRule:
    """What a course asks for, and who signs."""

    rule: CertificateRule
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A certificate.

    Attributes:
        learner: The name of whom it was given to; None once the account is gone.
    """

    id: UUID
    code: str
    course_id: UUID
    course: str
    learner: str | None
    reached: Mapping[str, float | None]
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: str

    @property
    def is_valid(self) -> bool:
        """Whether it still says that somebody completed the course."""
        return self.revoked_at is None and self.learner is not None


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A certificate as those who teach its course see it.

    Attributes:
        learner_id: None once the account is gone.
    """

    id: UUID
    code: str
    learner_id: UUID | None
    learner: str | None
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: str


ORDERS = Keyset(columns={"issued_at": Certificate.issued_at}, id_column=Certificate.id)


class CertificateRepository:
    """Rows of certificates."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rule(self, course_id: UUID) -> StoredRule:
        """What a course asks for; where it was never said, nothing, and it gives none."""
        row = await self._session.get(CertificateRuleRow, course_id, populate_existing=True)
        if row is None:
            return StoredRule(CertificateRule())
        rule = CertificateRule(row.lessons_share, row.quiz_mark, row.mastered_share)
        return StoredRule(rule, row.signed_by)

    async def put_rule(self, course_id: UUID, stored: StoredRule) -> None:
        """Sets what a course asks for."""
        values = {
            "lessons_share": stored.rule.lessons_share,
            "quiz_mark": stored.rule.quiz_mark,
            "mastered_share": stored.rule.mastered_share,
            "signed_by": stored.signed_by,
        }
        statement = upsert(CertificateRuleRow).values(course_id=course_id, **values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["course_id"], set_={**values, "updated_at": func.now()}
            )
        )

    async def of_learner(self, course_id: UUID, learner_id: UUID) -> StoredCertificate | None:
        """The certificate that somebody has of a course."""
        statement = _certificates().where(
            Certificate.course_id == course_id, Certificate.learner_id == learner_id
        )
        return await self._one(statement)

    async def of_code(self, code: str) -> StoredCertificate | None:
        """The certificate with that code, of any course; for the maintenance role."""
        return await self._one(_certificates().where(Certificate.code == code))

    async def award(
        self, course_id: UUID, learner_id: UUID, code: str, reached: Reached, at: datetime
    ) -> StoredCertificate:
        """Gives a certificate; who has one keeps it."""
        statement = upsert(Certificate).values(
            id=uuid7(),
            code=code,
            course_id=course_id,
            learner_id=learner_id,
            reached=asdict(reached),
            issued_at=at,
        )
        await self._session.execute(
            statement.on_conflict_do_nothing(index_elements=["course_id", "learner_id"])
        )
        found = await self.of_learner(course_id, learner_id)
        assert found is not None  # noqa: S101 - added or there
        return found

    async def page(self, course_id: UUID, request: PageRequest) -> Page[HeldCertificate]:
        """The certificates of a course, the latest first."""
        statement = _held().where(Certificate.course_id == course_id)
        order = Order("issued_at", descending=True)
        found = await fetch_page(self._session, statement, ORDERS, request, order)
        return found.map(_as_held)

    async def held(self, course_id: UUID, certificate_id: UUID) -> HeldCertificate:
        """A certificate of a course.

        Raises:
            NotFoundError: It has no such certificate.
        """
        statement = _held().where(
            Certificate.course_id == course_id, Certificate.id == certificate_id
        )
        row = (
            await self._session.execute(statement.execution_options(populate_existing=True))
        ).one_or_none()
        if row is None:
            raise NotFoundError("certificate", certificate_id)
        return _as_held(row)

    async def revoke(
        self, course_id: UUID, certificate_id: UUID, reason: str, at: datetime
    ) -> bool:
        """Revokes a certificate of a course; whether it is new that it is."""
        statement = (
            update(Certificate)
            .where(
                Certificate.course_id == course_id,
                Certificate.id == certificate_id,
                Certificate.revoked_at.is_(None),
            )
            .values(revoked_at=at, revocation_reason=reason)
            .returning(Certificate.id)
        )
        return await self._session.scalar(statement) is not None

    async def _one(self, statement: AnySelect) -> StoredCertificate | None:
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else StoredCertificate(*row)


def _certificates() -> AnySelect:
    return (
        select(
            Certificate.id,
            Certificate.code,
            Certificate.course_id,
            Course.title,
            User.display_name,
            Certificate.reached,
            Certificate.issued_at,
            Certificate.revoked_at,
            Certificate.revocation_reason,
        )
        .join(Course, Course.id == Certificate.course_id)
        .outerjoin(User, (User.id == Certificate.learner_id) & User.deleted_at.is_(None))
    )


def _held() -> AnySelect:
    return select(Certificate, User.display_name).outerjoin(
        User, (User.id == Certificate.learner_id) & User.deleted_at.is_(None)
    )


def _as_held(row: AnyRow) -> HeldCertificate:
    certificate, name = row
    return HeldCertificate(
        certificate.id,
        certificate.code,
        certificate.learner_id,
        name,
        certificate.issued_at,
        certificate.revoked_at,
        certificate.revocation_reason,
    )
