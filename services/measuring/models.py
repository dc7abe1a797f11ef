"""What chat models are asked, how quickly they answer and what they cost."""

from ai.routing.metering import AttemptUsage
from connectors.telemetry import catalogue
from connectors.telemetry.metrics import Metrics
from services.usage import cost_micro_usd

MICRO = 1e-6


class ModelMeasures:
    """A `UsageSink` that counts attempts."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def record(self, attempt: AttemptUsage) -> None:
        """Counts one attempt."""
        metrics, name = self._metrics, attempt.deployment
        purpose, usage = attempt.attribution.purpose, attempt.usage
        metrics.counter(catalogue.MODEL_CALLS).labels(name, purpose, attempt.outcome).inc()
        tokens = metrics.counter(catalogue.MODEL_TOKENS)
        tokens.labels(name, purpose, "prompt").inc(usage.prompt_tokens - usage.cached_tokens)
        if usage.cached_tokens:
            tokens.labels(name, purpose, "cached_prompt").inc(usage.cached_tokens)
        tokens.labels(name, purpose, "completion").inc(usage.completion_tokens)
        cost = cost_micro_usd(usage, attempt.price)
        metrics.counter(catalogue.MODEL_COST).labels(name, purpose).inc(cost * MICRO)
        duration = metrics.histogram(catalogue.MODEL_DURATION).labels(name)
        duration.observe(attempt.latency_seconds)
        if attempt.first_token_seconds is not None:
            first = metrics.histogram(catalogue.MODEL_FIRST_TOKEN).labels(name)
            first.observe(attempt.first_token_seconds)
