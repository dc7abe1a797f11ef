"""How the driver takes and gives `halfvec`: as bytes, in pgvector's binary form."""

from typing import Any

import asyncpg

REGISTERED = "halfvec_codec_registered"


async def register_vector_codec(connection: asyncpg.Connection, known: dict[Any, Any]) -> None:
    """Sets the codec once for a pooled connection; `known` is what the pool keeps beside it.

    Bytes are bound as a value, which the server reads once; text with a cast would be read again
    for every row of a generic plan.
    """
    if REGISTERED not in known:
        await connection.set_type_codec(
            "halfvec", schema="public", encoder=bytes, decoder=bytes, format="binary"
        )
        known[REGISTERED] = True
