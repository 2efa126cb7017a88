"""A portrait: the one check of every photo handed in, and the picture as it is kept (clause W10)."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from jiangheng.core.law.parameters import parameter

LARGEST = (720, 960)
SMALL = (120, 160)
LEAST_WIDTH = 300
MOST_PIXELS = 16_000_000
"""A small file may unfold to a picture that fills the memory; no camera's portrait is larger than this."""

# what Pillow raises over a file that is no picture, is cut off, or claims an absurd size
_BROKEN = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)


def most_bytes() -> int:
    """The largest size of a photo's file."""
    return int(parameter("photo.max_kb")) * 1024


def portrait_problem(data: bytes) -> str:
    """Why this is no portrait that can be printed, and what to change; empty when it is one.

    Enough of a file is its first ``most_bytes() + 1`` bytes: a longer one is refused unseen.
    """
    if len(data) > most_bytes():
        return _("照片超过 {n} KB，请压缩后上传").format(n=most_bytes() // 1024)
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                return _("照片像素过大（{width}×{height}），请缩小后上传").format(width=width, height=height)
            image.load()
    except _BROKEN:
        return _("不是能打开的 JPG 照片，请重新拍照或另存为 JPG")
    if width < LEAST_WIDTH or not 1.2 <= height / width <= 1.5:
        return _("照片宽不少于 300 像素，高宽比约为 1.29（一寸照），请重新裁剪")
    return ""


def clean_portrait(data: bytes) -> bytes:
    """The same picture drawn again as a plain JPEG: upright, at most 720 x 960, without EXIF. ``OSError`` if no JPEG.

    Drawn again, so that no place, device or hidden file comes with it.
    """
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail(LARGEST)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=90)
    return out.getvalue()


def small_portrait(data: bytes) -> bytes:
    """A kept portrait at most 120 x 160, to compare a face with: a JPEG of a few kilobytes."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        image.thumbnail(SMALL)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=75)
    return out.getvalue()
