"""Pictures of foreign banks: what is taken is a raster picture of bounded size (clause K7)."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from jiangheng.apps.itembank.formats.found import Media
from jiangheng.kernel.kept import said as _

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000
FORMATS = {
    "PNG": ("image/png", "png"),
    "JPEG": ("image/jpeg", "jpg"),
    "GIF": ("image/gif", "gif"),
    "WEBP": ("image/webp", "webp"),
}


class NotAPicture(ValueError):
    """The bytes are no picture we take; the sentence says why and how to mend it."""


def _opened(data: bytes, *, name: str) -> tuple[str, int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
                found = (image.format or "", *image.size)
    except Image.DecompressionBombError as bomb:
        raise NotAPicture(_("图片“%(name)s”像素过多，请缩小后再用") % {"name": name}) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as broken:
        raise NotAPicture(
            _("图片“%(name)s”已损坏或不是 PNG、JPEG、GIF、WebP（矢量图请另存为 PNG）") % {"name": name}
        ) from broken
    return found


def picture(data: bytes, *, name: str) -> Media:
    """The picture as media, its type read from its bytes and not from its name. Raises :class:`NotAPicture`."""
    if len(data) > MOST_BYTES:
        raise NotAPicture(
            _("图片“%(name)s”超过 %(most)d MB，请压缩后再用") % {"name": name, "most": MOST_BYTES // 1024 // 1024}
        )
    kind, width, height = _opened(data, name=name)
    if width * height > MOST_PIXELS:
        raise NotAPicture(_("图片“%(name)s”像素过多，请缩小后再用") % {"name": name})
    return Media(data, FORMATS[kind][0], name.rpartition("/")[2][:160])


def size_of(media: Media) -> tuple[int, int]:
    """Width and height in pixels."""
    return _opened(media.data, name=media.name)[1:]


def file_name(digest: str, media: Media) -> str:
    """The name a picture gets in a package: its digest, and the ending of its type."""
    endings = dict(FORMATS.values())
    return f"{digest}.{endings.get(media.media_type, 'bin')}"
