"""The servers every other test relies on."""

import pytest
from redis import Redis

from tests.support.servers import run_sql

pytestmark = pytest.mark.server


def test_database_of_a_worker_is_at_the_newest_schema(database_url):
    versions = run_sql(database_url, "SELECT count(*) FROM alembic_version")

    assert versions == "1"


def test_database_has_pgvector(database_url):
    distance = run_sql(database_url, "SELECT '[1,0]'::vector <-> '[1,2]'::vector")

    assert distance == "2"


@pytest.mark.parametrize(
    ("fixture_name", "policy"),
    [("redis_url", "noeviction"), ("redis_cache_url", "allkeys-lru")],
)
def test_each_redis_evicts_as_its_nature_demands(fixture_name, policy, request):
    with Redis.from_url(request.getfixturevalue(fixture_name)) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": policy}
