"""Serves the programs of wasmtime's own tests of `serve` and `wasi:http` with `atoll component`, and asks of each what
wasmtime's tests ask of it (`tests/all/cli_tests.rs`, `crates/wasi-http/tests/all/p2.rs`).

    ATOLL=target/debug/atoll python3 tests/wasi/wasmtime_programs.py FOLDER

FOLDER holds `p2_cli_serve_hello_world.component.wasm` and the others; see `docs/components.md`. One line a case; the exit
status is 1 when one of them failed.
"""
import base64
import hashlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ATOLL = os.getenv("ATOLL", "atoll")
FILES = {"/a": b"alpha" * 1_000, "/b": b"beta" * 100_000, "/c": b""}
MUCH = os.urandom(1 << 20)
GET = ("GET", "/", {}, None)


class World(BaseHTTPRequestHandler):
    """What the programs call: some files, and an echo that answers while it is still being asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = FILES.get(self.path, b"this is " + self.path.encode())
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-world", "1")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        size = None
        while size != 0:
            size = int(self.rfile.readline().split(b";")[0], 16)
            piece = self.rfile.read(size)
            self.rfile.readline()
            self.wfile.write(b"%x\r\n%s\r\n" % (size, piece))

    def log_message(self, *_args):
        pass


def ask(address, request):
    method, path, headers, body = request
    connection = http.client.HTTPConnection(address, timeout=60)
    headers = list(headers.items()) if isinstance(headers, dict) else headers
    connection.putrequest(method, path, skip_host=any(name == "host" for name, _ in headers))
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    response = connection.getresponse()
    return response.status, dict(response.getheaders()), response.read()


def serve(file, args, requests):
    """Answers what came back, what it printed, and how the process ended."""
    process = subprocess.Popen([ATOLL, "component", file, "--listen", "127.0.0.1:0", *args],
                               stderr=subprocess.PIPE, text=True)
    try:
        first = process.stderr.readline()
        address = re.search(r"http://([^/]+)/", first)
        if not address:
            return None, first + process.stderr.read(), process.wait()
        answers = [ask(address.group(1), request) for request in requests]
        process.send_signal(signal.SIGINT)
        return answers, process.stderr.read(), process.wait()
    finally:
        process.kill()


def printed(log):
    """The lines of the component's log, without time, level and request."""
    lines = re.findall(r"^\S+ (?:info|warn) +GET /:(?: (.*))?$", log, re.MULTILINE)
    return [line.rstrip() for line in lines]


PRINTS = ["this is half a print to stdout", "", "after empty", "this is half a print to stderr", "", "after empty",
          "start a print 1234"]


def digest(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")


def cases(world):
    """Program, what about it, arguments, requests, and whether the answers are right."""
    origin = f"http://{world}"
    allowed = ["--allow-http", origin]
    urls = [("url", origin + path) for path in FILES]
    hashes = sorted(f"{origin}{path}: {digest(body)}" for path, body in FILES.items())
    local = {"host": "localhost"}

    def body_is(body):
        return lambda answers, _: all((status, got) == (200, body) for status, _, got in answers)

    def status_is(*expected):
        return lambda answers, _: tuple(status for status, _, _ in answers) == expected

    yield "p2_cli_serve_hello_world", "", [], [GET], body_is(b"Hello, WASI!")
    yield "p2_cli_serve_authority_and_scheme", "", [], [("GET", "/", local, None)], status_is(200)
    yield "p2_cli_serve_config", "", ["--env", "hello=world"], [GET], body_is(b"world")
    yield "p2_cli_serve_keyvalue", "", ["--kv", "hello=world"], [GET], body_is(b"world")
    yield "p2_cli_serve_return_before_set", "", [], [GET], status_is(500)
    yield "p2_cli_serve_trap_before_set", "", [], [GET], status_is(500)
    yield "p2_cli_serve_sleep", "", ["--limit", "wall_ms=300"], [GET], status_is(504)
    yield ("p2_cli_serve_echo_env", "", ["--env", "FOO=bar"],
           [("GET", "/", {"env": "FOO"}, None), ("GET", "/", {"env": "BAR"}, None)],
           lambda answers, _: [(status, headers.get("env"), body) for status, headers, body in answers]
           == [(200, "bar", b""), (200, None, b"")])
    yield ("p2_cli_serve_with_print", "", [], [GET, GET],
           lambda answers, log: [answer[0] for answer in answers] == [200, 200] and printed(log) == PRINTS * 2)
    yield "p2_api_proxy", "", [], [("GET", "/?foo=bar", local, None)], body_is(b"hello, world!")
    yield "p2_api_proxy", "early_drop", [], [("GET", "/early_drop", local, None)], body_is(b"hello, world!")
    yield ("p2_api_proxy", "new_fields", [],
           [("GET", f"/new_fields/{size}", local, None) for size in (10_000, 1_000_000)], status_is(200, 500))
    yield ("p2_api_proxy_forward_request", "", allowed, [("GET", "/thing", {"host": world}, None)],
           lambda answers, _: answers[0][2] == b"this is /thing" and answers[0][1].get("x-world") == "1")
    yield ("p2_api_proxy_streaming", "hash-all", allowed, [("GET", "/hash-all", urls, None)],
           lambda answers, _: sorted(answers[0][2].decode().split("\n")[:3]) == hashes)
    yield ("p2_api_proxy_streaming", "hash-all, not granted", [], [("GET", "/hash-all", urls[:1], None)],
           lambda answers, _: b"RequestDenied" in answers[0][2])
    yield "p2_api_proxy_streaming", "echo", [], [("POST", "/echo", {}, MUCH)], body_is(MUCH)
    yield ("p2_api_proxy_streaming", "double-echo", allowed,
           [("POST", "/double-echo", {"url": origin + "/echo"}, MUCH)], body_is(MUCH))
    yield "p3_cli_serve_hello_world", "", [], [GET, GET], body_is(b"Hello, WASI!")
    yield "p3_cli_serve_post_return", "", [], [GET], status_is(200)
    yield "p3_cli_serve_sleep", "", ["--limit", "wall_ms=300"], [GET], status_is(504)
    yield "p3_api_proxy", "", [], [("GET", "/", local, None)], body_is(b"hello, world!")


def main():
    folder = sys.argv[1]
    server = ThreadingHTTPServer(("127.0.0.1", 0), World)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = 0
    for name, about, args, requests, is_right in cases(f"127.0.0.1:{server.server_address[1]}"):
        file = os.path.join(folder, f"{name}.component.wasm")
        answers, log, status = serve(file, args, requests)
        good = answers is not None and status == 0 and is_right(answers, log)
        failed += not good
        print(f"{name} {about}".strip(), "ok" if good else f"FAILED: {str(answers)[:500]} {log[:500]}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
