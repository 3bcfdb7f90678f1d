"""Trains one bundled classifier: seeded, checkpointed after each epoch, resumable."""

import copy
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from timm.data import Mixup
from timm.optim import Muon
from torch import Tensor, nn

from cvdemo.bundled import ARCHITECTURES, CLASS_COUNT
from training.arithmetic import autocast
from training.augment import augment, normalise
from training.card import write_card
from training.data import Dataset, Photos, load
from training.recipes import RECIPES, Recipe


def train(name: str, data: Path, runs: Path, out: Path) -> None:
    """Train ``name`` on ``data``, or go on where ``runs/<name>.pt`` stopped; write weights and card to ``out``."""
    recipe, dataset = RECIPES[name], load(data)
    model, history = fit(name, recipe, dataset, runs / f"{name}.pt", out)
    if recipe.ema_decay:
        measure_norms(model, dataset.train)
        history[-1]["top1"], history[-1]["top5"] = accuracy(model, dataset.val)
    write_card(name, model, recipe, dataset.synsets, history, len(dataset.val.labels), out)


def fit(
    name: str, recipe: Recipe, dataset: Dataset, checkpoint: Path, out: Path, each: bool = True
) -> tuple[nn.Module, list[dict]]:
    """Train the architecture ``name``, or go on where ``checkpoint`` stopped.

    Args:
        out: where weights lie that the recipe starts from or is taught by.
        each: whether accuracy is measured after each epoch, not after the last one alone.

    Returns:
        the model (its averaged weights, where the recipe averages) and for each epoch its loss, seconds, side and,
        where measured, top1 and top5 in 0..1.
    """
    torch.manual_seed(recipe.seed)
    model, average = _build(name), None
    if recipe.start_from:
        model.load_state_dict(load_file(out / f"{recipe.start_from}.safetensors"))
    if recipe.ema_decay:
        average = copy.deepcopy(model)
    teacher = _teacher(recipe, out)
    optimiser = _optimiser(model, recipe)
    history: list[dict] = []
    if checkpoint.exists():
        history = _restore(checkpoint, model, average, optimiser)
    for epoch in range(len(history), recipe.epochs):
        started = time.perf_counter()
        row = {"loss": _epoch(model, average, teacher, optimiser, recipe, dataset.train, epoch)}
        if each or epoch == recipe.epochs - 1:
            row["top1"], row["top5"] = accuracy(average or model, dataset.val)
        history.append({**row, "seconds": time.perf_counter() - started, "side": recipe.side(epoch)})
        said = f" top-1 {row['top1']:.1%} top-5 {row['top5']:.1%}" if "top1" in row else ""
        print(f"{name} epoch {epoch + 1}/{recipe.epochs} side {recipe.side(epoch)} loss {row['loss']:.3f}{said} "
              f"{history[-1]['seconds']:.0f} s", flush=True)  # fmt: skip
        _save(checkpoint, model, average, optimiser, history)
    return average or model, history


@torch.inference_mode()
def accuracy(model: nn.Module, photos: Photos) -> tuple[float, float]:
    """Return top-1 and top-5 accuracy in 0..1, in float32 on the pictures as they are (64 x 64)."""
    was_training = model.training
    model.eval()
    logits = torch.cat([model(normalise(batch)) for batch in photos.pixels.split(500)])
    model.train(was_training)
    hits = logits.topk(5).indices == photos.labels[:, None]
    return hits[:, 0].float().mean().item(), hits.any(1).float().mean().item()


@torch.no_grad()
def measure_norms(model: nn.Module, photos: Photos) -> None:
    """Measure the statistics of BatchNorm anew on every fifth training photo, as the page will show them.

    Averaged weights never met their own statistics (Izmailov et al. 2018), and smaller pictures had other ones
    (Touvron et al. 2019).
    """
    for norm in _norms(model):
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all batches
    model.train()
    for batch in photos.pixels[::5].split(500):
        model(normalise(batch))
    model.eval()


def _norms(model: nn.Module) -> list[nn.BatchNorm2d]:
    return [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]


def _build(name: str) -> nn.Module:
    """Return the model in training layout; plain attention, whose backward is 5 x faster than the fused one on CPU."""
    model = ARCHITECTURES[name]().to(memory_format=torch.channels_last)
    for module in model.modules():
        if hasattr(module, "fused_attn"):
            module.fused_attn = False
    return model


def _teacher(recipe: Recipe, out: Path) -> nn.Module | None:
    """Return the teacher; its BatchNorm goes by each batch, for it was measured at 64 px and meets smaller ones."""
    if recipe.teacher is None:
        return None
    teacher = _build(recipe.teacher)
    teacher.load_state_dict(load_file(out / f"{recipe.teacher}.safetensors"))
    for norm in _norms(teacher.eval()):
        norm.track_running_stats = False
        norm.running_mean = norm.running_var = None
    return teacher


def _optimiser(model: nn.Module, recipe: Recipe) -> Muon:
    """Muon (Jordan et al. 2024) for matrices and filters, AdamW for the rest; biases, norms and tokens do not decay."""
    vectors = [p for n, p in model.named_parameters() if p.ndim < 2 or n in ("pos_embed", "cls_token")]
    heads = list(model.get_classifier().parameters())[:1]
    known = {id(p) for p in vectors + heads}
    matrices = [p for p in model.parameters() if id(p) not in known]
    return Muon(
        [
            {"params": matrices},
            {"params": heads, "use_fallback": True},
            {"params": vectors, "use_fallback": True, "weight_decay": 0.0},
        ],
        lr=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        nesterov=True,
        fallback_lr_scale=0.5,
    )


def _epoch(
    model: nn.Module,
    average: nn.Module | None,
    teacher: nn.Module | None,
    optimiser: Muon,
    recipe: Recipe,
    photos: Photos,
    epoch: int,
) -> float:
    """Run one epoch and return its mean loss; all its randomness follows from the seed and the epoch's number."""
    torch.manual_seed(recipe.seed * 1000 + epoch)
    random = torch.Generator().manual_seed(recipe.seed * 1000 + epoch)
    if recipe.is_plain(epoch):
        recipe = recipe.plain()
    mix = _mixer(recipe, epoch)
    steps = len(photos.labels) // recipe.batch_size
    order = torch.randperm(len(photos.labels), generator=random)[: steps * recipe.batch_size]
    total = 0.0
    model.train()
    for step, rows in enumerate(order.split(recipe.batch_size)):
        _schedule(optimiser, recipe, epoch + step / steps)
        images = augment(photos.pixels[rows], recipe.side(epoch), recipe, random)
        images, targets = mix(images, photos.labels[rows])
        loss = _loss(model, teacher, images.contiguous(memory_format=torch.channels_last), targets)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        if average is not None:
            _follow(average, model, recipe.ema_decay)
        total += loss.item() / steps
    return total


def _mixer(recipe: Recipe, epoch: int) -> Mixup:
    import numpy

    numpy.random.seed(recipe.seed * 1000 + epoch)  # timm's Mixup draws from numpy
    return Mixup(
        mixup_alpha=recipe.mixup,
        cutmix_alpha=recipe.cutmix,
        prob=0.7 if recipe.mixup or recipe.cutmix else 0.0,
        label_smoothing=recipe.label_smoothing,
        num_classes=CLASS_COUNT,
    )


def _loss(model: nn.Module, teacher: nn.Module | None, images: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy; with a teacher three quarters of it to the teacher's answers (Touvron et al. 2021, soft form)."""
    with autocast():
        logits = model(images)
    loss = F.cross_entropy(logits.float(), targets)
    if teacher is None:
        return loss
    with torch.inference_mode(), autocast():
        answers = teacher(images).float().softmax(1)
    return 0.25 * loss + 0.75 * F.cross_entropy(logits.float(), answers.clone())


def _schedule(optimiser: Muon, recipe: Recipe, epoch: float) -> None:
    """Linear warm-up, then half a cosine down to 1 % of the peak; another from a quarter of it in the plain epochs."""
    main = recipe.epochs - recipe.plain_epochs
    if epoch < recipe.warmup_epochs:
        factor = (epoch + 0.05) / recipe.warmup_epochs
    elif epoch < main:
        factor = _cosine((epoch - recipe.warmup_epochs) / (main - recipe.warmup_epochs))
    else:
        factor = _cosine((epoch - main) / recipe.plain_epochs) / 4
    for group in optimiser.param_groups:
        group["lr"] = recipe.learning_rate * min(factor, 1.0)


def _cosine(progress: float) -> float:
    return 0.01 + 0.99 * (1 + math.cos(math.pi * progress)) / 2


@torch.no_grad()
def _follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    for mine, theirs in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if mine.is_floating_point():
            mine.lerp_(theirs, 1 - decay)
        else:
            mine.copy_(theirs)


def _save(path: Path, model: nn.Module, average: nn.Module | None, optimiser: Muon, history: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "history": history}
    if average is not None:
        state["average"] = average.state_dict()
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def _restore(path: Path, model: nn.Module, average: nn.Module | None, optimiser: Muon) -> list[dict]:
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    if average is not None:
        average.load_state_dict(state["average"])
    return state["history"]
