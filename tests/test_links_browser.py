"""A copied link brings its settings back whatever the browser does first: on a busy machine timers and frames move.

Gradio sets a component's first value once more after our script, some time later; what the link asked for must stay.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PACES = {
    "timers early": "const usual = setTimeout; window.setTimeout = (act, ms, ...rest) =>"
    " usual(act, ms <= 120 ? 0 : ms, ...rest);",
    "timers late": "const usual = setTimeout; window.setTimeout = (act, ms, ...rest) =>"
    " usual(act, (ms || 0) + 300, ...rest);",
    "frames late": "const usual = requestAnimationFrame; window.requestAnimationFrame = (act) =>"
    " usual(() => setTimeout(() => act(performance.now()), 500));",
}
SEEN = "[...document.querySelectorAll('{0}')].filter((one) => one.offsetParent)"
VALUES = SEEN + ".map((one) => one.value)"
PRESSED = SEEN.replace("{0}", "{0} [aria-pressed=true]") + ".map((one) => one.textContent)"
LINKS: dict[str, tuple[str, dict[str, Any]]] = {
    "classify": (
        "models=mini_vit&photo=street&point=100,200",
        {
            "[...document.querySelectorAll('.answers .card')].map((card) => card.dataset.model)": ["mini_vit"],
            "document.querySelectorAll('.answers .rows').length": 1,
            "document.querySelector('#rail .caption').textContent.match(/Street/g)": ["Street"],
        },
    ),
    "detect": (
        "detector=haar_faces&confidence=0.95&iou=0.2&method=merge&photo=portrait",
        {
            VALUES.format(".detect select") + ".slice(0, 2)": ["haar_faces", "merge"],
            VALUES.format(".det input[type=range]") + ".slice(0, 2)": ["0.2", "0.95"],
            "document.querySelector('.detect .live').textContent.slice(0, 7)": "At 0.20",
            "document.querySelector('#rail .caption b').textContent": "Portrait",
        },
    ),
    "inside": (
        'view=maps&models=mini_vit&point=100,200&inside={"depth":0.5,"maps":{"rank":"max","scale":"each"}}',
        {
            "document.querySelector('#rail .caption').textContent.match(/row \\d+, column \\d+/g)": [
                "row 100, column 200"
            ],
            "[...document.querySelectorAll('.in-card .fam')].map((one) => one.innerText.slice(0, 9))": ["Small ViT"],
            "document.querySelector('.in-place').dataset.view": "maps",
            VALUES.format(".inside-switch input:checked"): ["maps"],
            PRESSED.format(".in-choices") + ".slice(0, 2)": ["Max", "Each map"],
        },
    ),
    "receptive-field": (
        "models=mini_vit&side=64&share=0.2&depth=0.25&field=log",
        {
            "document.querySelectorAll('.eyes > *').length": 1,
            PRESSED.format(".held") + "[0]": "20\u00a0%",
            PRESSED.format(".field-settings") + "[0]": "Log-scaled",
        },
    ),
    "receptive-field, a stack": (
        "view=field-stack&stack=96_c-5-2-2-1-1-8_c-3-1-1-1-1-8",
        {
            VALUES.format(".side-box input"): ["96"],
            "document.querySelector('.rows-table').dataset.shape": "conv,conv",
            VALUES.format('.rows-table [aria-label="Row 1, kernel"]'): ["5"],
        },
    ),
    "latency": (
        "models=mini_vit,mini_resnet&rounds=100&batch=2&side=96&engine=torch&view=batch",
        {
            PRESSED.format(".latency-settings") + "[0]": "100",
            VALUES.format(".latency-settings input[type=range]"): ["2", "96"],
            SEEN.format(".chip .n") + ".map((one) => one.innerText)": ["Small ViT", "Small ResNet"],
        },
    ),
    "convolution": (
        "view=slide&kernel=sharpen&stride=3&padding=mirror",
        {
            VALUES.format("select[aria-label=Kernel]"): ["sharpen"],
            VALUES.format("input[type=number][aria-label^=Row]") + ".slice(0, 5)": ["0", "-1", "0", "-1", "5"],
            VALUES.format(".convolution .steering input[type=range]") + "[0]": "3",
            PRESSED.format(".convolution") + ".includes('Mirror')": True,
        },
    ),
    "convolution, costs": (
        "view=costs&inputs=32&outputs=64&size=5&side=28",
        {SEEN.format(".controls output") + ".map((one) => one.innerText)": ["32", "64", "5", "28"]},
    ),
    "convolution, pool": (
        "view=pool&times=3&shift=5",
        {
            VALUES.format(".poolbench input[type=range]"): ["3", "5"],
            "[...document.querySelectorAll('.pools img')].every((one) => one.src)": True,
        },
    ),
}


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("link", LINKS)
def test_a_link_stands_at_every_pace(page: str, visit: Callable[..., Any], link: str, pace: str) -> None:
    query, shown = LINKS[link]
    tab = visit(f"{page}/?tab={link.partition(',')[0]}&{query}", script=PACES[pace])
    _shows(tab, shown)
    tab.wait_for_timeout(700)  # longer than a late frame: what is right at first may be undone
    _shows(tab, shown)


def _shows(tab: Any, shown: dict[str, Any]) -> None:
    for expression, value in shown.items():
        wanted = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        now = f"(wanted) => {{ try {{ return JSON.stringify({expression}) === wanted; }} catch {{ return false; }} }}"
        tab.wait_for_function(now, arg=wanted)


CHIPS_LATE = (
    "const usual = setTimeout; window.setTimeout = (act, ms, ...rest) =>"
    " usual(act, /restore/.test(String(act)) ? 600 : ms, ...rest);"
)


@pytest.mark.parametrize("pace", [*PACES.values(), CHIPS_LATE])
def test_a_link_with_models_runs_once(page: str, visit: Callable[..., Any], pace: str) -> None:
    """A second run, with nothing new, would end a download that the visitor asks for when the first one answers."""
    tab = visit("about:blank", script=pace)
    runs: list[Any] = []  # which models each was asked of
    tab.on("request", lambda request: runs.append(_chosen(request)) if "/queue/join" in request.url else None)
    tab.goto(f"{page}/?models=mini_vit")
    tab.wait_for_function("document.querySelectorAll('.answers .rows').length === 1")
    tab.wait_for_timeout(1500)
    assert runs.count(["mini_vit"]) == 1


def _chosen(request: Any) -> Any:
    told = [one.get("chosen") for one in request.post_data_json["data"] if isinstance(one, dict)]
    return next(chosen for chosen in told if isinstance(chosen, list))
