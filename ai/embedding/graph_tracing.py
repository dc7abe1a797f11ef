"""Traces the torch encoder into ONNX files. Imported by the exporting process only: it needs torch.

The graph begins at the word embeddings, not at the token ids, so that the large table of word
embeddings stays out of the memory of the processes that run the graph. Its weights take a byte
each unless single precision is asked for: a third of the memory, and half the time of a question.
"""

import logging
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from sentence_transformers import SentenceTransformer

from ai.embedding.onnx_files import (
    GRAPH_FILE,
    WEIGHTS_FILE,
    WORD_EMBEDDINGS_FILE,
    Precision,
)

OPSET = 17
WEIGHTS_PER_SCALE = 32
"""With 64 a question takes an eighth less, and texts of one or two words differ twice as much."""

ACCURACY_LEVEL = 4
"""Of onnxruntime: what is multiplied with the weights is rounded to bytes as well.

Each row is rounded by itself, so a text has the same vector in any company.
"""

EXTERNAL_WEIGHTS_FROM_BYTES = 1024
BATCH_AND_TOKENS = {0: "batch", 1: "tokens"}


class TokenEncoder(torch.nn.Module):
    """BERT from word embeddings to token embeddings, both ``(batch, tokens, dimension)``."""

    def __init__(self, bert: Any) -> None:  # noqa: ANN401 - transformers has no type for it
        super().__init__()
        self.bert = bert

    def forward(self, word_embeddings: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """The last hidden state."""
        output = self.bert(inputs_embeds=word_embeddings, attention_mask=attention_mask)
        token_embeddings: torch.Tensor = output.last_hidden_state
        return token_embeddings


def write_graph(model: SentenceTransformer, folder: Path, precision: Precision) -> None:
    """Write the graph, its weights in a file beside it (onnxruntime then maps that file)."""
    traced = _traced(model, folder)
    onnx.save(
        _in_bytes(traced) if precision == "int8" else traced,
        str(folder / GRAPH_FILE),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=WEIGHTS_FILE,
        size_threshold=EXTERNAL_WEIGHTS_FROM_BYTES,
    )


def _traced(model: SentenceTransformer, folder: Path) -> onnx.ModelProto:
    bert = _bert(model)
    # Plain attention exports to a fifth fewer nodes than the fused kernel, and runs faster.
    bert.set_attn_implementation("eager")
    example = model.tokenizer(["one", "two words more"], padding=True, return_tensors="pt")
    word_embeddings = bert.embeddings.word_embeddings(example["input_ids"])
    whole = folder / f"{GRAPH_FILE}.whole"
    with warnings.catch_warnings():
        # The tracing exporter warns that it is the older one and that it fixes what it traces;
        # texts of several lengths are compared with the source after the export.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            TokenEncoder(bert).eval(),
            (word_embeddings, example["attention_mask"]),
            str(whole),
            input_names=["word_embeddings", "attention_mask"],
            output_names=["token_embeddings"],
            dynamic_axes=dict.fromkeys(
                ("word_embeddings", "attention_mask", "token_embeddings"), BATCH_AND_TOKENS
            ),
            opset_version=OPSET,
            dynamo=False,
        )
    graph = onnx.load(str(whole))
    whole.unlink()
    return graph


def _in_bytes(graph: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with its matrices of weights in bytes, a scale for each 32 of a column."""
    from onnxruntime.quantization import matmul_nbits_quantizer as quantisation

    logging.getLogger(quantisation.__name__).setLevel(logging.WARNING)  # it tells of every node
    config = quantisation.DefaultWeightOnlyQuantConfig(
        bits=8, block_size=WEIGHTS_PER_SCALE, is_symmetric=True, accuracy_level=ACCURACY_LEVEL
    )
    quantiser = quantisation.MatMulNBitsQuantizer(graph, algo_config=config)
    quantiser.process()
    in_bytes: onnx.ModelProto = quantiser.model.model
    return in_bytes


def write_word_embeddings(model: SentenceTransformer, folder: Path) -> None:
    """Write the word-piece table, ``(vocabulary, dimension)`` float32, row by row."""
    table = _bert(model).embeddings.word_embeddings.weight.detach().numpy()
    table.astype("<f4").tofile(folder / WORD_EMBEDDINGS_FILE)


def _bert(model: SentenceTransformer) -> Any:  # noqa: ANN401 - transformers has no type for it
    return model[0].auto_model
