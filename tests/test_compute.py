"""One turn at a time on the device, whatever a visitor's queue does."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from cvdemo import compute
from cvdemo.errors import Busy, Stopped


def test_turns_never_overlap() -> None:
    inside = 0
    most = 0

    def work(_: int) -> None:
        nonlocal inside, most
        with compute.turn():
            inside += 1
            most = max(most, inside)
            time.sleep(0.005)
            inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert most == 1
    assert compute.waiting() == 0


def test_a_turn_is_given_back_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), compute.turn():
        _ = 1 / 0
    with compute.turn(wait_s=0.1) as waited_s:
        assert waited_s < 0.1


def test_who_waits_too_long_is_told_so() -> None:
    held = threading.Event()
    done = threading.Event()

    def hold() -> None:
        with compute.turn():
            held.set()
            done.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    with pytest.raises(Busy, match="busy"), compute.turn(wait_s=0.05):
        pass
    done.set()
    holder.join()


def test_who_comes_first_is_served_first_and_knows_the_place_in_line() -> None:
    order: list[int] = []
    places: dict[int, set[int]] = {}

    def work(number: int) -> None:
        with compute.turn(waiting=lambda place: places.setdefault(number, set()).add(place)):
            order.append(number)

    with ThreadPoolExecutor(5) as pool, compute.turn():
        for number in range(5):
            before = compute.waiting()
            pool.submit(work, number)
            while compute.waiting() == before:
                time.sleep(0.001)
    assert order == [0, 1, 2, 3, 4]
    assert all(max(places[number]) == number + 1 for number in range(5))


def test_who_gives_up_leaves_the_line() -> None:
    def gives_up(place: int) -> None:
        raise Stopped("Stopped.")

    def hold() -> None:
        with compute.turn():
            held.set()
            done.wait(5)

    held, done = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    with pytest.raises(Stopped), compute.turn(waiting=gives_up):
        pass
    assert compute.waiting() == 0 and compute.held()
    done.set()
    holder.join()
    assert not compute.held()


def test_only_what_visitors_asked_for_is_counted() -> None:
    before = compute.turns_asked()
    with compute.turn(), pytest.raises(Busy), compute.turn(wait_s=0):
        pass
    with compute.turn(asked_for=False):
        pass
    assert compute.turns_asked() == before + 2


def test_the_holder_says_how_long_it_still_needs() -> None:
    assert compute.seconds_left() is None
    with compute.turn():
        compute.expect(20)
        left = compute.seconds_left()
        assert left is not None and 0 < left <= 20
    assert compute.seconds_left() is None


def test_threads_are_restored_after_a_library_took_them() -> None:
    import torch

    torch.set_num_threads(1)
    compute.use_all_cores()
    assert torch.get_num_threads() == compute.cores()


GIB = 2**30
V2 = ("memory.max", "memory.current", "inactive_file")
V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
NONE_V1 = str(0x7FFFFFFFFFFFF000)  # how version 1 writes that there is no limit

Group = tuple[object, object, object]  # limit, used, page cache that can go; None: no such file
CONTAINERS: list[tuple[str, str, tuple[str, str, str], dict[str, Group], int]] = [
    ("1.9 of 2 GiB used", "0::/", V2, {"": (2 * GIB, 19 * GIB // 10, 0)}, 2 * GIB - 19 * GIB // 10),
    ("page cache can go", "0::/", V2, {"": (2 * GIB, 19 * GIB // 10, GIB)}, 3 * GIB - 19 * GIB // 10),
    ("own group", "0::/app", V2, {"app": (2 * GIB, GIB, 0)}, GIB),
    ("a group around it", "0::/pod/app", V2,
     {"": ("max", 9 * GIB, 0), "pod": (3 * GIB, 2 * GIB + 5, 0), "pod/app": (2 * GIB, 0, 0)}, GIB - 5),
    ("no limit", "0::/app", V2, {"app": ("max", GIB, 0)}, 8 * GIB),
    ("more used than allowed", "0::/", V2, {"": (GIB, GIB + 1, 0)}, 0),
    ("a limit above the host", "0::/", V2, {"": (99 * GIB, GIB, 0)}, 8 * GIB),
    ("use cannot be read", "0::/", V2, {"": (2 * GIB, None, None)}, 2 * GIB),
    ("limit cannot be read", "0::/", V2, {"": (None, GIB, 0)}, 8 * GIB),
    ("nonsense", "0::/", V2, {"": ("a lot", GIB, 0)}, 8 * GIB),
    ("version 1", "5:cpu:/\n4:memory:/app\n0::/", V1,
     {"memory": (NONE_V1, 9 * GIB, 0), "memory/app": (2 * GIB, GIB + 7, 7)}, GIB),
    ("version 1 without a limit", "4:memory:/", V1, {"memory": (NONE_V1, GIB, 0)}, 8 * GIB),
    ("version 1, the path of the host", "4:cpu,memory:/docker/1f", V1, {"memory": (2 * GIB, GIB, 0)}, GIB),
    ("no groups at all", "", V2, {}, 8 * GIB),
]  # fmt: skip


@pytest.mark.parametrize(("own", "names", "groups", "free"), [row[1:] for row in CONTAINERS],
                         ids=[row[0] for row in CONTAINERS])  # fmt: skip
def test_what_the_container_has_used_is_not_free(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    own: str,
    names: tuple[str, str, str],
    groups: dict[str, Group],
    free: int,
) -> None:
    for path, (limit, used, cache) in groups.items():
        folder = tmp_path / "groups" / path
        folder.mkdir(parents=True, exist_ok=True)
        stat = None if cache is None else f"active_file 77\n{names[2]} {cache}\ninactive_anon 88"
        for name, content in ((names[0], limit), (names[1], used), ("memory.stat", stat)):
            if content is not None:
                (folder / name).write_text(f"{content}\n")
    if own:
        (tmp_path / "own").write_text(f"{own}\n")
    monkeypatch.setattr(compute, "CGROUPS", tmp_path / "groups")
    monkeypatch.setattr(compute, "OWN_CGROUPS", tmp_path / "own")
    monkeypatch.setattr(compute, "device", lambda: "cpu")
    monkeypatch.setattr(compute.psutil, "virtual_memory", lambda: SimpleNamespace(available=8 * GIB))
    assert compute.free_bytes() == free
