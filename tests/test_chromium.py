"""A browser for the tests: found wherever one may lie, fetched where none is, or asked for in one sentence."""

import io
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_server

import pytest

from tests import chromium

ROOT = Path(__file__).parent.parent
RUNS = "#!/bin/sh\necho Chromium 159\n"
LACKS = "#!/bin/sh\necho 'requires the chromium snap to be installed' >&2\nexit 1\n"
NOBODY = "http://127.0.0.1:9"
LINUX = "chromium-{}/chrome-linux64/chrome"
SHELL = "chromium_headless_shell-{}/chrome-headless-shell-linux64/chrome-headless-shell"
MAC = "chromium-{}/chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine without any browser, whose user may install nothing and whom nobody answers; its one folder of PATH."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "own"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", NOBODY)
    monkeypatch.setattr(chromium, "APPLICATIONS", (tmp_path / "Applications",))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    yield tmp_path / "bin"


def put(path: Path, text: str = RUNS) -> str:
    """Write an executable file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "where",
    [
        *(f"bin/{name}" for name in chromium.NAMES),
        "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "Applications/Chromium.app/Contents/MacOS/Chromium",
        f"own/{LINUX.format(1255)}",
        f"own/{SHELL.format(1255)}",
        "own/chromium_headless_shell-1255/chrome-linux/headless_shell",  # on ARM
        f"own/{MAC.format(1255)}",
    ],
)
def test_a_browser_that_is_here_is_found_and_nothing_is_fetched(where: str, tmp_path: Path, bare: Path) -> None:
    put(bare / "apt-get", "#!/bin/sh\nexit 7\n")
    browser = put(tmp_path / where)
    assert chromium.find() == browser
    assert chromium.main() is None


def test_the_folders_of_playwright_are_looked_into_without_being_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH")
    monkeypatch.setattr(chromium, "DOWNLOADS", (tmp_path / "none", tmp_path / "cache"))
    browser = put(tmp_path / "cache" / LINUX.format(1255))
    assert chromium.find() == browser


def test_the_newest_of_those_that_playwright_fetched_is_taken(tmp_path: Path) -> None:
    put(tmp_path / "own" / LINUX.format(999))
    newest = put(tmp_path / "own" / LINUX.format(1255))
    put(tmp_path / "own" / LINUX.format(1201))
    assert chromium.find() == newest


def test_the_one_without_a_window_comes_first(tmp_path: Path, bare: Path) -> None:
    put(tmp_path / "own" / LINUX.format(1255))
    shell = put(tmp_path / "own" / SHELL.format(999))
    assert chromium.find() == shell
    chrome = put(bare / "chromium")
    assert chromium.find() == chrome, "the machine's own before what was fetched"
    shell = put(bare / "chromium-headless-shell")
    assert chromium.find() == shell


def test_what_does_not_run_is_passed_over(tmp_path: Path, bare: Path) -> None:
    """Ubuntu's ``chromium-browser`` is a script that only names a snap."""
    put(bare / "chromium-browser", LACKS)
    put(bare / "chromium", "no program at all")
    assert chromium.find() is None
    chrome = put(bare / "google-chrome-stable")
    assert chromium.find() == chrome


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A server in the place of playwright's, with one small program to download; yields the paths asked for."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for program in (
            "chrome-headless-shell-linux64/chrome-headless-shell",
            "chrome-linux/headless_shell",
            "ffmpeg-linux",
        ):
            entry = zipfile.ZipInfo(program)
            entry.external_attr = 0o755 << 16
            packed.writestr(entry, RUNS)
    asked: list[str] = []

    class Downloads(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if self.path.endswith(".zip") else 404)
            self.send_header("Content-Length", str(len(archive.getvalue())))
            self.end_headers()
            self.wfile.write(archive.getvalue())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Downloads)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", f"http://127.0.0.1:{server.server_port}")
    yield asked
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(sys.platform != "linux", reason="the archive holds Linux's folders")
def test_playwright_fetches_one_where_its_host_answers(host: list[str], tmp_path: Path) -> None:
    """The real command, against a server of ours."""
    assert chromium.main() is None
    found = chromium.find()
    assert found is not None
    assert Path(found).is_relative_to(tmp_path / "own")
    assert any(path.endswith(".zip") for path in host)


def test_root_has_playwright_install_the_libraries_as_well(
    host: list[str], bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bare / "apt-get", "#!/bin/sh\n")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "executable", put(bare / "python", f'#!/bin/sh\necho "$*" >> {bare}/log\n'))
    chromium.main()
    assert (bare / "log").read_text() == "-m playwright install --only-shell --with-deps chromium\n"


def test_a_host_that_never_answers_is_left_within_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "ANSWERS_S", 0.2)
    with create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(chromium, "_call", lambda *command: pytest.fail(f"called {command}"))
        assert chromium.main() is not None


@pytest.mark.parametrize(
    ("release", "tried"),
    [("chromium-headless-shell", ["chromium-headless-shell"]), ("chromium", ["chromium-headless-shell", "chromium"])],
    ids=["Debian", "a release without the shell"],
)
def test_root_takes_the_package_manager_where_playwrights_host_does_not_answer(
    release: str, tried: list[str], bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bare / "kept")
    moves = f"/bin/mv {bare}/kept {bare}/{release}"
    script = f'echo "$DEBIAN_FRONTEND: $*" >> {bare}/log\ncase "$*" in install*" {release}") {moves};; esac'
    put(bare / "apt-get", f"#!/bin/sh\n{script}\n")
    assert chromium.main() == chromium.main()  # only root may
    assert not (bare / "log").exists()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert chromium.main() is None
    update, *installs = (bare / "log").read_text().splitlines()
    assert update.startswith("noninteractive: update")
    assert all(install.startswith("noninteractive: install -y") for install in installs)
    assert [install.split()[-1] for install in installs] == tried
    assert chromium.find() == str(bare / release)


@pytest.mark.parametrize(
    ("manager", "typed"),
    [("apt-get", "type sudo apt-get install chromium,"), ("brew", "type brew install"), (None, "google.com/chrome")],
)
def test_where_nothing_helps_one_sentence_says_what_to_type(manager: str | None, typed: str, bare: Path) -> None:
    if manager:
        put(bare / manager)
    sentence = chromium.main()
    assert sentence is not None
    assert typed in sentence
    assert sentence.count(". ") == 0 and sentence.endswith("make test again.")


def test_a_fetched_browser_without_its_libraries_is_told_apart(tmp_path: Path) -> None:
    put(tmp_path / "own" / LINUX.format(1255), LACKS)
    assert "install-deps chromium" in str(chromium.main())


def test_the_program_says_the_sentence_and_fails() -> None:
    script = "import sys; from tests import chromium; chromium.APPLICATIONS = (); sys.exit(chromium.main())"
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The tests need Chromium or Chrome") and ended.stderr.count("\n") == 1


def test_make_test_runs_nothing_without_a_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.defpath)
    script = f'#!/bin/sh\necho "$*" >> {tmp_path}/log\ncase "$*" in *tests.chromium*) exit 1;; esac\n'
    put(tmp_path / "python", script)
    done = ("-o", ".venv/dev.stamp", "-o", ".venv/mcp.stamp", f"BIN={tmp_path}")
    assert subprocess.run(["make", "test", *done], cwd=ROOT, capture_output=True).returncode != 0
    assert (tmp_path / "log").read_text() == "-m tests.chromium\n"
