"""What to ask the page at random: sound arguments as the page describes them itself, with something odd in their midst.

Every component server, page event and endpoint is in here by construction: the list comes from the page's own
description (`/config`, the settings' specifications inside it, and `/gradio_api/info`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Strategy = st.SearchStrategy[Any]

FILE = {"_type": "gradio.FileData"}
NAMES = ("mini_resnet", "mini_vit", "hog_people", "haar_faces", "yolov8n_blood_cells", "resnet18", "no_such_model")
STARTERS = ("starter:cat", "starter:coffee")

scalars: Strategy = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.sampled_from([2**31, 2**53, 2**63, -(2**64), 10**17, 10**30, 10**400, -(10**400)]),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from([*NAMES, *STARTERS, "/etc/passwd", "<b>x</b>", "\0", "a" * 3000, "__class__", "0", "-1", "1e999"]),
)
keys: Strategy = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["path", "url", "meta", "photo", "id", "key", "settings", "models", "chosen", "labels", "value"]),
)
files: Strategy = st.fixed_dictionaries(
    {}, optional={"path": scalars, "url": scalars, "meta": st.one_of(scalars, st.just(FILE)), "orig_name": scalars}
)
odd: Strategy = st.recursive(
    st.one_of(scalars, files),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=8,
)


@dataclass(frozen=True)
class Door:
    """One way in: its name, how it is called, and the body to send."""

    name: str
    kind: str  # "event" or "server"
    body: Strategy


def doors(config: dict[str, Any], info: dict[str, Any], photo: str, shown: dict[int, str]) -> Iterator[Door]:
    """Return every way in of a page.

    Args:
        config: what /config tells.
        info: what /gradio_api/info tells.
        photo: the path of an uploaded photo.
        shown: by a component's number, the key of what it shows.
    """
    components = {one["id"]: {**one, "shown": shown.get(one["id"])} for one in config["components"]}
    for event in config["dependencies"]:
        if not event["backend_fn"]:
            continue
        named = info["named_endpoints"].get(f"/{event['api_name']}") if event["api_visibility"] == "public" else None
        if named is not None:
            sound = [_argument(one, photo) for one in named["parameters"]]
        else:
            sound = [_value(components[number], photo) for number in event["inputs"]]
        data = _spoiled(sound)
        body = st.fixed_dictionaries({"fn_index": st.just(event["id"]), "data": data})
        yield Door(f"{event['id']} {event['api_name']}", "event", body)
    for number, one in components.items():
        for name in one["props"].get("server_fns") or ():
            asked = st.one_of(odd, _question(one, photo))
            fixed = {"component_id": st.just(number), "fn_name": st.just(name), "data": asked}
            yield Door(f"{number} {name}", "server", st.fixed_dictionaries(fixed))


def _spoiled(sound: list[Strategy]) -> Strategy:
    """Return arguments of which one is odd, missing or too many; sometimes all are as they should be, or all odd."""

    @st.composite
    def draw(pick: Any) -> list[Any]:
        values = [pick(one) for one in sound]
        how = pick(st.sampled_from(["odd"] * 6 + ["fewer", "more", "all odd"]))
        if how == "fewer":
            return values[: pick(st.integers(0, max(0, len(values) - 1)))]
        if how == "more":
            return [*values, pick(odd)]
        for number in range(len(values)) if how == "all odd" else [pick(st.integers(0, max(0, len(values) - 1)))]:
            if values:
                values[number] = _with_a_spot(pick, values[number])
        return values

    return draw()


def _with_a_spot(pick: Any, value: Any) -> Any:
    """Return a value with something odd in place of it, or of anything inside it."""
    inside = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inside or pick(st.integers(0, 3)) == 0:
        return pick(odd)
    place = pick(st.sampled_from(inside))
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[place] = _with_a_spot(pick, changed[place])
    return changed


def settings(spec: list[dict[str, Any]]) -> Strategy:
    """Return sound settings, as far as their specification tells."""
    return st.fixed_dictionaries({}, optional={one["name"]: _setting(one) for one in spec})


def _setting(spec: dict[str, Any]) -> Strategy:
    first = st.just(spec["first"])
    if spec["kind"] == "part":
        return settings(spec["parts"])
    if spec["kind"] == "choice":
        return st.sampled_from(spec["choices"])
    if spec["kind"] == "flag":
        return st.booleans()
    if spec["kind"] == "whole":
        return st.one_of(first, st.integers(int(spec["low"]), min(int(spec["high"]), int(spec["low"]) + 64)))
    if spec["kind"] == "number":
        return st.one_of(first, st.floats(spec["low"], spec["high"]))
    return st.one_of(first, odd)


def _value(component: dict[str, Any], photo: str) -> Strategy:
    """Return what a page sends for a component: its first value, settings within their bounds, models that exist."""
    first = component["props"].get("value")
    if not isinstance(first, dict):
        return st.one_of(st.just(first), odd)
    changed: dict[str, Strategy] = {name: st.just(value) for name, value in first.items()}
    if "photo" in first:  # the rail
        point = st.lists(st.integers(0, 60), min_size=2, max_size=2)
        names = st.one_of(*(st.fixed_dictionaries({"id": st.just(one)}) for one in (*STARTERS, photo)))
        return st.fixed_dictionaries(changed | {"photo": names, "point": point})
    if "chosen" in first:  # chips
        return st.fixed_dictionaries({"chosen": st.lists(st.sampled_from(NAMES[:2]), max_size=2)})
    question = _question(component, photo)
    return st.tuples(st.fixed_dictionaries(changed), question).map(lambda both: {**both[0], **both[1]})


def _question(component: dict[str, Any], photo: str) -> Strategy:
    """Return what a component asks its server, with settings as its specification has them, one odd at times."""
    spec = component["props"].get("spec") or []
    known = component["props"].get("value")
    more = [name for name in known if name not in ("settings", "key")] if isinstance(known, dict) else []
    spoiled = st.one_of(settings(spec), st.tuples(settings(spec), st.dictionaries(keys, odd, max_size=2)).map(_merged))
    names = [one["name"] for one in spec]
    if names:
        one_odd = st.tuples(settings(spec), st.sampled_from(names), odd).map(lambda all: {**all[0], all[1]: all[2]})
        spoiled = st.one_of(spoiled, one_odd)
    optional = {"settings": spoiled, "key": st.one_of(st.just(component["shown"]), scalars), "models": odd}
    optional |= {"path": st.one_of(st.just(photo), odd), "frame": odd, "model": odd, "fetching": odd, "use": odd}
    optional |= dict.fromkeys(more, odd)
    return st.fixed_dictionaries({}, optional=optional)


def _merged(both: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return {**both[0], **both[1]}


def _argument(parameter: dict[str, Any], photo: str) -> Strategy:
    """Return a sound argument of an endpoint, from its description."""
    name, kind = parameter["parameter_name"], str(parameter["python_type"]["type"])
    if name == "image":
        return st.just({"path": photo, "meta": FILE})
    if name == "models":
        return st.lists(st.sampled_from(NAMES[:2]), min_size=1, max_size=2)
    if name == "model":
        return st.sampled_from(NAMES)
    if parameter.get("parameter_has_default"):
        return st.just(parameter["parameter_default"])
    return st.integers(0, 3) if "int" in kind or "float" in kind else st.sampled_from(["layer2", "layer3", "blocks.1"])
