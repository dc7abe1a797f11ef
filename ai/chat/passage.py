"""A retrieved passage as the chat models and the citation binder see it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One source of an answer.

    Attributes:
        n: The number by which an answer cites it, from 1, unique in a request.
        text: The passage, verbatim as it stands in its document.
        title: The title of its document.
        heading: The headings above it, outermost first.
        sentence_bounds: Start and end of each sentence in `text`, in code points, in order,
            not overlapping.
        sentence_vectors: `(n_sentences, dimension)` int8, one row per bound; rows carry no
            common scale, only their direction means something. None where not known.
        score: How well retrieval thinks it matches, higher is better.
        goes_first: Whether it is a teacher's correction that fits the question.
        is_correction: Whether it is a teacher's correction at all, which outranks what it
            contradicts.
    """

    n: int
    text: str
    title: str
    heading: tuple[str, ...]
    sentence_bounds: tuple[tuple[int, int], ...]
    sentence_vectors: NDArray[np.int8] | None
    score: float
    goes_first: bool = False
    is_correction: bool = False
