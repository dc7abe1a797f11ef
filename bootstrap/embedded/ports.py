"""TCP ports: which are free, who holds one, and which a server had last time."""

import json
import socket
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"


def is_port_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def find_free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def next_free_port(port: int, host: str = LOOPBACK) -> int:
    """The first free port above the given one, to suggest instead of it."""
    return next(
        (candidate for candidate in range(port + 1, 65536) if is_port_free(candidate, host)),
        find_free_port(),
    )


def describe_holder(port: int) -> str:
    """Who listens on the port, as `name (process id)`; empty if that is not to be known."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        is_listener = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
        if is_listener and connection.pid is not None:
            try:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
            except psutil.NoSuchProcess:
                return ""
    return ""


def remembered_port(ports_file: Path, server: str) -> int:
    """The port the server had last time if it is free, else a free one, remembered from now."""
    ports = json.loads(ports_file.read_text()) if ports_file.exists() else {}
    port = ports.get(server)
    if port is None or not is_port_free(port):
        port = find_free_port()
        draft = ports_file.with_suffix(".draft")
        draft.write_text(json.dumps(ports | {server: port}))
        draft.replace(ports_file)
    return int(port)
