"""Odd, broken and hostile picture files, built here from nothing, with a fixed seed."""

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")


def scene(width: int, height: int) -> NDArray[np.uint8]:
    """Draw waves and edges: no two corners alike, fine and coarse detail, (height, width, 3) uint8."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    red = 255 * across / max(width - 1, 1)
    green = 127 + 90 * np.sin(across / 9) * np.cos(down / 13) + 30 * (down > across)
    blue = 255 * down / max(height - 1, 1)
    return np.stack([red, green, blue], axis=-1).clip(0, 255).astype(np.uint8)


def encode(image: Image.Image | NDArray[np.uint8], format: str, **options: object) -> bytes:
    """Save with Pillow into bytes."""
    buffer = io.BytesIO()
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(buffer, format, **options)
    return buffer.getvalue()


def encode_scene(format: str, width: int = 96, height: int = 64) -> bytes:
    image = Image.fromarray(scene(width, height))
    return encode(image.quantize(64) if format == "GIF" else image, format)


def broken(format: str, each: tuple[int, int, int] = (30, 30, 20), seed: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield named truncations, eight-byte flips and splices of one format, the same ones at every run."""
    whole, chance = encode_scene(format), random.Random(f"broken {format}{seed}")
    truncations, flips, splices = each
    for number in range(truncations):
        yield f"{format} cut {number}", whole[: chance.randrange(1, len(whole))]
    for number in range(flips):
        flipped = bytearray(whole)
        for _ in range(8):
            flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        yield f"{format} flipped {number}", bytes(flipped)
    for number in range(splices):
        other = encode_scene(FORMATS[(FORMATS.index(format) + 1 + number % 5) % 6])
        yield (
            f"{format} spliced {number}",
            whole[: chance.randrange(len(whole))] + other[chance.randrange(len(other)) :],
        )


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def with_png_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Put chunks behind the header, where decoders read them first."""
    return png[:33] + b"".join(chunks) + png[33:]


def png_bits(side: int) -> bytes:
    """Compress a black square of one bit a pixel: 12,000 pixels a side need 17 KB."""
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    return png_header(side, side, 1, 0) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def with_jpeg_segments(jpeg: bytes, *segments: tuple[int, bytes]) -> bytes:
    """Put APPn or COM segments behind the start of a JPEG."""
    inner = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments)
    return jpeg[:2] + inner + jpeg[2:]


def exif_block(orientation: int, order: str = "<") -> bytes:
    """Write an Exif block whose one tag is the orientation."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    return start + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def resized_header(format: str, width: int, height: int) -> bytes:
    """Let the header of a small picture claim another size."""
    data = bytearray(encode_scene(format))
    if format == "JPEG":
        at = data.index(b"\xff\xc0")
        struct.pack_into(">HH", data, at + 5, height, width)
    elif format == "BMP":
        struct.pack_into("<ii", data, 18, width, height)
    elif format == "GIF":
        struct.pack_into("<HH", data, 6, width, height)
    elif format == "WEBP":
        struct.pack_into("<HH", data, 26, width, height)
    elif format == "TIFF":
        return tiff({256: width, 257: height})
    else:
        return png_header(width, height) + bytes(data[33:])
    return bytes(data)


def tiff(tags: dict[int, int], body: bytes = bytes(3072), next_directory: int = 0) -> bytes:
    """Write an uncompressed RGB strip with the given tags (LONG) over sensible ones, 32 x 32 unless they say so."""
    offset = 8
    entries = {256: 32, 257: 32, 259: 1, 262: 2, 273: offset, 277: 3, 278: 32, 279: len(body)} | tags
    directory = struct.pack("<H", len(entries) + 1)
    bits = offset + len(body)
    for tag, value in sorted((entries | {258: bits}).items()):
        kind, count = (3, 3) if tag == 258 else (4, 1)
        directory += struct.pack("<HHII", tag, kind, count, value)
    bits_and_directory = struct.pack("<HHH", 8, 8, 8) + directory + struct.pack("<I", next_directory)
    return struct.pack("<4sI", b"II*\0", bits + 6) + body + bits_and_directory


def gif_frames(count: int) -> bytes:
    """Write a GIF of plain frames, each of another shade; count is a multiple of 256."""
    frames = [Image.new("L", (8, 8), number) for number in range(256)]
    some = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)
    start = some.index(b"!\xf9", 13 + 3 * 256)
    return some[:start] + some[start:-1] * (count // 256) + b";"


def _progressive_scans(count: int) -> bytes:
    jpeg = encode(Image.new("L", (2000, 2000), 128), "JPEG", progressive=True)
    last = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + last * count + b"\xff\xd9"


def _text_bomb(kind: bytes) -> bytes:
    head = b"k\0\1\0\0\0" if kind == b"iTXt" else b"k\0\0"
    chunk = png_chunk(kind, head + zlib.compress(bytes(1_000_000), 9))
    return with_png_chunks(encode_scene("PNG"), *[chunk] * 200)


def _gif_comment() -> bytes:
    whole = encode_scene("GIF")
    start = 13 + (3 << (whole[10] & 7) + 1)
    return whole[:start] + b"!\xfe" + (b"\xff" + b"a" * 255) * 38_000 + b"\0" + whole[start:]


def _bmp_runs() -> bytes:
    """End each line of 7,000 pixels after the first one, which Pillow fills up pixel by pixel in Python."""
    runs = b"\1\1\0\0" * 7000
    header = struct.pack("<IIiiHHIIiiII", 1078, 40, 7000, 7000, 1, 8, 1, len(runs), 0, 0, 256, 0)
    return b"BM" + struct.pack("<II", 1078 + len(runs), 0) + header + bytes(1024) + runs


def _tiff_directories() -> bytes:
    """Chain 250,000 empty directories behind a good one."""
    first = tiff({})
    links = [struct.pack("<HI", 0, len(first) + 6 * number) for number in range(1, 250_000)]
    return tiff({}, next_directory=len(first)) + b"".join(links) + bytes(6)


def _tiff_numbers() -> bytes:
    """Let one tag hold 4.5 million numbers, each a Python object once read."""
    body = bytes(9_000_000)
    whole = bytearray(tiff({}, body=body))
    at = whole.index(struct.pack("<HHI", 258, 3, 3))
    struct.pack_into("<HHII", whole, at, 258, 3, 4_500_000, 8)
    return bytes(whole)


def _tiff_tile() -> bytes:
    """Deflate one tile of 144 megapixels for a picture of 32 x 32."""
    squeeze = zlib.compressobj(1)
    body = b"".join(squeeze.compress(bytes(4_320_000)) for _ in range(100)) + squeeze.flush()
    return tiff({259: 8, 322: 12_000, 323: 12_000, 324: 8, 325: len(body)}, body=body)


def webp_canvas(width: int = 16_383, height: int = 16_383) -> bytes:
    """Put a small first frame on a canvas of that size."""
    inner = encode_scene("WEBP")[12:]
    canvas = b"VP8X" + struct.pack("<IB", 10, 2) + bytes(3)
    canvas += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    frame = b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    body = bytes(6) + (95).to_bytes(3, "little") + (63).to_bytes(3, "little") + bytes(4) + inner
    frame += b"ANMF" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(canvas + frame) + 4) + b"WEBP" + canvas + frame


# Each: what is built, and what the door must say (a part of its sentence), or "" when the picture is simply read.
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "PNG of 144 megapixels in 17 KB": (lambda: png_bits(12_000), "144 megapixels is too much"),
    "PNG header of 900 megapixels": (lambda: png_header(30_000, 30_000) + bytes(99), "900 megapixels is too much"),
    "PNG header of 4 exapixels": (lambda: png_header(2**31 - 1, 2**31 - 1) + bytes(99), "megapixels is too much"),
    "PPM of 3,600 megapixels": (lambda: b"P6\n60000 60000\n255\n" + bytes(999), "not a picture we can read"),
    "GIF canvas of 65,535 x 65,535": (lambda: resized_header("GIF", 65_535, 65_535), "4,295 megapixels"),
    "GIF of 4,000 frames": (lambda: gif_frames(4096), ""),
    "GIF with a comment of 9.7 MB": (_gif_comment, ""),
    "WebP of 16,383 x 16,383": (lambda: resized_header("WEBP", 16_383, 16_383), "268 megapixels"),
    "animated WebP canvas of 16,383 x 16,383": (webp_canvas, "268 megapixels"),
    "animated WebP canvas of 49 megapixels": (lambda: webp_canvas(16_384, 3051), "megapixels is too much for WebP"),
    "TIFF of 40,000 x 40,000 in one strip": (lambda: tiff({256: 40_000, 257: 40_000, 278: 40_000}), "1,600 megapixels"),
    "TIFF tile of 12,000 x 12,000": (_tiff_tile, "damaged"),
    "TIFF tag with 4.5 million numbers": (_tiff_numbers, "damaged"),
    "TIFF with 250,000 directories": (_tiff_directories, ""),
    "PNG with 200 MB of zTXt": (lambda: _text_bomb(b"zTXt"), ""),
    "PNG with 200 MB of iTXt": (lambda: _text_bomb(b"iTXt"), ""),
    "PNG with a colour profile of 80 MB": (
        lambda: with_png_chunks(encode_scene("PNG"), png_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(80_000_000)))),
        "",
    ),
    "ICO around a PNG of 144 megapixels": (
        lambda: struct.pack("<HHHBBBBHHII", 0, 1, 1, 0, 0, 0, 0, 1, 32, 17_582, 22) + png_bits(12_000),
        "not a picture we can read",
    ),
    "BMP of negative height": (lambda: resized_header("BMP", 30_000, -30_000), "900 megapixels"),
    "BMP of 2 gigapixels a side": (lambda: resized_header("BMP", 2**31 - 1, 2**31 - 1), "megapixels is too much"),
    "BMP of 49 megapixels in run lengths": (_bmp_runs, "not a picture we can read"),
    "JPEG of 65,500 x 65,500": (lambda: resized_header("JPEG", 65_500, 65_500), "4,290 megapixels"),
    "JPEG with 3,000 scans": (lambda: _progressive_scans(3000), "damaged"),
    "JPEG with 9.8 MB of Exif": (
        lambda: with_jpeg_segments(encode_scene("JPEG"), *[(0xE1, b"Exif\0\0" + exif_block(1) + bytes(65_000))] * 150),
        "",
    ),
}


def polyglots() -> dict[str, tuple[bytes, bool]]:
    """Files that are two things at once, and whether a picture of ours comes first."""
    gif, png, jpeg = encode_scene("GIF"), encode_scene("PNG"), encode_scene("JPEG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(x) run showpage\n%%EOF\n"
    html, pdf, archive = b"<!doctype html><script>alert(1)</script>", b"%PDF-1.7\n1 0 obj", b"PK\x03\x04" + bytes(40)
    return {
        "GIF and JavaScript": (gif + b"/*=1;alert(1)//*/", True),
        "PNG and ZIP": (png + archive, True),
        "JPEG and PHP": (with_jpeg_segments(jpeg, (0xFE, b"<?php system($_GET[0]); ?>")), True),
        "JPEG and ZIP": (jpeg + archive, True),
        "PNG and HTML": (with_png_chunks(png, png_chunk(b"tEXt", b"k\0" + html)), True),
        "BMP and HTML": (encode_scene("BMP") + html, True),
        "SVG with a script": (svg, False),
        "SVG behind a declaration": (b'<?xml version="1.0"?>\n<!-- a -->\n' + svg, False),
        "SVG around a JPEG": (svg + jpeg, False),
        "EPS": (eps, False),
        "EPS with a DOS head": (b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 30, len(eps)) + bytes(18) + eps, False),
        "PDF around a JPEG": (pdf + jpeg, False),
        "ZIP around a PNG": (archive + png, False),
        "HTML": (html, False),
        "HTML around an SVG": (html + svg, False),
        "zip of a GIF": (zlib.compress(gif), False),
    }


def memory_kb(line: str) -> int:
    """Return one line of this process's memory figures, such as VmHWM (the most it ever held)."""
    return int(Path("/proc/self/status").read_text().split(line + ":")[1].split()[0])
