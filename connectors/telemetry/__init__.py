"""What operators read of a running installation: metrics, logs, traces."""
