"""The WebSocket edge: frames, connections, and the route that opens them."""
