"""D13: usage is written once, also by a writer that does not know that it has written."""

from datetime import UTC, datetime, timedelta

import pytest

from bootstrap.adapters import Adapters
from storage.database import MAINTENANCE
from storage.repositories.usage import NewUsageRecord, UsageRepository

pytestmark = pytest.mark.server


async def test_a_record_that_is_written_again_counts_once(adapters: Adapters) -> None:
    record = NewUsageRecord(
        user_id=None,
        course_id=None,
        job_id=None,
        message_id=None,
        purpose="chat",
        deployment="twice-written",
        wire_model="wire",
        prompt="tutor.explain@1",
        outcome="ok",
        prompt_tokens=1,
        cached_tokens=0,
        completion_tokens=7,
        cost_micro_usd=0,
        first_token_ms=None,
        latency_ms=1.0,
    )
    now = datetime.now(UTC)

    for _ in range(2):
        async with adapters.database.transaction(MAINTENANCE) as session:
            await UsageRepository(session).add([record])

    async with adapters.database.transaction(MAINTENANCE) as session:
        totals = await UsageRepository(session).totals(
            now - timedelta(minutes=5), now + timedelta(minutes=5), "model"
        )
    written = [total for total in totals if "twice-written" in str(total)]
    assert len(written) == 1
    assert written[0].completion_tokens == 7
