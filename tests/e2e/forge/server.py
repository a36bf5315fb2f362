"""A forge on this machine: Git over HTTPS, and a part of GitHub's API and of GitLab's.

What a forge does and this does not: events, checks, reviews, rules for branches, and a pull
request that counts as merged once its commits are on the base.
"""

import json
import re
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import trustme

from tests.e2e.forge import api, gitlab, gitserver
from tests.e2e.forge.state import State


class Forge(State):
    """A forge with one repository, as long as its context lasts.

    `url` is its address, `api` that of the API, `ca` the certificate to trust; `trust` has the
    variables that make clients do so. What can be seeded and read is in `State`.
    """

    def __init__(
        self,
        folder: Path,
        repository: Path,
        slug: str = "acme/toy",
        token: str = "token-of-the-forge",  # noqa: S107
        private: bool = False,
    ) -> None:
        super().__init__(repository, slug, token, private)
        authority = trustme.CA()
        self.ca = folder / "forge-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(self._context)

    def __enter__(self) -> Self:
        self._server = Server(("127.0.0.1", 0), type("ForgeHandler", (Handler,), {"forge": self}))
        # the handshake is left to the connection's own thread: one bad client must not stop all
        self._server.socket = self._context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://localhost:{self._server.server_address[1]}"
        self.api = f"{self.url}/api/v3"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *connection: Any) -> None:
        """Say nothing of a client that broke off, such as one that does not trust us."""
        if not isinstance(sys.exception(), ssl.SSLError | ConnectionError):
            super().handle_error(*connection)


class Handler(BaseHTTPRequestHandler):
    forge: Forge
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self) -> None:
        body = self.read_body()
        path, _, query = self.path.partition("?")
        git = re.match(rf"/{re.escape(self.forge.slug)}(\.git)?(?=/)", path)
        if git:
            call = gitserver.Call(self.command, path[git.end() :], query, self.headers, body)
            reply = gitserver.answer(self.forge, call)
        elif path.startswith("/api/v4"):
            token = self.headers.get("PRIVATE-TOKEN") or self.headers.get("JOB-TOKEN", "")
            reply = gitlab.answer(self.forge, self.command, path, query, token, body)
        else:
            authorization = self.headers.get("Authorization", "")
            reply = api.answer(self.forge, self.command, path, query, authorization, body)
        content = reply.body
        self.send_response(reply.status)
        if not isinstance(content, bytes):
            self.send_header("Content-Type", "application/json; charset=utf-8")
            content = b"" if content is None else json.dumps(content).encode()
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815

    def read_body(self) -> bytes:
        """Return what was sent; Git sends what is large in chunks."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def log_message(self, *_: object) -> None:
        """Say nothing: the forge's `requests` tell what was asked."""
