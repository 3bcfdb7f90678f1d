"""Models with random weights in the real file formats, for the Hub on loopback."""

import hashlib
import io
import json
import os

import timm
import torch
from safetensors.torch import save
from sentencepiece import SentencePieceTrainer
from torchvision import models

from tests.fake_hub import Hub


def put_timm(hub: Hub, tagged: str, seed: int = 1) -> str:
    """Put a timm model with random weights, as its name says (``test_vit.r160_in1k``); return the sha256."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = timm.create_model(tagged)
    content = save(network.state_dict(), {"format": "pt"})
    hub.put(f"timm/{tagged}", "model.safetensors", content)
    return hashlib.sha256(content).hexdigest()


def put_dinov2(hub: Hub, repository: str, classes: list[str], bin_only: bool = False) -> None:
    """Put a tiny DINOv2 classifier, as transformers saves it; old repositories have no safetensors."""
    from transformers import Dinov2Config, Dinov2ForImageClassification

    names = dict(enumerate(classes))
    config = Dinov2Config(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=70, id2label=names)
    folder = hub.folder / repository
    network = Dinov2ForImageClassification(config)
    network.save_pretrained(folder)
    if bin_only:
        (folder / "model.safetensors").unlink()
        torch.save(network.state_dict(), folder / "pytorch_model.bin")
    size = {"crop_size": {"height": 56, "width": 56}, "size": {"shortest_edge": 64}, "resample": 3}
    spread = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
    (folder / "preprocessor_config.json").write_text(json.dumps(size | spread))


def put_siglip(hub: Hub, repository: str, words: list[str]) -> None:
    """Put a tiny SigLIP with a vocabulary learned from ``words``, as transformers saves it."""
    from transformers import SiglipConfig, SiglipModel

    vocabulary = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(words * 20),
        model_writer=vocabulary,
        vocab_size=64,
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    tower = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = tower | {"vocab_size": 64, "max_position_embeddings": 24, "projection_size": 32}
    vision = tower | {"image_size": 32, "patch_size": 16}
    folder = hub.folder / repository
    SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).save_pretrained(folder)
    (folder / "spiece.model").write_bytes(vocabulary.getvalue())
    size = {"size": {"height": 32, "width": 32}, "resample": 3}
    spread = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
    (folder / "preprocessor_config.json").write_text(json.dumps(size | spread))


def put_torchvision(hub: Hub, architecture: str) -> str:
    """Put a torchvision model under a name that ends in the beginning of its hash, as theirs do; return the name."""
    options = {"init_weights": False} if architecture == "googlenet" else {}
    file = hub.folder / "models" / "new.pth"
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save(getattr(models, architecture)(**options).state_dict(), file)
    name = f"{architecture}-{hashlib.sha256(file.read_bytes()).hexdigest()[:8]}.pth"
    os.replace(file, file.with_name(name))
    return name
