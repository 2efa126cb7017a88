"""Is the page open in Safe Exam Browser with the settings of this examination? (clause K13)

The browser sends, with every request or through its script interface, the SHA-256 of the page's address followed by a
key: of its settings (config key) or of its own program and settings (browser exam key). Both are accepted.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

CONFIG_HEADER = b"x-safeexambrowser-configkeyhash"
EXAM_HEADER = b"x-safeexambrowser-requesthash"


def is_known(keys: Sequence[str], *, hashes: Iterable[str], addresses: Iterable[str]) -> bool:
    """Does one of the hashes belong to one of the addresses and one of the keys (hex)?"""
    said = [each.strip().lower() for each in hashes if each]
    right = [hashlib.sha256((address + key).encode()).hexdigest() for address in addresses if address for key in keys]
    # every pair is compared, in constant time, so that a guess is not told how near it was
    return sum(hmac.compare_digest(one, other) for one in said for other in right) > 0


def page_address(page: str, host: str) -> str:
    """The address a page gave of itself, if it is one of this host; otherwise nothing."""
    return page.partition("#")[0] if host and urlsplit(page).netloc.lower() == host.lower() else ""
