"""How quickly answers are told, and how they end."""

from time import monotonic

from connectors.telemetry import catalogue
from connectors.telemetry.metrics import Metrics, Tally

SECONDS_APART = catalogue.BETWEEN_TOKENS_SECONDS


class AnswerPace:
    """When one answer was asked for, begun and told; costs next to nothing for each piece of it.

    Attributes:
        first_token_seconds: From the question to the first words; None while there are none.
        between: The times between its pieces.
        is_whole: Whether this process tells it from its beginning.
    """

    __slots__ = ("_last_at", "_started_at", "between", "first_token_seconds", "is_whole")

    def __init__(self, started_at: float | None = None, *, is_whole: bool = True) -> None:
        """Begins now, or at that time of the monotonic clock."""
        self.is_whole = is_whole
        self._started_at = monotonic() if started_at is None else started_at
        self._last_at = 0.0
        self.first_token_seconds: float | None = None
        self.between = Tally(SECONDS_APART)

    @property
    def seconds(self) -> float:
        """Since the question."""
        return monotonic() - self._started_at

    def note_piece(self) -> None:
        """A piece of the answer was told."""
        now = monotonic()
        if self.first_token_seconds is None:
            self.first_token_seconds = now - self._started_at
        else:
            self.between.add(now - self._last_at)
        self._last_at = now


class AnswerMeasures:
    """Counts answers; without metrics it counts nothing."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self._metrics = metrics

    def began(self) -> None:
        """An answer is being told."""
        if self._metrics is not None:
            self._metrics.gauge(catalogue.ANSWERS_IN_PROGRESS).inc()

    def ended(
        self,
        pace: AnswerPace,
        outcome: str,
        *,
        is_cached: bool = False,
        groundedness: float | None = None,
    ) -> None:
        """An answer that `began` is over here; `elsewhere` where another process goes on."""
        if self._metrics is None:
            return
        metrics, cached = self._metrics, "true" if is_cached else "false"
        metrics.gauge(catalogue.ANSWERS_IN_PROGRESS).dec()
        metrics.counter(catalogue.ANSWERS).labels(outcome, cached).inc()
        if pace.is_whole:
            metrics.histogram(catalogue.ANSWER_DURATION).labels(cached).observe(pace.seconds)
        if pace.is_whole and pace.first_token_seconds is not None:
            first = metrics.histogram(catalogue.ANSWER_FIRST_TOKEN).labels(cached)
            first.observe(pace.first_token_seconds)
        pace.between.hand_in(metrics.histogram(catalogue.ANSWER_BETWEEN_TOKENS))
        if groundedness is not None and not is_cached:
            metrics.histogram(catalogue.ANSWER_GROUNDEDNESS).observe(groundedness)

    def wrote_log(self, *, is_stored: bool) -> None:
        """The events of answers under way were written together, or could not be."""
        if self._metrics is not None:
            result = "stored" if is_stored else "failed"
            self._metrics.counter(catalogue.ANSWER_LOG_WRITES).labels(result).inc()

    def looked_up(self, result: str) -> None:
        """A question was looked up in the answer cache: exact, semantic or miss."""
        if self._metrics is not None:
            self._metrics.counter(catalogue.CACHE_LOOKUPS).labels(result).inc()
