"""Pictures that people put into an item themselves: drawn anew, so that only the picture comes in (clause K7)."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from jiangheng.apps.itembank.formats.found import Media
from jiangheng.apps.itembank.formats.pictures import NotAPicture, picture
from jiangheng.kernel.kept import said as _

MOST_BYTES = 1024 * 1024
TAKEN = ("image/png", "image/jpeg", "image/gif")
QUALITY = 90


def redrawn(data: bytes, *, name: str) -> Media:
    """A PNG, JPEG or GIF of at most 1 MB as a PNG or JPEG of its pixels alone, upright, of a GIF the first picture.

    Raises :class:`NotAPicture` with a sentence when it is none of these, too large, or broken.
    """
    if len(data) > MOST_BYTES:
        raise NotAPicture(_("图片“%(name)s”超过 1 MB，请压缩或缩小后再上传") % {"name": name})
    found = picture(data, name=name)
    if found.media_type not in TAKEN:
        raise NotAPicture(_("图片“%(name)s”不是 PNG、JPEG 或 GIF，请另存后再上传") % {"name": name})
    try:
        drawn, kind = _drawn(data, photograph=found.media_type == "image/jpeg")
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, Image.DecompressionBombError) as broken:
        raise NotAPicture(_("图片“%(name)s”已损坏，请重新导出后再上传") % {"name": name}) from broken
    stem = found.name.rpartition(".")[0] or found.name
    return Media(drawn, f"image/{kind}", f"{stem[:150]}.{'jpg' if kind == 'jpeg' else kind}")


def _drawn(data: bytes, *, photograph: bool) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF")) as opened:
        upright = ImageOps.exif_transpose(opened)
        clear = upright.mode in ("LA", "PA", "RGBA") or "transparency" in upright.info
        pixels = upright.convert("RGBA" if clear else "L" if upright.mode in ("1", "L") else "RGB")
    # a new picture has the pixels and nothing else: no comments, places or profiles
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    made = io.BytesIO()
    if photograph:
        plain.save(made, "JPEG", quality=QUALITY)
        return made.getvalue(), "jpeg"
    plain.save(made, "PNG", optimize=True)
    return made.getvalue(), "png"
