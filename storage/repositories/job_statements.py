"""The statements that move jobs; each is one atomic step, whoever else is at work.

A job with parts is never claimed itself: its parts are, and the row of the whole follows them.
"""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

COLUMNS = "id, parent_id, course_id, kind, requested_by, priority, payload, traceparent"
VALUES = ":id, :parent_id, :course_id, :kind, :requested_by, :priority, :payload, :traceparent"
ADD = text(f"""
INSERT INTO jobs ({COLUMNS}, idempotency_key, request_hash)
VALUES ({VALUES}, :idempotency_key, :request_hash)
ON CONFLICT (requested_by, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
RETURNING id
""").bindparams(bindparam("payload", type_=JSONB))  # noqa: S608 - constants only
ADD_PART = text(f"INSERT INTO jobs ({COLUMNS}) VALUES ({VALUES})").bindparams(  # noqa: S608
    bindparam("payload", type_=JSONB)
)
RUNNABLE = text("""
SELECT id, kind FROM jobs AS whole
WHERE (id = :job_id AND NOT EXISTS (SELECT 1 FROM jobs WHERE parent_id = whole.id)
       OR parent_id = :job_id) AND status = 'queued'
ORDER BY id
""")

IS_WAITING = """
(status = 'queued' OR (status = 'running' AND lease_until < now()))
AND NOT EXISTS (SELECT 1 FROM jobs AS part WHERE part.parent_id = waiting.id)
"""
QUEUED_AT = """coalesce((SELECT max(created_at) FROM job_events
    WHERE job_id = jobs.id AND status = 'queued'), created_at)"""
"""When it was last asked for, be it by a retry."""
TAKE = f"""
UPDATE jobs SET status = 'running', stage = 'starting', claimed_by = :worker,
    lease_until = now() + make_interval(secs => :lease_seconds), attempts = attempts + 1,
    started_at = coalesce(started_at, now()), updated_at = now()
WHERE id = (SELECT id FROM jobs AS waiting WHERE {{choice}} LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, course_id, requested_by, parent_id, kind, payload, attempts, cost_micro_usd,
    traceparent,
    cancel_requested_at IS NOT NULL AS is_cancel_requested,
    CASE WHEN attempts = 1 THEN extract(epoch FROM now() - {QUEUED_AT})::float8 END
        AS waited_seconds
"""  # noqa: S608 - constants only
CLAIM = text(TAKE.format(choice=f"id = :job_id AND {IS_WAITING}"))
HAS_ROOM = """
(kind = 'ingest' OR :per_course > (
    SELECT count(*) FROM jobs AS beside
    WHERE beside.course_id = waiting.course_id AND beside.kind <> 'ingest'
      AND beside.status = 'running' AND beside.lease_until >= now()))
"""
"""Whether another job that writes may run beside those of its course."""
CLAIM_NEXT = text(
    TAKE.format(
        choice=f"kind = ANY(:kinds) AND {IS_WAITING} AND {HAS_ROOM}"
        " ORDER BY priority, created_at, id"
    )
)
ONE_CLAIM_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('claim a job'))")
"""Or two that claim at once would both find room for the last job that a course may run."""
REPORT = text("""
UPDATE jobs SET
    lease_until = CASE WHEN lease_until < now() + make_interval(secs => :renew_seconds)
        THEN now() + make_interval(secs => :lease_seconds) ELSE lease_until END,
    stage = coalesce(:stage, stage), progress = greatest(progress, :progress),
    seconds_left = :seconds_left, updated_at = now(),
    cost_micro_usd = greatest(cost_micro_usd, :cost_micro_usd)
WHERE id = :job_id AND claimed_by = :worker AND status = 'running'
RETURNING parent_id, cancel_requested_at IS NOT NULL AS is_cancel_requested
""")
ADVANCE_WHOLE = text("""
UPDATE jobs SET
    status = 'running', stage = 'working', started_at = coalesce(started_at, now()),
    progress = greatest(jobs.progress, parts.progress), updated_at = now(),
    seconds_left = CASE WHEN parts.progress >= 0.02
        THEN extract(epoch FROM now() - started_at) * (1 - parts.progress) / parts.progress END
FROM (SELECT avg(CASE WHEN status IN ('queued', 'running') THEN progress ELSE 1 END) AS progress
      FROM jobs WHERE parent_id = :parent_id) AS parts
WHERE id = (SELECT id FROM jobs WHERE id = :parent_id FOR UPDATE SKIP LOCKED)
  AND status IN ('queued', 'running')
""")
"""Waits for nobody: whoever holds the row of the whole may be waiting for a part."""
CANCELLED = """jsonb_build_object('code', 'cancelled', 'message', 'The job was cancelled.')"""
FINISH = text(f"""
UPDATE jobs SET status = :status, stage = :status, seconds_left = NULL, lease_until = NULL,
    progress = CASE WHEN :status = 'succeeded' THEN 1 ELSE progress END,
    result = CAST(:result AS jsonb),
    error = CASE WHEN :status = 'cancelled' THEN {CANCELLED} ELSE CAST(:error AS jsonb) END,
    finished_at = now(), updated_at = now()
WHERE id = :job_id AND claimed_by = :worker AND status = 'running'
RETURNING parent_id
""")  # noqa: S608 - constants only

CANCEL_QUEUED = text(f"""
UPDATE jobs SET status = 'cancelled', stage = 'cancelled', seconds_left = NULL,
    error = {CANCELLED},
    finished_at = now(), updated_at = now()
WHERE id IN (SELECT id FROM jobs AS waiting
             WHERE (id = :job_id AND NOT EXISTS (SELECT 1 FROM jobs WHERE parent_id = waiting.id)
                    OR parent_id = :job_id) AND status = 'queued' FOR UPDATE)
RETURNING id
""")  # noqa: S608 - constants only
ASK_TO_CANCEL = text("""
UPDATE jobs SET cancel_requested_at = now(), updated_at = now()
WHERE (id = :job_id OR parent_id = :job_id) AND status IN ('queued', 'running')
  AND cancel_requested_at IS NULL
RETURNING id
""")
FORGET_ANNOUNCED = text("""
DELETE FROM documents USING jobs, jsonb_to_recordset(jobs.payload -> 'sources') AS source (key text)
WHERE jobs.id = ANY(:job_ids) AND documents.course_id = jobs.course_id
  AND documents.key = source.key AND documents.status = 'pending'
  AND documents.current_version = 0
""")
"""Documents that an upload announced and that now will not come."""
HAND_BACK = text("""
UPDATE jobs SET status = 'queued', stage = 'queued', attempts = greatest(attempts - 1, 0),
    seconds_left = NULL, claimed_by = NULL, lease_until = NULL, updated_at = now()
WHERE id = :job_id AND claimed_by = :worker AND status = 'running'
RETURNING id
""")
"""The attempt does not count: it was not the job that ended it."""
RETRY = text("""
UPDATE jobs SET status = 'queued', stage = 'queued', attempts = 0, progress = 0,
    seconds_left = NULL, claimed_by = NULL, lease_until = NULL, cancel_requested_at = NULL,
    result = NULL, error = NULL, started_at = NULL, finished_at = NULL, updated_at = now()
WHERE (id = :job_id OR parent_id = :job_id) AND status IN ('failed', 'cancelled')
RETURNING id
""")
DUE = text("""
UPDATE jobs SET updated_at = now()
WHERE id IN (
    SELECT id FROM jobs AS waiting
    WHERE ((status = 'queued' AND updated_at < now() - make_interval(secs => :unpublished_seconds))
           OR (status = 'running' AND lease_until < now()))
      AND NOT EXISTS (SELECT 1 FROM jobs AS part WHERE part.parent_id = waiting.id)
    ORDER BY priority, created_at LIMIT 200
    FOR UPDATE SKIP LOCKED
)
RETURNING id, kind
""")

DEPTHS = text(f"""
SELECT kind, count(*) FILTER (WHERE waits) AS waiting, count(*) FILTER (WHERE NOT waits) AS running,
    coalesce(extract(epoch FROM now() - min(since) FILTER (WHERE waits)), 0)::float8
        AS oldest_waiting_seconds
FROM (SELECT kind, {QUEUED_AT} AS since,
             status = 'queued' OR lease_until < now() AS waits
      FROM jobs WHERE status IN ('queued', 'running')
        AND NOT EXISTS (SELECT 1 FROM jobs AS part WHERE part.parent_id = jobs.id)) AS unfinished
GROUP BY kind
""")  # noqa: S608 - constants only

LOCK_WHOLE = text("""
SELECT id FROM jobs WHERE id = (SELECT coalesce(parent_id, id) FROM jobs WHERE id = :job_id)
FOR UPDATE
""")
"""Before a part ends or many change: of two parts that end at once, the second sees the first."""
SETTLE_WHOLE = text(f"""
WITH parts AS (
    SELECT count(*) AS total,
           count(*) FILTER (WHERE status IN ('queued', 'running')) AS unfinished,
           count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
           count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
           count(*) FILTER (WHERE status = 'failed' AND result IS NULL) AS given_up,
           min(error::text) FILTER (WHERE status = 'failed') AS error,
           min(error::text) FILTER (WHERE status = 'failed' AND result IS NULL) AS worst_error
    FROM jobs WHERE parent_id = :job_id
), ending AS (
    SELECT CASE WHEN cancelled > 0 THEN 'cancelled'
                WHEN given_up > 0 OR succeeded = 0 THEN 'failed'
                ELSE 'succeeded' END AS status,
           CAST(coalesce(worst_error, error) AS jsonb) AS error
    FROM parts WHERE total > 0 AND unfinished = 0
), assets AS (
    SELECT jsonb_agg(asset ORDER BY part.id, place) AS list
    FROM jobs AS part,
         jsonb_array_elements(part.result -> 'assets') WITH ORDINALITY AS each (asset, place)
    WHERE part.parent_id = :job_id AND EXISTS (SELECT 1 FROM ending)
), subject AS (
    SELECT result ->> 'kind' AS kind, result ->> 'id' AS id
    FROM jobs WHERE parent_id = :job_id AND result IS NOT NULL LIMIT 1
)
UPDATE jobs SET status = ending.status, stage = ending.status, seconds_left = NULL,
    progress = CASE WHEN ending.status = 'succeeded' THEN 1 ELSE progress END,
    error = CASE ending.status WHEN 'failed' THEN ending.error
                               WHEN 'cancelled' THEN {CANCELLED} END,
    result = (SELECT jsonb_build_object('kind', subject.kind, 'id', subject.id,
                                        'assets', coalesce(assets.list, '[]'))
              FROM subject, assets),
    finished_at = now(), updated_at = now()
FROM ending
WHERE jobs.id = :job_id AND jobs.status IN ('queued', 'running')
RETURNING jobs.status
""")  # noqa: S608 - constants only
