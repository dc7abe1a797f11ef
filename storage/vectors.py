"""Half-precision vectors on the wire: bytes in pgvector's binary form, made by numpy in bulk."""

import struct

import asyncpg
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import raw_connection

REGISTERED = "halfvec_codec_registered"
HEADER = struct.Struct(">HH")
"""Number of components, then zero. Source: pgvector `halfvec_send`."""


async def vector_connection(session: AsyncSession) -> asyncpg.Connection:
    """The asyncpg connection below a session, taking and giving `halfvec` as bytes.

    The codec is set once for a pooled connection. Bytes are bound as a value, which the server
    reads once; text with a cast would be read again for every row of a generic plan.
    """
    connection = await raw_connection(session)
    known = (await session.connection()).info
    if REGISTERED not in known:
        await connection.set_type_codec(
            "halfvec", schema="public", encoder=bytes, decoder=bytes, format="binary"
        )
        known[REGISTERED] = True
    return connection


def halfvec_bytes(vector: NDArray[np.floating]) -> bytes:
    """One vector `(dimension,)` as pgvector's binary form."""
    return HEADER.pack(vector.shape[0], 0) + vector.astype(">f2").tobytes()


def halfvec_rows(vectors: NDArray[np.floating]) -> list[bytes]:
    """Vectors `(n, dimension)` as pgvector's binary form, a row each."""
    header = HEADER.pack(vectors.shape[1], 0)
    return [header + row.tobytes() for row in vectors.astype(">f2")]
