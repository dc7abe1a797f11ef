"""The HTTP, SSE and WebSocket edge."""
