"""Loads the Redis client without the metrics of the OpenTelemetry SDK, which it looks for.

To be imported before anything else imports redis. Where the SDK is installed it would take 1.5 MB
of an API process that sends no traces. Source: redis 8.1, observability/providers.py.
"""

from connectors.telemetry.hidden_imports import hidden

with hidden("opentelemetry.sdk.metrics"):
    import redis.asyncio

__all__ = ["redis"]
