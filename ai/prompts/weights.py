"""Chooses among the versions of a prompt by weight, the same one for the same conversation."""

from collections.abc import Mapping
from hashlib import sha256
from itertools import accumulate

_HASH_BYTES = 8


def chosen_version(weights: Mapping[int, int], name: str, key: str) -> int:
    """The version that `key` gets of the prompt `name`.

    Over many keys each version gets its share; one key always gets the same while the weights
    stay. Keys fall differently for each prompt, so that trials of two prompts do not coincide.

    Args:
        weights: Version to weight, at least one of them above 0.
        name: Of the prompt.
        key: What must keep its version, such as a conversation's id.
    """
    versions = sorted(version for version, weight in weights.items() if weight > 0)
    bounds = [*accumulate(weights[version] for version in versions)]
    digest = sha256(f"{name}\0{key}".encode()).digest()[:_HASH_BYTES]
    point = int.from_bytes(digest, "big") * bounds[-1] >> 8 * _HASH_BYTES
    return next(v for v, bound in zip(versions, bounds, strict=True) if point < bound)
