"""The sentences of the Convolution tab, made from the numbers on screen; plain text without markup."""

from cvdemo.convolution import kernels
from cvdemo.convolution.arithmetic import span
from cvdemo.convolution.learned import FirstLayer
from cvdemo.convolution.response import Response
from cvdemo.convolution.settings import Settings
from cvdemo.convolution.sliding import Slid, Tool, size_after
from cvdemo.wording import figures3, percent

QUESTION = "What does one kernel do to your photo?"
WHY_TITLE = "Why does a network use small kernels?"
WHY = (
    "The same nine numbers slide over the whole photo, so an edge is found wherever it lies, with very few parameters."
)
HINT = "Point at either grid to follow one window; click to keep it, and arrow keys move it."
COUNTED = {4: "four", 9: "nine"}  # larger kernels are told in figures
PADDING_WORDS = {"zeros": "zeros", "mirror": "reflect", "none": "zeros"}  # PyTorch's names


def title(settings: Settings, layer: FirstLayer | None) -> str:
    """Return what the page calls the kernel in use."""
    if settings.kernel == kernels.LEARNED and layer is not None:
        return f"Filter {settings.filter + 1} of {layer.title}"
    return "Your kernel" if settings.kernel == kernels.OWN else kernels.get(settings.kernel).title


def answer(settings: Settings, response: Response, layer: FirstLayer | None = None) -> str:
    """Return the tab's answer: what the kernel does, and how much of the photo reacts or changes."""
    name = title(settings, layer)
    known = settings.kernel not in (kernels.OWN, kernels.LEARNED)
    what = f"{name} {kernels.get(settings.kernel).what}" if known else name
    if layer is not None:
        what = f"{name} answers to {response.answers_to}"
    if not response.strongest:
        return f"{name} has only zeros: nothing reacts."
    if settings.transposed:
        (height, width), (high, wide) = response.before_hw, response.values.shape[1:]
        return f"Transposed, {name} stamps {width:,} × {height:,} pixels into {wide:,} × {high:,}."
    if response.signed:
        return f"{what}: {percent(response.reacting)} of the photo reacts."
    if response.contrast is None:
        return f"{what}; here there are no differences between neighbours to compare."
    return f"{what}: {contrast(response.contrast)}."


def contrast(ratio: float) -> str:
    """Return by how much the differences between neighbours shrank or grew."""
    if abs(ratio - 1) < 0.005:
        return "neighbouring pixels differ as before"
    if ratio < 1:
        return f"neighbouring pixels now differ {percent(1 - ratio)} less"
    return f"neighbouring pixels now differ {figures3(ratio)} times as much"


def reacts(response: Response, learned: bool = False) -> str:
    """Return what "reacts" means here, for the line under the picture."""
    if not response.signed:
        return f"The whole photo through the same kernel, from 0 (black) to {number(response.limit)} (white)."
    most = number(response.strongest)
    share = "a quarter of the strongest here" if learned else f"a tenth of the strongest possible ({most})"
    return (
        "The whole photo through the same kernel. It reacts where the value is at least "
        f"{number(response.threshold)} in size, {share}."
    )


def dilated(size: int, dilation: int) -> str:
    """Return how far a kernel of ``size`` x ``size`` numbers reaches under a dilation."""
    if size == 1:
        return f"Dilation {dilation}: one number has no neighbours to spread from."
    if dilation == 1:
        return "Dilation 1: side by side, no gap."
    numbers, wide = COUNTED.get(size**2, size**2), span(size, dilation)
    return f"Dilation {dilation}: the {numbers} numbers sit {dilation} pixels apart and span {wide} × {wide}."


def formula(count: int, size: int, settings: Settings) -> str:
    """Return the output-size formula filled in with the current numbers."""
    after = size_after(count, size, settings)
    padding, dilation, stride = _padding(size, settings), settings.dilation, settings.stride
    if settings.transposed:
        return f"({count} - 1)*{stride} - 2*{padding} + {dilation}*({size}-1) + 1 = {after}"
    return f"floor(({count} + 2*{padding} - {dilation}*({size}-1) - 1)/{stride}) + 1 = {after}"


def _padding(size: int, settings: Settings) -> int:
    return 0 if settings.padding == "none" else settings.dilation * (size - 1) // 2


def torch_line(used: Tool, settings: Settings) -> str:
    """Return the same layer in PyTorch."""
    channels, outputs = len(used.taps), 3 if settings.groups == 3 else 1
    kind = "ConvTranspose2d" if settings.transposed else "Conv2d"
    parts = [str(channels), str(outputs), f"kernel_size={used.size}"]
    parts += [f"stride={settings.stride}"] if settings.stride > 1 else []
    padding = _padding(used.size, settings)
    parts += [f"padding={padding}"] if padding else []
    parts += [f"dilation={settings.dilation}"] if settings.dilation > 1 else []
    parts += [f"groups={settings.groups}"] if settings.groups > 1 else []
    parts += [f'padding_mode="{PADDING_WORDS[settings.padding]}"'] if settings.padding == "mirror" and padding else []
    return f"nn.{kind}({', '.join(parts)}, bias={used.bias != 0})"


def parameters(used: Tool, settings: Settings) -> str:
    """Return how many numbers the layer has."""
    count, bias = used.taps.size, int(used.bias != 0) * (3 if settings.groups == 3 else 1)
    return f"{count:,} weights" + (" + 1 bias" if bias else "")


def flipped(used: Tool, settings: Settings) -> str:
    """Return what flipping this kernel means."""
    turned = used.taps[:, ::-1, ::-1]
    if (turned == used.taps).all():
        return "This kernel looks the same when turned around, so convolution and correlation agree."
    if (turned == -used.taps).all():
        return "Turned around, this kernel answers with the opposite sign; a network would learn the other sign."
    if settings.flip:
        return "The kernel is turned around first, as the true convolution of mathematics does."
    return "Networks do not turn the kernel around: what they call a convolution is a correlation."


def number(value: float) -> str:
    """Return a value as the grids show it: whole numbers as they are, others with up to three decimals."""
    if abs(value - round(value)) < 1e-9:
        return f"{round(value):,}"
    places = 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{places}f}".rstrip("0").rstrip(".")


def captions(size_hw: tuple[int, int], slid: Slid, settings: Settings) -> list[str]:
    """Return what stands over the two grids: input and result."""
    height, width = size_hw
    kind = "colour" if settings.coloured else "grey"
    around = ""
    if slid.padding and not settings.transposed:
        around = f" and {slid.padding} of padding"
    made = slid.result.shape[1:]
    cut = f", {slid.padding} cut off at each edge" if slid.padding and settings.transposed else ""
    return [f"{width} × {height} {kind} cells{around}", f"Result: {made[1]} × {made[0]} cells{cut}"]


def ticks(response: Response) -> list[str]:
    """Return the numbers under the colour bar, left to right."""
    if not response.signed:
        return ["0", number(response.limit / 2), number(response.limit)]
    return [f"\u2212{number(response.limit)}", "0", number(response.limit)]
