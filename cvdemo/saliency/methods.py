"""The methods on offer, and which of them suit which model."""

from dataclasses import dataclass

from cvdemo.catalogue import ModelSpec
from cvdemo.errors import SettingError


@dataclass(frozen=True)
class Method:
    """One way to make a map.

    Args:
        name: in the API and in links.
        what: one sentence for the page.
        families: of models for which it is offered.
        needs_class: whether its map depends on the class.
    """

    name: str
    title: str
    what: str
    families: tuple[str, ...]
    needs_class: bool = True


ALL = ("cnn", "hybrid", "vit")
CONVOLUTIONAL = ("cnn", "hybrid")

METHODS = (
    Method("gradcam", "Grad-CAM", "Each channel counts by its mean gradient (Selvaraju et al. 2017).", ALL),
    Method(
        "gradcampp", "Grad-CAM++", "Each place counts by how much it alone explains (Chattopadhay et al. 2018).",
        CONVOLUTIONAL,
    ),
    Method("layercam", "LayerCAM", "Each place counts by its own positive gradient (Jiang et al. 2021).", ALL),
    Method(
        "eigencam", "Eigen-CAM", "The strongest pattern of the last map, whatever class (Muhammad and Yeasin 2020).",
        ALL, needs_class=False,
    ),
    Method(
        "scorecam", "Score-CAM", "Each channel counts by what its part of the photo scores alone (Wang et al. 2020).",
        CONVOLUTIONAL,
    ),
)  # fmt: skip


def methods_for(spec: ModelSpec) -> tuple[Method, ...]:
    """Return the methods that make sense for a model; the first is the default. None for models without classes."""
    if spec.task != "classify":
        return ()
    return tuple(method for method in METHODS if spec.family in method.families)


def method_for(spec: ModelSpec, name: str) -> Method:
    """Return the method called ``name``.

    Raises:
        SettingError: there is none, or it makes no sense for this model; the message names those that do.
    """
    offered = methods_for(spec)
    if not offered:
        raise SettingError(f"{spec.title} has no classes that a map could explain. Choose a classifier.")
    for method in offered:
        if method.name == name:
            return method
    names = ", ".join(method.name for method in offered)
    raise SettingError(f"{str(name)[:40]} is no method for {spec.title}. It can be explained by {names}.")
