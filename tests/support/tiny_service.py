"""A stand-in for the `neuroshiksha` command: small children for tests of the supervisor.

`serve` answers the readiness check, `worker` and `beat` sleep. A file `crash-NAME` in the
current folder makes NAME end with exit code 3 at its start.
"""

import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class ReadyHandler(BaseHTTPRequestHandler):
    """Answers everything with success."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        """Keeps quiet."""


def main() -> None:
    name, *arguments = sys.argv[1:]
    if Path(f"crash-{name}").exists():
        sys.stderr.write(f"ERROR {name} found its crash file\n")
        sys.exit(3)
    if name == "serve":
        host, port = arguments[1], int(arguments[3])
        HTTPServer.allow_reuse_address = True
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        HTTPServer((host, port), ReadyHandler).serve_forever()
    time.sleep(600)


if __name__ == "__main__":
    main()
