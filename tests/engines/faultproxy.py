"""A proxy before a server that spoils some of what passes: busy and slow answers, cut connections, TLS, passwords."""

import http.client
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

Fault = str | int | float | None  # "before", "after": cut; a status; seconds to wait; nothing
HOP = ("connection", "transfer-encoding", "content-length")


class FaultProxy:
    """Forwards to a server; ``plan`` is told method, path and number of each request and names its fault."""

    def __init__(self, server: str, plan: Callable[[str, str, int], Fault] = lambda *_: None,
                 password: str = "", certificate: tuple[Path, Path] | None = None) -> None:
        self.plan, self.password, self.requests = plan, password, list[str]()
        self.target = urlsplit(server)
        self._listener = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._listener.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._listener.socket = context.wrap_socket(self._listener.socket, server_side=True)
        self._listener.handle_error = lambda *_: None  # clients that end a connection are what is tested
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._listener.server_port}"
        Thread(target=self._listener.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown()
        self._listener.server_close()

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                proxy.requests.append(f"{self.command} {self.path}")
                expected = "Basic " + b64encode(proxy.password.encode()).decode()
                if proxy.password and self.headers.get("authorization") != expected:
                    return self.answer(401, b"Unauthorized", "text/plain")
                fault = proxy.plan(self.command, self.path, len(proxy.requests))
                if fault == "before":
                    return self.cut()
                if isinstance(fault, int):
                    return self.answer(fault, b'{"error":{"type":"security_exception","reason":"no permissions",'
                                       b'"root_cause":[{"reason":"no permissions for [indices:data]"}]},"status":%d}'
                                       % fault)
                if isinstance(fault, float):
                    time.sleep(fault)
                status, kind, answer = self.forward(body)
                return self.cut() if fault == "after" else self.answer(status, answer, kind)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any

            def forward(self, body: bytes) -> tuple[int, str, bytes]:
                server = http.client.HTTPConnection(proxy.target.hostname, proxy.target.port, timeout=120)
                kept = {name: value for name, value in self.headers.items() if name.lower() not in (*HOP, "host")}
                server.request(self.command, self.path, body, kept)
                response = server.getresponse()
                found = response.status, response.getheader("content-type", "application/json"), response.read()
                server.close()
                return found

            def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else body)

            def cut(self) -> None:
                self.close_connection = True

        return Handler
