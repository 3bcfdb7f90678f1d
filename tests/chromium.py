"""The browser that the tests drive: found on this machine, or fetched; `make test` asks here before anything runs."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

SHELL = "chromium-headless-shell"  # Chromium without a window, which starts no pages of its own beside each of ours
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (Path("/Applications"), Path.home() / "Applications")  # of macOS, where nothing stands in PATH
DOWNLOADS = (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright")  # Linux, macOS
PROGRAMS = {
    "chromium_headless_shell-*": ("chrome-*/chrome-headless-shell", "chrome-*/headless_shell"),
    "chromium-*": ("chrome-*/chrome", "chrome-*/*.app/Contents/MacOS/*"),
}
HOST = "https://cdn.playwright.dev"
ANSWERS_S = 5  # how long playwright's host may take for its first word
FETCH_S = 900  # on a slow line
TYPE = {
    "apt-get": "sudo apt-get install chromium",
    "dnf": "sudo dnf install chromium",
    "pacman": "sudo pacman -S chromium",
    "zypper": "sudo zypper install chromium",
    "brew": "brew install --cask google-chrome",
}


def find() -> str | None:
    """Return the path of a Chromium or Chrome that runs: the system's, else one that playwright fetched."""
    return next((path for path in (*_installed(), *_fetched()) if _runs(path)), None)


def main() -> str | None:
    """Have a browser here; return None, or the sentence that says what to type."""
    for fetch in (_by_playwright, _by_apt):
        if find():
            return None
        fetch()
    return None if find() else _sentence()


def _installed() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    for folder in APPLICATIONS:
        for name in ("Chromium", "Google Chrome"):
            yield str(folder / f"{name}.app/Contents/MacOS/{name}")


def _fetched() -> list[str]:
    """Return playwright's own downloads, windowless and newest first: ``chromium-1255/chrome-linux64/chrome``."""
    own, found = os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), []
    for kind, programs in PROGRAMS.items():
        builds = [build for folder in ((Path(own),) if own else DOWNLOADS) for build in folder.glob(kind)]
        builds.sort(key=lambda build: (len(build.name), build.name), reverse=True)  # 1255 after 999
        found += [str(path) for build in builds for program in programs for path in build.glob(program)]
    return found


def _runs(path: str) -> bool:
    """Return whether it starts: Ubuntu has a script of this name that only names a snap, and libraries may lack."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _by_playwright() -> None:
    if not _answers(os.environ.get("PLAYWRIGHT_DOWNLOAD_HOST", HOST)):
        return
    libraries = ["--with-deps"] if _may_install() else []  # a bare server lacks most of what Chromium links to
    _call(sys.executable, "-m", "playwright", "install", "--only-shell", *libraries, "chromium")


def _answers(address: str) -> bool:
    """Return whether a server is there within seconds; playwright itself would try for minutes."""
    heard = threading.Event()

    def ask() -> None:
        try:
            urlopen(address, timeout=ANSWERS_S).close()
        except HTTPError:  # a refusal is an answer, too
            pass
        except OSError:
            return
        heard.set()

    asking = threading.Thread(target=ask, daemon=True)  # looking up a name knows no time limit of its own
    asking.start()
    asking.join(ANSWERS_S)
    return heard.is_set()


def _by_apt() -> None:
    if not _may_install():
        return
    patience = ("-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=15", "-o", "Acquire::https::Timeout=15")
    _call("apt-get", "update", "-qq", *patience)
    for name in (SHELL, "chromium"):  # not every release of Debian and Ubuntu has both
        if not find():
            _call("apt-get", "install", "-y", "-qq", "--no-install-recommends", *patience, name)


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _call(*command: str) -> None:
    """Run it, whatever becomes of it: what counts is whether a browser is there afterwards."""
    sys.stderr.write(f"No browser here for the tests: {' '.join(command)}\n")
    asks_nothing = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=asks_nothing, timeout=FETCH_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"{error}\n")


def _sentence() -> str:
    if _fetched():
        what = f"type sudo {sys.executable} -m playwright install-deps chromium (its libraries are missing)"
    else:
        manager = next(filter(shutil.which, TYPE), None)
        what = f"type {TYPE[manager]}" if manager else "install Google Chrome from google.com/chrome"
    return f"The tests need Chromium or Chrome and could not fetch one: {what}, then make test again."


if __name__ == "__main__":
    sys.exit(main())
