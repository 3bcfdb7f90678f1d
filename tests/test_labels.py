"""Class names are short, plain and unique, and line up with every model's outputs."""

import pytest
from timm.data import ImageNetInfo

from cvdemo import labels


def test_every_class_of_imagenet_has_its_own_short_name() -> None:
    names = labels.named(labels.imagenet())
    assert len({name.lower() for name in names}) == 1000
    assert not any("," in name for name in names)
    assert {names[134], names[517]} == {"crane (bird)", "crane (machine)"}
    assert (names[281], names[263], names[639]) == ("tabby", "Pembroke", "tank suit")


def test_names_line_up_with_imagenets_order_or_not_at_all() -> None:
    theirs = tuple(ImageNetInfo().label_descriptions())
    assert labels.aligned(theirs) == labels.imagenet()
    assert labels.aligned(theirs[::-1]) == ()
    assert labels.aligned(theirs[:10]) == ()
    with pytest.raises(ValueError, match="n99999999"):
        labels.named(("n01440764", "n99999999"))
