"""Locks that tell users of the servers from nobody."""

import pytest

from bootstrap.file_lock import LockTimeoutError, exclusive_lock, is_locked, shared_lock


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.lock"


def test_many_share_a_lock(path):
    with shared_lock(path), shared_lock(path):
        assert is_locked(path, by_sharers=True)


def test_exclusive_lock_waits_for_sharers(path):
    with shared_lock(path), pytest.raises(LockTimeoutError), exclusive_lock(path, 0.05):
        pytest.fail("two held the lock")


def test_shared_lock_waits_for_its_exclusive_holder(path):
    with exclusive_lock(path), pytest.raises(LockTimeoutError), shared_lock(path, 0.05):
        pytest.fail("two held the lock")


def test_exclusive_holder_is_told_from_sharers(path):
    with exclusive_lock(path):
        assert not is_locked(path, by_sharers=True)
        assert is_locked(path, by_sharers=False)


def test_lock_is_free_after_its_context(path):
    with exclusive_lock(path):
        pass

    with exclusive_lock(path):
        assert not is_locked(path, by_sharers=True)
