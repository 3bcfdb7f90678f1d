"""Row P9: twelve visitors at once, each busy with another tab, against one visitor who asks for the same work alone."""

import json
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx

from benchmarks.rows import Measured
from benchmarks.start import OURS, PATIENCE_S, served
from benchmarks.timing import compare, in_turns
from cvdemo import starters

CROWD = 12
ROUNDS = 7
CNN, VIT = "mini_resnet", "mini_vit"

TABS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("classify", ([CNN, VIT], 5)),
    ("detect", ("hog_people", 0.25, 0.45, "greedy", False, 300)),
    ("feature_maps", (CNN, "layer3")),
    ("saliency", (CNN, "gradcam", None, None, None, False, None)),
    ("attention", (VIT, -1, 3, 3, False)),
    ("effective_receptive_field", (VIT, "blocks.3", 4, 4, 64)),
)
"""A public endpoint for each, and what it is asked beside the photo."""


class Visitor(httpx.Client):
    """Somebody with a session, who brings a photo and asks for every tab's work on it."""

    def __init__(self, address: str) -> None:
        super().__init__(base_url=address, timeout=PATIENCE_S)
        self._session = secrets.token_hex(8)

    def work(self, first: int) -> int:
        """Upload a photo that no cache knows, ask for all tabs from ``first`` on; return how many requests failed."""
        with starters.unseen("inside") as path:
            sent = self.post("gradio_api/upload", files={"files": (path.name, path.read_bytes())})
        photo = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        return sum(not self._answered(*TABS[(first + step) % len(TABS)], photo) for step in range(len(TABS)))

    def _answered(self, endpoint: str, asked: tuple[Any, ...], photo: dict[str, Any]) -> bool:
        body = {"data": [photo, *asked], "session_hash": self._session}
        started = self.post(f"gradio_api/call/{endpoint}", json=body)
        if started.status_code != 200:
            return False
        told = self.get(f"gradio_api/call/{endpoint}/{started.json()['event_id']}").text
        return bool(json.loads(told.partition("event: complete\ndata: ")[2] or "null"))


def crowd() -> Measured:
    """P9: how long twelve visitors wait for twelve times all tabs, together, against one who does it all in turn."""
    failed: list[int] = []
    with served(OURS) as address, ThreadPoolExecutor(CROWD) as together:
        visitors = [Visitor(address) for _ in range(CROWD)]
        many = partial(_gather, failed, lambda: together.map(Visitor.work, visitors, range(CROWD)))
        one = partial(_gather, failed, lambda: map(visitors[0].work, range(CROWD)))
        comparison = compare(in_turns(many, one, ROUNDS))
    asked = 2 * CROWD * len(TABS) * (ROUNDS + 2)
    each_s = CROWD * len(TABS) / (comparison.ours_ms / 1000)
    remark = f"{each_s:.1f} answers a second to twelve; {sum(failed)} of {asked:,} requests failed"
    if sum(failed):
        raise RuntimeError(remark)
    return Measured(comparison, remark)


def _gather(failed: list[int], work: Any) -> None:
    counts: Iterable[int] = work()
    failed.extend(counts)
