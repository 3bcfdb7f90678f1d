"""What Similarity and Feature maps say."""

import numpy as np

from cvdemo.feature_maps import words as feature_maps
from cvdemo.feature_maps.answer import Without
from cvdemo.similarity import words as similarity
from cvdemo.similarity.patches import Similar
from tests.sentences.inside import SHARE, random_models, spoken
from tests.sentences.table import Reader, holds, listed_in, same, share, true_of


def random_similar(draw: np.random.Generator) -> Similar:
    cosines = draw.uniform(-1, 1, tuple(draw.integers(4, 15, 2))).astype(np.float32)
    row, column = np.unravel_index(int(cosines.argmax()), cosines.shape)
    return Similar(cosines, (0, 0), (int(row), int(column)))


def _alike(found: Similar) -> float:
    return np.count_nonzero(found.cosines > 0.7) / found.cosines.size


@true_of(
    similarity.answer,
    _=rf"Much like the point you clicked \(cosine above (0\.7)\): to (.+?) {SHARE} of (the photo|the second "
    r"photo)((?:, to .+ [\d.]+ %)*)\.",
)
def similar(draw: np.random.Generator, read: Reader) -> None:
    models = random_models(draw)
    found, second = [random_similar(draw) for _ in models], "the second photo" if draw.random() < 0.5 else None
    said = read(similarity.answer(models, found, second))
    names = spoken(models)
    holds(said.parts[0], 0.7)
    same(said.parts[1], names[0])
    share(said.parts[2], _alike(found[0]))
    same(said.parts[3], second or "the photo")
    rest = said.parts[4].split(", to ")[1:]
    for text, name, one in zip(rest, names[1:], found[1:], strict=True):
        same(text.rsplit(" ", 2)[0], name)
        share(text.split(" ", name.count(" ") + 1)[-1], _alike(one))


@true_of(similarity.tile, _=rf"{SHARE} of the photo is much alike \(above (0\.7)\)\.")
def similarity_tile(draw: np.random.Generator, read: Reader) -> None:
    found = random_similar(draw)
    said = read(similarity.tile(found))
    share(said.parts[0], _alike(found))
    holds(said.parts[1], 0.7)


@true_of(
    similarity.told,
    _=rf"{SHARE} much alike; best match in row (\d+), column (\d+) with cosine (-?[\d.]+)\. "
    rf"In front by the first component \(PCA\): {SHARE}\.",
)
def similarity_told(draw: np.random.Generator, read: Reader) -> None:
    found, front = random_similar(draw), float(draw.random())
    said = read(similarity.told(found, front))
    share(said.parts[0], _alike(found))
    row, column = int(said.parts[1]) - 1, int(said.parts[2]) - 1
    assert found.cosines[row, column] == found.cosines.max()
    holds(said.parts[3], float(found.cosines.max()))
    share(said.parts[4], front)


@true_of(feature_maps.strongest, _=r"Strongest at this point: in (.+)\.")
def strongest(draw: np.random.Generator, read: Reader) -> None:
    models = random_models(draw)
    found = [(int(draw.integers(0, 2048)), float(draw.normal())) for _ in models]
    said = read(feature_maps.strongest(models, found))
    for text, name, (channel, _) in zip(listed_in(said.parts[0], "and in"), spoken(models), found, strict=True):
        same(text, f"{name} channel {channel}")


@true_of(feature_maps.deviations, _=r"(-?[\d.]+) standard deviations above its mean here")
def deviations(draw: np.random.Generator, read: Reader) -> None:
    score = float(draw.normal(2, 2))
    holds(read(feature_maps.deviations(score)).parts[0], score)


@true_of(
    feature_maps.tile, _=r"of ([\d,]+)\. At your point (\u2212?[\d.,]+), on average over the photo (\u2212?[\d.,]+)\."
)
def feature_tile(draw: np.random.Generator, read: Reader) -> None:
    channels = int(draw.integers(1, 3000))
    here, mean = (float(one) for one in draw.normal(0, draw.choice([0.01, 1, 300]), 2))
    said = read(feature_maps.tile(channels, here, mean))
    for text, real in zip(said.parts, (channels, here, mean), strict=True):
        holds(text, real)


@true_of(
    feature_maps.quiet,
    part=rf"(silent|not above 0) in {SHARE} of the photo",
    whole=r"(silent|not above 0) everywhere in this photo",
    none=r"(silent|not above 0) nowhere in this photo",
)
def quiet(draw: np.random.Generator, read: Reader) -> None:
    one = (draw.normal(draw.normal(), 1, (40, 40)) * (draw.random((40, 40)) < draw.choice([0, 0.001, 0.5, 1]))).astype(
        "f"
    )
    one = np.maximum(one, 0) + np.float32(draw.choice([0, 0, 1])) if draw.random() < 0.6 else one
    said = read(feature_maps.quiet(one))
    same(said.parts[0], "silent" if one.min() >= 0 else "not above 0")
    low = np.count_nonzero(one <= 0)
    same(said.form, "none" if not low else "whole" if low == one.size else "part")
    if said.form == "part":
        share(said.parts[1], low / one.size)


@true_of(
    feature_maps.without,
    stays=rf"Without channel (\d+) (thing \d+) has {SHARE} instead of {SHARE}; it stays the first answer\.",
    falls=rf"Without channel (\d+) (thing \d+) has {SHARE} instead of {SHARE}, and (thing \d+) comes first "
    rf"with {SHARE}\.",
)
def without(draw: np.random.Generator, read: Reader) -> None:
    first, now = (f"thing {one}" for one in draw.integers(0, 3, 2))
    found = Without(int(draw.integers(0, 2048)), first, *draw.random(2).tolist(), now, float(draw.random()))
    said = read(feature_maps.without(found))
    holds(said.parts[0], found.channel)
    same(said.parts[1], first)
    share(said.parts[2], found.after)
    share(said.parts[3], found.before)
    assert (said.form == "stays") == (first == now)
    if said.form == "falls":
        same(said.parts[4], now)
        share(said.parts[5], found.first_probability)
