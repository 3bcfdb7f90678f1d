"""The page answers over HTTP."""

import httpx


def test_healthz_answers_ok(page: str) -> None:
    answer = httpx.get(f"{page}/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
