"""The way in for zips: 60 MB to the disk piece by piece, what is more is a sentence, photos keep their own limit."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.upload_door import NO_ROOM_FOR_ZIP
from app.zips import EMPTY, TOO_LARGE
from tests.attacked import Program, Visitor, wait_until
from tests.test_photo_sets import classes, zipped

MB = 10**6


def _pieces(size: int) -> Iterator[bytes]:
    for start in range(0, size, MB):
        yield b"x" * min(MB, size - start)


def _sent(visitor: Visitor, size: int, said: bool = True) -> httpx.Response:
    headers = {"Content-Length": str(size)} if said else {}
    return visitor.post("/zips", content=_pieces(size), headers=headers)


def _here(program: Program) -> list[Path]:
    return [path for path in program.uploads.rglob("*") if path.suffix == ".zip" or path.name.startswith("tmp")]


@pytest.mark.parametrize("said", [True, False], ids=["length said", "length unknown"])
@pytest.mark.parametrize(("size", "status"), [(60 * MB, 200), (61 * MB, 413)], ids=["60 MB", "61 MB"])
def test_a_zip_may_have_60_megabytes_on_the_disk_and_none_in_memory(
    program: Program, size: int, status: int, said: bool
) -> None:
    before, before_mb, most_mb = _here(program), program.megabytes(), 0.0

    def watched() -> Iterator[bytes]:
        nonlocal most_mb
        for piece in _pieces(size):
            most_mb = max(most_mb, program.megabytes() - before_mb)
            yield piece

    with Visitor(program.address, 41 + said) as visitor:
        headers = {"Content-Length": str(size)} if said else {}
        try:
            answer = visitor.post("/zips", content=watched(), headers=headers)
        except httpx.WriteError:  # the refusal came while it was sending
            assert status == 413
            answer = None
    assert most_mb < 20
    if status == 200:
        assert answer is not None and answer.status_code == 200
        (path,) = map(Path, answer.json())
        assert path.stat().st_size == size and program.uploads in path.parents
        path.unlink()
        return
    if answer is not None:
        assert (answer.status_code, answer.json()["detail"]) == (413, TOO_LARGE)
    wait_until(lambda: _here(program) == before, "it leaves files", patience_s=20)


def test_an_empty_one_is_a_sentence(program: Program) -> None:
    with Visitor(program.address, 43) as visitor:
        answer = visitor.post("/zips")
    assert (answer.status_code, answer.json()["detail"]) == (400, EMPTY)


def test_a_client_fills_its_own_share_and_hears_so(program: Program) -> None:
    """Three of 60 MB are more than the 150 MB of one client, and what came a moment ago is in use."""
    with Visitor(program.address, 44) as greedy, Visitor(program.address, 45) as other:
        answers = [_sent(greedy, 60 * MB), _sent(greedy, 60 * MB - 1)]
        assert [answer.status_code for answer in answers] == [200, 200]
        try:
            third = _sent(greedy, 60 * MB - 2)
            assert (third.status_code, third.json()["detail"]) == (507, NO_ROOM_FOR_ZIP)
        except httpx.WriteError:  # the refusal came while it was sending
            assert len(_here(program)) == 2
        wait_until(lambda: len(_here(program)) == 2, "the third leaves a file", patience_s=20)
        assert _sent(other, MB).status_code == 200
    for path in _here(program):
        path.unlink()


def test_photos_keep_their_limit(program: Program) -> None:
    with Visitor(program.address, 46) as visitor:
        for size, status in ((9 * MB, 200), (11 * MB, 413), (50 * MB, 413)):
            files = {"files": ("photos.zip", b"x" * size)}
            assert visitor.post("/gradio_api/upload", files=files).status_code == status


def test_it_reaches_the_endpoint_and_nothing_else_goes_there(program: Program, tmp_path: Path) -> None:
    zipped(tmp_path / "mine.zip", classes("mug", "keys", count=8))
    with Visitor(program.address, 47) as visitor:
        assert visitor.get("/zips").status_code == 405
        foreign = visitor.post("/zips", content=b"x", headers={"Origin": "http://elsewhere.example"})
        assert foreign.status_code == 403
        (path,) = visitor.post("/zips", content=(tmp_path / "mine.zip").read_bytes()).json()
        told = visitor.ask("linear_probe", {"zip": {"path": path}, "models": ["mini_resnet"]})
    assert '"photos": 16' in told, told
