"""What Skips, Train both says of one step: losses, errors, spreads, gradients, who was lost, what was trained."""

import numpy as np

from cvdemo import wording
from cvdemo.residual import words
from cvdemo.residual.design import Design
from cvdemo.residual.records import About, Errors, Lane, Moment, Parts, Race, Split
from tests.sentences.table import Reader, holds, same, share, true_of

SHARE = r"\d+\.\d %"
PAIR = rf"({SHARE}) and ({SHARE})"
WRONG = rf"Named wrongly: {PAIR} of the photos they learn from, {PAIR} of the held-out ones\."
AMOUNT = r"(?:\d+\.\d\d|no number) with skips and (?:\d+\.\d\d|no number) without skips"


def random_race(draw: np.random.Generator) -> Race:
    """Return a race of both kinds; some lanes ended, and errors were counted every fifth step, or never."""
    steps, counts = int(draw.integers(1, 25)), draw.random() < 0.8
    lanes = []
    for skip in (True, False):
        for seed in range(int(draw.integers(1, 4))):
            end = int(draw.integers(0, steps)) if draw.random() < 0.2 else steps
            moments = tuple(
                Moment(step, float(draw.uniform(0.1, 3)), random_norms(draw), (float(draw.choice([0.0, 0.5, 2])), 0.7))
                for step in range(1, end + 1)
            )
            looks = range(5, end + 1, 5) if counts else ()
            errors = tuple(Errors(step, float(draw.random()), float(draw.random())) for step in looks)
            lanes.append(Lane(Design(20, skip), seed, moments, errors, diverged=None if end == steps else end + 1))
    return Race(tuple(lanes), steps, 120)


def random_norms(draw: np.random.Generator) -> tuple[float, ...]:
    """Return norms of three layers; the last one may be 0."""
    return (float(10.0 ** draw.uniform(-4, 4)), 1.0, float(draw.choice([0.0, 0.1, 1.0, 3.0])))


def kind(race: Race, skip: bool) -> list[Lane]:
    return [lane for lane in race.lanes if lane.design.skip is skip]


def newest(race: Race, skip: bool, step: int) -> list[Errors]:
    rows = [[one for one in lane.errors if one.step <= step] for lane in kind(race, skip)]
    return [row[-1] for row in rows if row]


def wrong_of(parts: tuple[str, ...], race: Race, step: int) -> None:
    """Assert that four shares are the means of the newest errors: learned from, with and without, then held out."""
    both = newest(race, True, step), newest(race, False, step)
    means = [np.mean([one.training for one in rows]) for rows in both]
    means += [np.mean([one.held_out for one in rows]) for rows in both]
    for part, mean in zip(parts, means, strict=True):
        share(part, float(mean))


@true_of(
    words.live,
    counted=rf"At step (\d+) the mean training loss is ({AMOUNT})\. {WRONG}",
    uncounted=rf"At step (\d+) the mean training loss is ({AMOUNT})\.",
)
def lives(draw: np.random.Generator, read: Reader) -> None:
    race = random_race(draw)
    step = int(draw.integers(1, race.step + 1))
    said = read(words.live(race, step))
    same(said.parts[0], step)
    for part, skip in zip(said.parts[1].split(" and "), (True, False), strict=True):
        there = [lane.moments[:step] for lane in kind(race, skip) if len(lane.moments) >= step]
        losses = [np.mean([moment.loss for moment in moments[-10:]]) for moments in there]
        amount = part.removesuffix(" with skips" if skip else " without skips")
        assert (amount == "no number") == (not losses)
        if losses:
            holds(amount, float(np.mean(losses)))
    assert (said.form == "counted") == bool(newest(race, True, step) and newest(race, False, step))
    if said.form == "counted":
        wrong_of(said.parts[2:], race, step)


@true_of(words.errors, counted=WRONG, none=r"No error is counted yet\.")
def counted_errors(draw: np.random.Generator, read: Reader) -> None:
    race = random_race(draw)
    said = read(words.errors(race))
    assert (said.form == "counted") == bool(newest(race, True, race.step) and newest(race, False, race.step))
    if said.form == "counted":
        wrong_of(said.parts, race, race.step)


TIMES = r"[\d.,e+-]+ times(?: the last layer's)? with(?:out)? skips"


@true_of(
    words.spread,
    told=rf"At step (\d+) the last block's numbers spread as far as the first layer's ({TIMES}(?: and {TIMES})?)\.",
    none=r"No spread is measured yet\.",
)
def spreads(draw: np.random.Generator, read: Reader) -> None:
    race = random_race(draw)
    step = int(draw.integers(0, race.step + 1))
    said = read(words.spread(race, step))
    ratios = {}
    for skip in (True, False):
        rows = [lane.moments[step - 1].spreads for lane in kind(race, skip) if len(lane.moments) >= step > 0]
        ratios[skip] = [last / first for first, last in rows if first]
    assert (said.form == "none") == (not any(ratios.values()))
    if said.form == "told":
        same(said.parts[0], step)
        each_of(said.parts[1], {skip: float(np.mean(rows)) for skip, rows in ratios.items() if rows})


def each_of(text: str, values: dict[bool, float]) -> None:
    """Assert that ``text`` names the values, those with skips first."""
    parts = text.split(" and ")
    assert len(parts) == len(values)
    for part, (skip, value) in zip(parts, values.items(), strict=True):
        assert part.endswith(" with skips" if skip else " without skips")
        holds(part.partition(" times")[0], value)


@true_of(
    words.reaches,
    plain=rf"At step (\d+) the first layer's gradient is ({TIMES}(?: and {TIMES})?)\.",
    verdict=rf"At step (\d+) the first layer's gradient is ({TIMES}(?: and {TIMES})?): "
    r"(with(?:out)? skips it (?:vanishes|explodes)(?: and without skips it (?:vanishes|explodes))?)\.",
    none=r"No gradient is measured at this step\.",
)
def reaching(draw: np.random.Generator, read: Reader) -> None:
    race = random_race(draw)
    step = int(draw.integers(0, race.step + 1))
    said = read(words.reaches(race, step))
    shares = {}
    for skip in (True, False):
        rows = [lane.moments[step - 1].gradients for lane in kind(race, skip) if len(lane.moments) >= step > 0]
        mine = [row[0] / row[2] for row in rows if row[2]]
        if mine:
            shares[skip] = float(np.median(mine))
    assert (said.form == "none") == (not shares)
    if not shares:
        return
    same(said.parts[0], step)
    each_of(said.parts[1], shares)
    wanted = [
        f"{'with' if skip else 'without'} skips it {'vanishes' if one < 0.01 else 'explodes'}"
        for skip, one in shares.items()
        if not 0.01 <= one <= 100
    ]
    assert (said.form == "verdict") == bool(wanted)
    if wanted:
        same(said.parts[2], " and ".join(wanted))


@true_of(
    words.split,
    told=r"After step (\d+), (-?\d+ %) of the gradient at the first block's input came through its skip, "
    r"(-?\d+ %) through its branch\.",
    dead=r"After step (\d+) no gradient reaches the first block's input\.",
    none=r"No gradient is taken apart yet: that takes a net with skips whose loss is a number\.",
)
def splits(draw: np.random.Generator, read: Reader) -> None:
    norm, part = float(draw.choice([0.0, 0.1, 1, 40])), float(draw.uniform(-0.5, 1.5))
    first = Split(norm, 1.0, 1.0, norm * part, norm * (1 - part))
    given = None if draw.random() < 0.2 else Parts(int(draw.integers(1, 99)), (first, first))
    said = read(words.split(given))
    same(said.form, "none" if given is None else "told" if norm else "dead")
    if said.form == "dead" and given is not None:
        same(said.parts[0], given.step)
    if said.form == "told" and given is not None:
        same(said.parts[0], given.step)
        holds(said.parts[1], 100 * part, "%")
        holds(said.parts[2], 100 * (1 - part), "%")


LEFT = r"start \d+ with(?:out)? skips at step \d+"
GONE = rf"Left the range of numbers: ({LEFT}(?:, {LEFT})*(?: and {LEFT})?)\. There the curve ends\."


@true_of(
    words.lost,
    nobody=r"",
    some=rf"{GONE} The others go on\.",
    all=GONE,
)
def losts(draw: np.random.Generator, read: Reader) -> None:
    race = random_race(draw)
    if draw.random() < 0.2:
        race = Race(tuple(Lane(lane.design, lane.seed, diverged=1) for lane in race.lanes), 1, 1)
    said = read(words.lost(race))
    gone = [lane for lane in race.lanes if lane.diverged is not None]
    same(said.form, "nobody" if not gone else "all" if len(gone) == len(race.lanes) else "some")
    if gone:
        told = [
            f"start {one.seed + 1} {'with' if one.design.skip else 'without'} skips at step {one.diverged}"
            for one in gone
        ]
        same(said.parts[0].replace(" and ", ", "), ", ".join(told))


NETS = r"(\d+) layers, (\d+) starts? each; (\d+) of (the digits|your photos) are learned from, "
NETS += r"(\d+) are held out; (\d+) steps? "


@true_of(
    words.told,
    here=rf"{NETS}took ([\d.,]+ s) of work here\.",
    stored=rf"A stored run: {NETS}on (2 CPU cores, 1 May 2026)\.",
)
def tellings(draw: np.random.Generator, read: Reader) -> None:
    race, where = random_race(draw), str(draw.choice(["", "2 CPU cores, 1 May 2026"]))
    about = About(
        str(draw.choice(["the digits", "your photos"])), int(draw.integers(9, 400)), int(draw.integers(3, 100))
    )
    seconds = float(10.0 ** draw.uniform(0, 2.5))
    said = read(words.told(race, about, seconds, where))
    same(said.form, "stored" if where else "here")
    starts = max(len(kind(race, True)), len(kind(race, False)))
    wanted = [20, starts, about.learned, about.title, about.held_out, race.step]
    for part, value in zip(said.parts, wanted, strict=False):
        same(part, value)
    if where:
        same(said.parts[6], where)
    else:
        holds(said.parts[6], seconds, "s")


@true_of(wording.left, seconds=r"about (\d+ s)", minutes=r"about (\d+) minutes")
def lefts(draw: np.random.Generator, read: Reader) -> None:
    seconds = float(10.0 ** draw.uniform(-1, 3.5))
    said = read(wording.left(seconds))
    same(said.form, "seconds" if seconds < 90 else "minutes")
    if said.form == "minutes":
        holds(said.parts[0], seconds / 60)
    else:
        holds(said.parts[0], max(1.0, seconds), "s")
