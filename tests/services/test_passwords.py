"""Hashing, checking and the rules for new passwords."""

import asyncio
import os
import sys
import threading
import time

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from services.errors import InvalidValueError, OverloadedError
from services.passwords import CONCURRENT_HASHES, NICENESS, Passwords, require_strong

CHEAP = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}


async def test_the_right_password_passes_and_another_does_not():
    passwords = Passwords(PasswordHasher(**CHEAP))
    password_hash = await passwords.hash("correct horse battery")

    assert password_hash.startswith("$argon2id$")
    assert await passwords.verify("correct horse battery", password_hash)
    assert not await passwords.verify("correct horse batterz", password_hash)
    assert not await passwords.verify("correct horse battery", "no hash at all")


async def test_an_unknown_user_costs_the_same_work_as_a_wrong_password():
    checked: list[Parameters] = []

    class NotingHasher(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - argon2's name
            checked.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    passwords = Passwords(NotingHasher(**CHEAP))
    password_hash = await passwords.hash("correct horse battery")

    assert not await passwords.verify("wrong", password_hash)
    assert not await passwords.verify("wrong", None)

    wrong, unknown = checked
    assert wrong == unknown


async def test_few_hashes_are_made_at_once():
    now, most = 0, 0

    class CountingHasher(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:  # noqa: ARG002
            nonlocal now, most
            now += 1
            most = max(most, now)
            time.sleep(0.01)
            now -= 1
            return "hash"

    passwords = Passwords(CountingHasher())

    await asyncio.gather(*(passwords.hash("correct horse battery") for _ in range(12)))

    assert most == CONCURRENT_HASHES


async def test_more_than_may_wait_are_refused_at_once():
    passwords = Passwords(PasswordHasher(**CHEAP), waiting=3)
    places = CONCURRENT_HASHES + 3

    results = await asyncio.gather(
        *(passwords.hash("correct horse battery") for _ in range(places + 4)),
        return_exceptions=True,
    )

    refused = [result for result in results if isinstance(result, OverloadedError)]
    assert len(refused) == 4
    assert refused[0].retry_after_seconds > 0
    passwords.require_room()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux")
async def test_hashing_gives_way_to_answers():
    niceness = []

    class LookingHasher(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:  # noqa: ARG002
            niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
            return "hash"

    await Passwords(LookingHasher()).hash("correct horse battery")

    assert niceness == [max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0))]


async def test_a_very_long_password_is_wrong_without_being_hashed():
    class NoHasher(PasswordHasher):
        def verify(self, *_: object) -> bool:
            raise AssertionError("it was hashed")

    assert not await Passwords(NoHasher()).verify("x" * 1_000_000, "hash")
    with pytest.raises(InvalidValueError, match="256"):
        require_strong("correct horse " * 20, "asha@school.edu")


async def test_a_hash_of_older_parameters_is_outdated():
    old = await Passwords(PasswordHasher(**CHEAP)).hash("correct horse battery")
    new = await Passwords().hash("correct horse battery")

    assert Passwords().is_outdated(old)
    assert not Passwords().is_outdated(new)


@pytest.mark.parametrize(
    "password",
    ["", "ninechars", "Password123", "qwertyuiop", "aaaaaaaaaa", "ababababababab",
     "Asha@School.edu", "asha.kumar-rao"],
)  # fmt: skip
def test_weak_passwords_are_refused(password):
    email = "asha@school.edu" if "@" in password else "asha.kumar-rao@school.edu"

    with pytest.raises(InvalidValueError) as caught:
        require_strong(password, email)

    assert caught.value.field == "password"


@pytest.mark.parametrize("password", ["correct horse", "जय हिन्द नमस्ते", "x9$Lq2!vTz"])
def test_long_uncommon_passwords_pass(password):
    require_strong(password, "asha@school.edu")
