"""A portrait as it is kept: drawn again from its pixels, so that no place, device or hidden file comes with it."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

LARGEST = (720, 960)


def clean_portrait(data: bytes) -> bytes:
    """The same picture as a plain JPEG: upright, at most 720 x 960, without EXIF. ``OSError`` when it is no JPEG."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail(LARGEST)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=90)
    return out.getvalue()
