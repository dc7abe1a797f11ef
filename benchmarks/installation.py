"""A whole installation with the material ingested, in a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import orjson

from benchmarks.material import Material
from benchmarks.processes import Started, neuroshiksha, run, service_environment
from benchmarks.streaming_client import Target
from bootstrap.embedded import ServerUrls, embedded_servers
from bootstrap.home import Home

COURSE = "benchmark"
EMAIL = "benchmark@localhost.localdomain"
PASSWORD = "only-for-this-benchmark"


@dataclass(frozen=True, slots=True)
class Installation:
    """Servers that run and the environment that leads to them."""

    home: Path
    urls: ServerUrls
    environment: dict[str, str]

    def command(self, *arguments: str, **options: object) -> str:
        """Runs `neuroshiksha` here; gives what it printed."""
        return run(neuroshiksha(*arguments), self.environment, **options)

    def prepare_encoder(self) -> None:
        """Makes the encoder's files, once for this installation, so that no measure does it."""
        note = self.home / "note.md"
        note.write_text("# Note\n\nThe encoder is ready.")
        self.command("ingest", str(note), "--course", "preparation", "--create")

    def ingest(self, material: Material) -> None:
        """Brings the passages into the benchmark's course."""
        self.command("ingest", str(material.passages_file), "--course", COURSE, "--create")

    def target(self, started: Started) -> Target:
        """Asking the service as an admin, signed in."""
        create = ["user", "create", "--email", EMAIL, "--role", "admin", "--password-stdin"]
        self.command(*create, input=PASSWORD + "\n")
        form = urlencode({"username": EMAIL, "password": PASSWORD}).encode()
        address = f"http://127.0.0.1:{started.port}/api/v1/auth/token"
        with urlopen(Request(address, form)) as response:
            token = orjson.loads(response.read())["access_token"]
        return Target(
            name="service",
            port=started.port,
            path=f"/api/v1/courses/{COURSE}/chat",
            token_mark=b"\nevent: delta\n",
            headers=(("authorization", f"Bearer {token}"), ("accept", "text/event-stream")),
        )


@contextmanager
def installation(upstream_url: str = "") -> Iterator[Installation]:
    """Embedded servers with an empty database at the newest schema."""
    with TemporaryDirectory(prefix="neuroshiksha-benchmark-") as folder:
        home = Home(Path(folder))
        with embedded_servers(home) as servers:
            urls = servers.urls
            environment = service_environment(home.root, urls.as_environment(), upstream_url)
            here = Installation(home.root, urls, environment)
            here.command("db", "upgrade")
            yield here
