"""Uploads: no client fills the disk, a full one is a sentence, and a photo in use never goes."""

import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from gradio.routes import file_upload_statuses

from app.disk import Budget, Ledger, NoRoom
from app.janitor import Rules, sweep
from app.upload_door import NO_ROOM
from tests import bad_files as files
from tests.attacked import Program, Visitor, started, wait_until
from tests.awaited import expect
from tests.guarded import Clock

BUDGET = Budget(client_bytes=100, all_bytes=200, use_s=60)
linux = pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Upload a file of so many bytes for a client; its number names its content."""

    def upload(ledger: Ledger, client: str, number: int, count: int = 30) -> Path:
        path = tmp_path / f"{number:064x}" / "photo"
        with ledger.upload(client) as more:
            more(count)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x" * count)
            ledger.keep(client, [path])
        return path

    return upload


def test_what_a_client_has_too_much_goes_first_of_its_own(put: Callable[..., Path]) -> None:
    clock = Clock()
    ledger = Ledger(BUDGET, clock)
    other = put(ledger, "other", 99)
    mine = []
    for number in range(8):
        clock.now_s += 100
        mine.append(put(ledger, "mine", number))
    assert [path.exists() for path in mine] == [False] * 5 + [True] * 3
    assert other.exists()


def test_the_heaviest_gives_way_to_others_and_others_not_to_it(put: Callable[..., Path]) -> None:
    clock = Clock()
    ledger = Ledger(BUDGET, clock)
    small = [put(ledger, f"small{number}", number, 20) for number in range(3)]
    heavy = []
    for number, client in enumerate("aabb"):
        clock.now_s += 100
        heavy.append(put(ledger, client, 10 + number, 45))
    clock.now_s += 100
    late = put(ledger, "late", 50)
    assert late.exists() and all(path.exists() for path in small)
    assert [path.exists() for path in heavy] == [False, True, False, True], (
        "the second b took its own first one's place"
    )


def test_a_photo_in_use_never_goes(put: Callable[..., Path]) -> None:
    clock = Clock()
    ledger = Ledger(BUDGET, clock)
    mine = [put(ledger, "mine", number) for number in range(3)]
    clock.now_s += 50
    ledger.use(mine[0])
    clock.now_s += 50
    put(ledger, "mine", 3)
    assert [path.exists() for path in mine] == [True, False, True]
    for path in mine[::2]:
        ledger.use(path)
    with pytest.raises(NoRoom):
        put(ledger, "mine", 4)
    assert mine[0].exists() and mine[2].exists()


def test_what_two_have_uploaded_stays_until_both_let_it_go(put: Callable[..., Path]) -> None:
    clock = Clock()
    ledger = Ledger(BUDGET, clock)
    shared = put(ledger, "polite", 1)
    put(ledger, "rude", 1)
    for number in range(10, 16):
        clock.now_s += 100
        put(ledger, "rude", number)
    assert shared.exists()


def test_what_is_cut_off_is_charged_to_nobody(put: Callable[..., Path]) -> None:
    ledger = Ledger(BUDGET)
    for _ in range(20):
        with pytest.raises(ConnectionError), ledger.upload("mine") as more:
            more(90)
            raise ConnectionError
    assert put(ledger, "mine", 1, 90).exists()


def test_a_sweep_takes_from_the_heaviest_and_nothing_in_use(put: Callable[..., Path], tmp_path: Path) -> None:
    clock = Clock()
    ledger = Ledger(Budget(10_000, 10_000, use_s=60), clock)
    polite = put(ledger, "polite", 1)
    clock.now_s += 100
    rude = [put(ledger, "rude", number) for number in range(2, 8)]
    clock.now_s += 100
    ledger.use(rude[0])
    rules = Rules(most_bytes=100)
    assert sweep(tmp_path, rules, ledger=ledger) == 4
    assert polite.exists() and rude[0].exists() and rude[-1].exists()


# Through the whole program


@pytest.fixture
def short_of_disk(tmp_path: Path) -> Iterator[Program]:
    """Run the program where no file may grow beyond two megabytes: the write then fails as on a full disk."""
    with started(tmp_path) as program:
        program.process.rlimit(psutil.RLIMIT_FSIZE, (2_000_000, 2_000_000))
        yield program


@linux
def test_a_full_disk_is_a_sentence_and_leaves_no_half(short_of_disk: Program) -> None:
    with Visitor(short_of_disk.address, 40) as visitor:
        before = short_of_disk.entries()
        for _ in range(3):
            answer = visitor.post("/gradio_api/upload", files={"files": ("x.jpg", os.urandom(2_900_000))})
            assert (answer.status_code, answer.json()) == (507, {"detail": NO_ROOM})
        assert short_of_disk.entries() == before
        path = visitor.uploaded(files.encode_scene("JPEG"))
        assert "event: complete" in visitor.ask("classify", {"image": {"path": path}})
    assert short_of_disk.is_well()


@linux
def test_one_client_fills_no_disk_and_takes_nobodys_photo(program: Program) -> None:
    """600 MB of one address: it keeps 150 at most, and what another visitor brought before is there."""
    with Visitor(program.address, 41) as polite, Visitor(program.address, 42) as rude:
        photo = polite.uploaded(files.encode_scene("PNG"))
        codes = []
        for _ in range(60):
            codes.append(rude.post("/gradio_api/upload", files={"files": ("x", os.urandom(10_000_000))}).status_code)
        assert set(codes) <= {200, 507, 429}
        kept = sum(file.stat().st_size for file in program.uploads.rglob("*") if file.is_file())
        assert kept <= 200e6
        assert "event: complete" in polite.ask("classify", {"image": {"path": photo}})


@linux
def test_an_upload_that_is_cut_off_leaves_its_file_at_once(program: Program) -> None:
    head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {program.address[7:]}\r\nContent-Length: 999999\r\n"
    body = '--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + "x" * 70_000
    host, _, port = program.address[7:].partition(":")
    for _ in range(5):
        with socket.create_connection((host, int(port)), timeout=60) as wire:
            wire.sendall((head + "Content-Type: multipart/form-data; boundary=x\r\n\r\n" + body).encode())
            wait_until(lambda: bool([*program.uploads.glob("tmp*")]), "nothing was written", patience_s=20)
        wait_until(lambda: not [*program.uploads.glob("tmp*")], "halves stay", patience_s=20)


def test_a_folder_that_is_swept_away_in_that_moment_takes_no_upload_along(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same photo came before and was swept, its empty folder goes just now: Gradio lost the second one."""
    rename, swept = os.rename, []

    def sweep_then_rename(file: str, place: str) -> None:
        if not swept:
            swept.append(os.rmdir(Path(place).parent))
        rename(file, place)

    monkeypatch.setattr(os, "rename", sweep_then_rename)
    with httpx.Client(base_url=page) as client:
        answer = client.post("/gradio_api/upload", files={"files": ("photo.jpg", secrets.token_bytes(100))})
        assert answer.status_code == 200 and swept
        assert Path(answer.json()[0]).is_file()
        assert client.get("/healthz").status_code == 200, "the connection was ended, too"


def test_how_far_an_upload_is_is_not_kept_for_ever(page: str) -> None:
    with Visitor(page, 43) as visitor:
        sent = visitor.post("/gradio_api/upload?upload_id=mine", files={"files": ("a.png", b"x")})
        assert sent.status_code == 200 and "mine" not in file_upload_statuses._statuses
        assert visitor.get("/gradio_api/upload_progress?upload_id=other").status_code == 404
        assert "other" not in file_upload_statuses._signals


@pytest.mark.browser
def test_the_page_says_that_there_is_no_room(page: str, visit: Callable[..., Any]) -> None:
    tab = visit(page)
    tab.route("**/gradio_api/upload*", lambda route: route.fulfill(status=507, json={"detail": NO_ROOM}))
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": files.encode_scene("JPEG")}
    tab.locator("#rail input[type=file]").first.set_input_files(file)
    expect(tab.locator("#rail")).to_contain_text(NO_ROOM)
