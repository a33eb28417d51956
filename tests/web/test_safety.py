"""Safe by default: who is let in, what is told about it, and what is never run."""

from __future__ import annotations

import base64
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from searchkit.cli import app
from searchkit.web.assets import ASSETS, FOLDER
from tests.web.conftest import Server, make_index, run_server

TOKEN = "correct-horse-battery-staple"


def refuse(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """What the command says when it does not even start."""
    result = CliRunner().invoke(app, ["serve", *arguments], env=environment)
    assert result.exit_code in (2, 3) and result.stdout == ""
    return result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_an_address_that_others_reach_demands_a_token(tmp_path: Path, stories: list[Any], host: str) -> None:
    index = make_index(tmp_path, stories)
    assert "could read the index" in refuse("--index", str(index), "--host", host)


@pytest.mark.parametrize("token", ["", "short", " " * 20, "ä" * 20, "with a newline\nin it"])
def test_a_token_that_is_guessed_or_cannot_be_sent_is_refused_and_not_repeated(token: str) -> None:
    for said in (refuse("--host", "0.0.0.0", "--token", token),
                 *([refuse("--host", "0.0.0.0", environment={"SEARCHKIT_TOKEN": token})] if token else [])):
        assert "token" in said and (not token.strip() or token not in said)


def test_without_an_index_or_a_free_port_it_does_not_start(tmp_path: Path, stories: list[Any]) -> None:
    assert "there is no index here" in refuse("--index", str(tmp_path / "none"))
    index = make_index(tmp_path, stories)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "cannot listen at 127.0.0.1" in refuse("--index", str(index), "--port", port)
    assert "there is no port 70000" in refuse("--index", str(index), "--port", "70000")


def test_it_listens_at_this_machine_only(seeds_server: Server) -> None:
    assert seeds_server.url.startswith("http://127.0.0.1:")


def test_with_a_token_only_who_has_it_is_answered_and_nobody_is_told(start: Callable[..., Any]) -> None:
    basic = base64.b64encode(f"anyone:{TOKEN}".encode()).decode()
    with start("--host", "0.0.0.0", environment={"SEARCHKIT_TOKEN": TOKEN}) as server:
        local = server._replace(url=server.url.replace("0.0.0.0", "127.0.0.1"))
        for headers in ({"Authorization": f"Bearer {TOKEN}"}, {"Authorization": f"Basic {basic}"}):
            assert local.get("/", headers).status == 200
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {TOKEN}x"},
                        {"Authorization": "Basic !!!"}, {"Authorization": f"Digest {TOKEN}"},
                        {"Authorization": "Basic"}):
            for path in ("/", "/api/query", "/static/style.css", "/openapi.json"):
                answer = local.get(path, headers)
                assert answer.status == 401 and answer.headers["www-authenticate"].startswith("Basic")
        assert local.get("/?token=" + TOKEN).status == 401
        server.process.send_signal(2)
        said = "".join(server.process.communicate(timeout=20))
    assert TOKEN not in said and basic not in said


def test_queries_are_not_logged(start: Callable[..., Any]) -> None:
    with start() as server:
        server.get("/api/query", q="secretword")
        server.get("/?q=%22secretword")
        server.process.send_signal(2)
        assert "secretword" not in "".join(server.process.communicate(timeout=20))
        assert server.process.returncode == 0


@pytest.mark.parametrize(("host", "status"), [
    ("localhost", 200), ("LOCALHOST:99", 200), ("127.0.0.1", 200), ("[::1]:8011", 200), ("archive.example", 200),
    ("evil.example", 400), ("127.0.0.1.evil.example", 400), ("localhost.evil.example:80", 400), ("", 400),
    ("localhost:evil", 400), ("archive.example.evil", 400), ("a@localhost", 400)])
def test_only_known_hosts_are_answered(named_server: Server, host: str, status: int) -> None:
    for path in ("/", "/api/query"):
        assert named_server.get(path, {"Host": host}).status == status


@pytest.fixture(scope="module")
def named_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    index = make_index(tmp_path_factory.mktemp("named"), [{"id": "a", "body": "Ferry."}])
    with run_server(index, "--name", "archive.example") as server:
        yield server


def test_pages_of_other_sites_can_link_but_not_ask(seeds_server: Server) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert seeds_server.get("/?q=x", {**foreign, "Sec-Fetch-Mode": "navigate"}).status == 200
    answer = seeds_server.get("/api/query", {**foreign, "Sec-Fetch-Mode": "no-cors"})
    assert answer.status == 403
    answer = seeds_server.get("/api/query", {"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/read?id=nobody", "/api/query", "/api/nothing", "/static/nothing",
                                  "/openapi.json"])
def test_every_answer_says_what_a_browser_may_do_with_it(seeds_server: Server, path: str) -> None:
    headers = seeds_server.get(path).headers
    policy = headers["content-security-policy"]

    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer" and "server" not in headers


@pytest.mark.parametrize("path", ["/", "/?q=Huawei&publisher=none", "/?q=zebra", "/about", "/facets?field=person",
                                  "/explain?q=Huawei", "/read?id=nobody", "/?q=%22open"])
def test_no_page_has_anything_inline_or_from_elsewhere(seeds_server: Server, path: str) -> None:
    page = seeds_server.get(path, {"Accept": "text/html"}).text

    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page) == []
    assert re.findall(r"<script(?![^>]* src=\"/static/)", page) == []
    assert re.findall(r"(?:src|href|action)=\"(?!/|#|\?)[^\"]*", page) == []


def test_the_files_that_pages_load_are_small_and_ask_nobody() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 100_000
    for asset in ASSETS.values():
        assert not re.search(rb"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", asset.content)


def test_files_are_served_by_name_from_what_was_read_at_the_start(seeds_server: Server) -> None:
    asset = seeds_server.get(ASSETS["style.css"].link)
    assert asset.body == ASSETS["style.css"].content and "immutable" in asset.headers["cache-control"]
    for name in ("../server.py", "..%2f..%2fserver.py", "/etc/passwd", "style.css", "%2e%2e/pages.py"):
        assert seeds_server.get(f"/static/{name}").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_nothing_is_written(seeds_server: Server, method: str) -> None:
    answer = seeds_server.get("/api/query", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_what_is_too_large_is_not_read(seeds_server: Server) -> None:
    assert seeds_server.get("/api/query", {"Content-Length": "1000000000"}).status == 413
    assert seeds_server.get("/api/query", body=b"x").status == 413
    assert seeds_server.get("/api/query", {"Transfer-Encoding": "chunked"}, body=iter([b"5\r\n"])).status == 413
    assert seeds_server.get("/api/query?q=" + "a" * 50_000).status == 414


def test_a_client_that_asks_nothing_is_not_waited_for(tmp_path: Path, stories: list[Any]) -> None:
    program = [sys.executable, "-c", "from searchkit.web import server; server.HEADER_SECONDS = 0.3\n"
                                     "from searchkit.cli import main; main()"]
    with run_server(make_index(tmp_path, stories), program=program) as server:
        place = urlsplit(server.url)
        with socket.create_connection((place.hostname, place.port), timeout=20) as silent:
            silent.sendall(b"GET /api/health HTTP/1.1\r\nHost: loc")
            assert silent.recv(100) == b""
        assert server.get("/api/health").status == 200


def test_a_plain_search_does_not_load_the_web(tmp_path: Path, stories: list[Any]) -> None:
    index = make_index(tmp_path, stories)
    code = ("import sys\nfrom searchkit import cli\n"
            "sys.argv = ['searchkit', 'query', 'ferry', '--index', sys.argv[1]]\n"
            "try: cli.main()\n"
            "except SystemExit: print(sorted({'starlette', 'uvicorn', 'jinja2', 'asyncio'} & sys.modules.keys()))")
    done = subprocess.run([sys.executable, "-c", code, str(index)], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_where_the_extra_is_missing_the_command_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("searchkit.web.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "pip install 'searchkit[web]'" in refuse()


def test_ctrl_c_ends_it_quietly(start: Callable[..., Any]) -> None:
    with start() as server:
        server.process.send_signal(2)
        out, error = server.process.communicate(timeout=20)
    assert (server.process.returncode, out, error) == (0, "", "")


def test_a_request_that_turns_out_to_be_none_is_answered_once_and_without_a_traceback(
        start: Callable[..., Any]) -> None:
    head = b"GET /api/query?q=ferry HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with start() as server:
        place = urlsplit(server.url)
        for _ in range(20):
            with socket.create_connection((place.hostname, place.port), timeout=20) as link:
                link.sendall(head + b"no chunk\r\n")
                assert b"".join(iter(lambda: link.recv(65_536), b"")).count(b"HTTP/1.1 ") == 1
        assert server.get("/api/query", q="ferry").status == 200
        server.process.send_signal(2)
        assert "Traceback" not in "".join(server.process.communicate(timeout=20))
