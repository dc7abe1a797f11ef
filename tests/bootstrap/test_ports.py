"""Ports: free, held, remembered."""

import os
import socket

import pytest

from bootstrap.embedded.ports import (
    describe_holder,
    find_free_port,
    is_port_free,
    next_free_port,
    remembered_port,
)


@pytest.fixture
def held_port():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def test_port_with_a_listener_is_not_free(held_port):
    assert not is_port_free(held_port)


def test_port_without_a_listener_is_free():
    assert is_port_free(find_free_port())


def test_port_on_every_address_is_not_free_where_one_address_listens(held_port):
    assert not is_port_free(held_port, "0.0.0.0")


def test_holder_is_named_with_its_process_id(held_port):
    assert f"(process {os.getpid()})" in describe_holder(held_port)


def test_suggested_port_is_free(held_port):
    assert is_port_free(next_free_port(held_port))


def test_server_gets_its_port_again(tmp_path):
    ports_file = tmp_path / "ports.json"

    assert remembered_port(ports_file, "redis") == remembered_port(ports_file, "redis")


def test_server_gets_another_port_when_its_own_is_taken(tmp_path):
    ports_file = tmp_path / "ports.json"
    port = remembered_port(ports_file, "redis")
    with socket.create_server(("127.0.0.1", port)):
        assert remembered_port(ports_file, "redis") != port


def test_servers_remember_their_ports_apart(tmp_path):
    ports_file = tmp_path / "ports.json"

    assert remembered_port(ports_file, "redis") != remembered_port(ports_file, "postgres")
