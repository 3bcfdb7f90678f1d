"""Names a photo with a head that CV Lab taught: python name_photo.py HEAD.safetensors PHOTO [BACKBONE.safetensors]

Needs timm, safetensors and Pillow, and for the packaged network the package that the card names. The backbone's file
is needed for the networks that ship with CV Lab; others are fetched as they were when the head was taught.
"""

import importlib.util, json, math, pathlib, sys

import numpy, safetensors, safetensors.torch, timm, torch
from PIL import Image, ImageOps


def load(head_file, backbone_file=None):
    """Return the backbone, and the head: weight, bias and card."""
    with safetensors.safe_open(head_file, "pt") as head:
        card, weight, bias = json.loads(head.metadata()["card"]), head.get_tensor("weight"), head.get_tensor("bias")
    how = card["backbone"]
    model = timm.create_model(how["timm"], pretrained=how["fetched"] and not backbone_file, **how["options"]).eval()
    for part in how["without"]:
        setattr(model, part, torch.nn.Identity())
    if backbone_file:
        model.load_state_dict(safetensors.torch.load_file(backbone_file))
    elif how["package"]:  # other names, the same order
        place = pathlib.Path(importlib.util.find_spec(how["package"]).origin).parent / how["file"]
        model.load_state_dict(dict(zip(model.state_dict(), torch.load(place, weights_only=True).values(), strict=True)))
    return model, weight, bias, card


def pixels(photo, side, crop_share, crop_mode, interpolation, mean, std):
    """Return a photo as the network gets it, (1, 3, side, side): resized and cropped in one step."""
    scaled, (width, height) = math.floor(side / crop_share), photo.size
    wide, high = (
        (scaled, scaled)
        if crop_mode == "squash"
        else (max(scaled, int(scaled * width / height)), max(scaled, int(scaled * height / width)))
    )
    left, top, across, down = round((wide - side) / 2), round((high - side) / 2), width / wide, height / high
    box = (left * across, top * down, min((left + side) * across, width), min((top + side) * down, height))
    seen = numpy.array(photo.resize((side, side), Image.Resampling[interpolation.upper()], box))
    return ((torch.tensor(seen) / 255 - torch.tensor(mean)) / torch.tensor(std)).permute(2, 0, 1)[None]


def name(head_file, photo_file, backbone_file=None):
    """Return the probability of each class."""
    model, weight, bias, card = load(head_file, backbone_file)
    photo = ImageOps.exif_transpose(Image.open(photo_file)).convert("RGB")
    with torch.inference_mode():
        features = model.forward_head(model.forward_features(pixels(photo, **card["preprocessing"])), pre_logits=True)
        shares = torch.softmax(features[0].double() @ weight.T + bias, 0)
    return dict(zip(card["classes"], shares.tolist(), strict=True))


if __name__ == "__main__":
    print(json.dumps(name(*sys.argv[1:]), indent=1))
