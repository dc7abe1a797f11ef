"""What nginx says before any replica does: its files hold, its problems look like the service's."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from api import app
from api.openai_compatible.errors import openai_error
from bootstrap.settings import Settings
from tests.deploy.edge import NGINX_FILES, Edge, free_port, laid_out, running_edge

pytestmark = pytest.mark.server

MEBIBYTE = 1024 * 1024
MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "instance"}


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge whose replicas are all gone."""
    edge = laid_out(tmp_path_factory.mktemp("edge"), [free_port(), free_port()])
    with running_edge(edge):
        yield edge


def test_without_a_replica_a_request_gets_a_problem_that_says_when_to_come_again(
    lonely: Edge,
) -> None:
    response = httpx2.get(f"{lonely.address}/api/v1/courses", headers={"X-Request-ID": "a" * 20})

    problem = response.json()
    assert response.status_code == problem["status"] == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) > 0
    assert set(problem) == MEMBERS
    assert problem["type"] == f"urn:neuroshiksha:problem:{problem['code']}"
    assert problem["request_id"] == response.headers["x-request-id"] == "a" * 20
    assert problem["instance"] == "/api/v1/courses"


def test_an_id_or_a_path_that_would_break_the_problem_is_left_out_of_it(lonely: Edge) -> None:
    path = "/api/v1/%22%2C%22status%22%3A200"
    response = httpx2.get(f"{lonely.address}{path}", headers={"X-Request-ID": 'abc", "x": "1'})

    assert response.json()["status"] == 503
    assert response.json()["instance"] == ""
    assert re.fullmatch("[0-9a-f]{32}", response.json()["request_id"])


def test_openai_clients_are_told_in_their_own_shape(lonely: Edge) -> None:
    large = b"x" * (MEBIBYTE + 1)
    away = httpx2.get(f"{lonely.address}/v1/models")
    refused = httpx2.post(f"{lonely.address}/v1/chat/completions", content=large)

    members = openai_error({"status": 413, "code": "too_large", "detail": ""})["error"].keys()
    assert (away.status_code, refused.status_code) == (503, 413)
    assert away.json()["error"].keys() == refused.json()["error"].keys() == members
    assert refused.json()["error"]["code"] == "too_large"


def test_metrics_are_not_for_those_outside(lonely: Edge) -> None:
    assert httpx2.get(f"{lonely.address}/metrics").status_code == 404


def test_nginx_takes_its_files_with_tls_and_a_proxy_before_it(tmp_path: Path) -> None:
    trusted = "set_real_ip_from 10.0.0.0/8; real_ip_header X-Forwarded-For;"
    edge = laid_out(tmp_path, [1], EDGE_REAL_ADDRESS=trusted, EDGE_SCHEME="https")
    certificate(tmp_path)
    tls = (NGINX_FILES / "tls.conf.example").read_text()
    tls = tls.replace("/etc/nginx/tls/", f"{tmp_path}/").replace(" 8443", f" {free_port()}")
    (tmp_path / "etc" / "conf.d" / "tls.conf").write_text(tls.replace(" 8080", f" {free_port()}"))

    checked = edge.checked()

    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr


def certificate(folder: Path) -> None:
    """A certificate that signs itself."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tutor.school.edu")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def test_the_edge_lets_in_no_less_and_hardly_more_than_the_service() -> None:
    uploads = Settings(_env_file=None).upload_limit_bytes + app.MULTIPART_ALLOWANCE_BYTES
    text = (NGINX_FILES / "templates" / "service.inc.template").read_text()

    limits = set(re.findall(r"client_max_body_size (\S+);", text))

    assert limits == {
        f"{app.BODY_LIMIT_BYTES // 1024}k",
        f"{app.BULK_BODY_LIMIT_BYTES // MEBIBYTE}m",
        f"{app.MESSAGES_LIMIT_BYTES // MEBIBYTE}m",
        "${EDGE_UPLOAD_LIMIT}",
    }
    compose = (NGINX_FILES.parents[1] / "docker-compose.yml").read_text()
    assert f"EDGE_UPLOAD_LIMIT:-{uploads // MEBIBYTE}m" in compose
