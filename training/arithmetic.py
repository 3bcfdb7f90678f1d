"""In which precision training runs here: bfloat16 where the processor calculates in it, else float32."""

import torch


def autocast() -> torch.autocast:
    """Return the context for a forward pass; without units for it (AMX or AVX-512 BF16) bfloat16 is the slower one."""
    return torch.autocast("cpu", torch.bfloat16, enabled=_has_units())


def machine(cores: int) -> str:
    """Return what a card says about where the weights were made."""
    return f"{cores} CPU cores, {'bfloat16 autocast' if _has_units() else 'float32'}"


def _has_units() -> bool:
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())
