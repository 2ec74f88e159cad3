"""`grade data fetch` against servers that work, lie, stall and hang up: whole and checked, or not at all."""

import hashlib
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from grader.course import data as sets
from grader.errors import CourseError, UsageError

BODY = bytes(range(256)) * 700


class Server:
    """A local server whose behaviour is a function of the request's number."""

    def __init__(self, behave):
        outer = self
        self.ranges = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.ranges.append(self.headers.get("Range"))
                behave(self, len(outer.ranges))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/names.txt"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def serve():
    servers = []

    def start(behave):
        servers.append(Server(behave))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def whole(request, _number):
    start = int((request.headers.get("Range") or "bytes=0-")[6:-1])
    request.send_response(206 if start else 200)
    request.send_header("Content-Length", str(len(BODY) - start))
    request.end_headers()
    request.wfile.write(BODY[start:])


def hangs_up_half_way(request, number):
    if number > 1:
        whole(request, number)
        return
    request.send_response(200)
    request.send_header("Content-Length", str(len(BODY)))
    request.end_headers()
    request.wfile.write(BODY[:100_000])


def ignores_ranges(request, number):
    if number == 1:
        hangs_up_half_way(request, number)
        return
    request.send_response(200)
    request.end_headers()
    request.wfile.write(BODY)


def lies(request, _number):
    request.send_response(200)
    request.end_headers()
    request.wfile.write(b"x" * len(BODY))


def never_ends(request, _number):
    request.send_response(200)
    request.end_headers()
    try:
        for _ in range(10_000):
            request.wfile.write(b"x" * 65536)
    except OSError:
        pass


def fails(request, _number):
    request.send_error(503, "Come back later")


def stalls(request, _number):
    request.send_response(200)
    request.send_header("Content-Length", str(len(BODY)))
    request.end_headers()
    request.wfile.write(BODY[:5000])
    request.wfile.flush()
    threading.Event().wait(3)


def dataset(folder, url):
    digest = hashlib.sha256(BODY).hexdigest()
    path = folder / "lecture" / "names.txt"
    return sets.Dataset("names", path, len(BODY), digest, "some names", fetch="names", url=url)


def test_fetches_a_file(serve, tmp_path):
    wanted = dataset(tmp_path, serve(whole).url)
    seen = []
    sets.fetch(wanted, progress=lambda have, total: seen.append((have, total)))
    assert wanted.path.read_bytes() == BODY
    assert wanted.state == "present"
    assert seen[-1] == (len(BODY), len(BODY))
    assert [file.name for file in wanted.path.parent.iterdir()] == ["names.txt"]


def test_goes_on_where_the_connection_broke(serve, tmp_path):
    server = serve(hangs_up_half_way)
    wanted = dataset(tmp_path, server.url)
    sets.fetch(wanted)
    assert wanted.path.read_bytes() == BODY
    assert server.ranges == [None, "bytes=100000-"]


def test_starts_again_where_ranges_are_ignored(serve, tmp_path):
    wanted = dataset(tmp_path, serve(ignores_ranges).url)
    sets.fetch(wanted)
    assert wanted.path.read_bytes() == BODY


@pytest.mark.parametrize("behave", [lies, never_ends])
def test_another_file_is_not_kept(serve, tmp_path, behave):
    wanted = dataset(tmp_path, serve(behave).url)
    with pytest.raises(sets.FetchError, match="is not the file that this course was written for"):
        sets.fetch(wanted)
    assert list(wanted.path.parent.iterdir()) == []


def test_a_refusal_says_what_to_do(serve, tmp_path):
    server = serve(fails)
    wanted = dataset(tmp_path, server.url)
    with pytest.raises(sets.FetchError) as caught:
        sets.fetch(wanted)
    assert "No check needs this file" in str(caught.value)
    assert "grade data fetch names" in str(caught.value)
    assert len(server.ranges) == sets.TRIES


def test_a_stalled_server_is_left(serve, tmp_path):
    wanted = dataset(tmp_path, serve(stalls).url)
    with pytest.raises(sets.FetchError, match="timed out"):
        sets.fetch(wanted, patience=0.3)
    assert not wanted.path.exists()
    part = wanted.path.with_name("names.txt.part")
    assert BODY.startswith(part.read_bytes())


def test_nobody_there(tmp_path):
    wanted = dataset(tmp_path, "http://127.0.0.1:9/names.txt")
    with pytest.raises(sets.FetchError, match="Connection refused"):
        sets.fetch(wanted)


def course(folder, url, file="lecture/names.txt"):
    (folder / "pyproject.toml").write_text('[tool.grader]\nformat = 1\ntitle = "t"\n', encoding="utf-8")
    (folder / "checks").mkdir()
    (folder / "checks" / "test_u01_one.py").write_text('UNIT = {"title": "one"}\n', encoding="utf-8")
    (folder / "datasets").mkdir()
    digest = hashlib.sha256(BODY).hexdigest()
    (folder / "datasets" / "catalogue.toml").write_text(
        f'[names]\nfile = "{file}"\nbytes = {len(BODY)}\nsha256 = "{digest}"\nabout = "some names"\n'
        f'fetch = "names"\nurl = "{url}"\n',
        encoding="utf-8",
    )
    return folder


def grade(folder, *arguments):
    environment = {**os.environ, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "grader", "data", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_through_the_command(serve, tmp_path):
    folder = course(tmp_path, serve(whole).url)
    assert "missing" in grade(folder, "list").stdout
    done = grade(folder, "fetch", "names")
    assert (done.returncode, done.stderr) == (0, "")
    assert "SHA-256 as pinned" in done.stdout
    assert "present" in grade(folder, "list").stdout
    assert "here already" in grade(folder, "fetch", "names").stdout
    assert grade(folder, "fetch", "nothing").returncode == 2


def test_a_file_outside_the_folder_is_refused(tmp_path):
    folder = course(tmp_path, "http://127.0.0.1:9/", file="../../escaped.txt")
    with pytest.raises(CourseError, match="outside the folder"):
        sets.catalogue(folder / "datasets")


def test_no_catalogue(tmp_path):
    with pytest.raises(UsageError, match="has no data"):
        sets.catalogue(tmp_path)
