"""Hashing, checking and the rules for new passwords."""

import asyncio
import time

import pytest
from argon2 import PasswordHasher

from services.errors import InvalidValueError
from services.passwords import CONCURRENT_HASHES, Passwords, require_strong

CHEAP = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}


async def test_the_right_password_passes_and_another_does_not():
    passwords = Passwords(PasswordHasher(**CHEAP))
    password_hash = await passwords.hash("correct horse battery")

    assert password_hash.startswith("$argon2id$")
    assert await passwords.verify("correct horse battery", password_hash)
    assert not await passwords.verify("correct horse batterz", password_hash)
    assert not await passwords.verify("correct horse battery", "no hash at all")


async def test_an_unknown_user_costs_as_much_time_as_a_wrong_password():
    passwords = Passwords()
    password_hash = await passwords.hash("correct horse battery")
    await passwords.verify("warm up the dummy", None)

    async def seconds(known: str | None) -> float:
        started = time.perf_counter()
        assert not await passwords.verify("wrong", known)
        return time.perf_counter() - started

    wrong = min([await seconds(password_hash) for _ in range(2)])
    unknown = min([await seconds(None) for _ in range(2)])

    assert 0.3 < unknown / wrong < 3


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
