"""Half-precision vectors on the wire: bytes in pgvector's binary form, made by numpy in bulk."""

import struct

import asyncpg
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import raw_connection
from storage.vector_codec import register_vector_codec

HEADER = struct.Struct(">HH")
"""Number of components, then zero. Source: pgvector `halfvec_send`."""


async def vector_connection(session: AsyncSession) -> asyncpg.Connection:
    """The asyncpg connection below a session, taking and giving `halfvec` as bytes."""
    connection = await raw_connection(session)
    await register_vector_codec(connection, (await session.connection()).info)
    return connection


def halfvec_bytes(vector: NDArray[np.floating]) -> bytes:
    """One vector `(dimension,)` as pgvector's binary form."""
    return HEADER.pack(vector.shape[0], 0) + vector.astype(">f2").tobytes()


def halfvec_rows(vectors: NDArray[np.floating]) -> list[bytes]:
    """Vectors `(n, dimension)` as pgvector's binary form, a row each."""
    header = HEADER.pack(vectors.shape[1], 0)
    return [header + row.tobytes() for row in vectors.astype(">f2")]
