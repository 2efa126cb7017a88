"""The settings file of Safe Exam Browser for one session, and the key by which the hall knows it again (clause K13).

A ``.seb`` file is gzip over the four letters ``plnd`` and a gzipped property list. Its config key is SHA-256 over the
same settings written as JSON without any space or escape, keys in alphabetical order without regard to case. Both are
described in the browser's own documents for developers; the browser works the key out alone and shows it with every
page, hashed with the page's address (``hall/exam_browser.py``).
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import plistlib
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "bool | int | str | bytes | dt.datetime | Sequence[Value] | Mapping[str, Value]"

_ADDRESS = re.compile(r"(https?://[A-Za-z0-9.:\[\]-]+(?:/[^/?#]+)*)/[^/?#]*(?:\?[^#]*)?")
_PLAIN = b"plnd"
_LEFT_OUT = "originatorVersion"
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_START_AN_EXAM, _MODERN_VIEW, _ALLOW, _NO_NEW_WINDOW = 0, 3, 1, 0
_SWITCHES_OFF = (
    # leaving the page for another program, user or machine
    *("allowSwitchToApplications", "allowUserSwitching", "allowVirtualMachine", "allowScreenSharing"),
    *("enableAltEsc", "enableAltF4", "enableAltMouseWheel", "enableAltTab", "enableCtrlEsc", "enableStartMenu"),
    # other pages, files, paper
    *("allowBrowsingBackForward", "allowDownloads", "allowUploads", "allowDownUploads", "allowPrint"),
    *("browserWindowAllowAddressBar", "downloadAndOpenSebConfig", "examSessionReconfigureAllow", "enablePrintScreen"),
    # help of the machine's own
    *("allowDeveloperConsole", "allowDictation", "allowDictionaryLookup", "allowFind", "allowSpellCheck", "allowSiri"),
    *("enableRightMouse", "allowAudioCapture"),
    # what the page keeps on the device is the candidate's safety net: it outlives a crash of the browser
    *("examSessionClearCookiesOnStart", "examSessionClearCookiesOnEnd", "removeBrowserProfile", "removeLocalStorage"),
)


def settings(*, start: str, quit_password: str, camera: bool) -> dict[str, Value]:
    """The settings of one session. ``start`` is the address of the hall's door, the only host the browser opens;
    ``quit_password`` closes the browser before the end; ``camera`` lets the page ask for pictures.

    ``ValueError`` for an address that is not http(s) or has no host.
    """
    found = _ADDRESS.fullmatch(start)
    if found is None:
        raise ValueError(f"no address of a hall: {start}")
    return {
        **dict.fromkeys(_SWITCHES_OFF, False),
        "sebConfigPurpose": _START_AN_EXAM,
        "startURL": start,
        "allowQuit": True,
        "hashedQuitPassword": hashlib.sha256(quit_password.encode()).hexdigest(),
        "sendBrowserExamKey": True,
        "browserWindowWebView": _MODERN_VIEW,
        "browserWindowAllowReload": True,
        "showReloadButton": True,
        "enableZoomPage": True,
        "createNewDesktop": True,
        "monitorProcesses": True,
        "enablePrivateClipboard": True,
        "blockPopUpWindows": True,
        "newBrowserWindowByLinkBlockForeign": True,
        "newBrowserWindowByLinkPolicy": _NO_NEW_WINDOW,
        "allowedDisplaysMaxNumber": 1,
        "allowVideoCapture": camera,
        "browserMediaCaptureCamera": camera,
        "URLFilterEnable": True,
        "URLFilterEnableContentFilter": False,
        "URLFilterRules": [
            {
                "action": _ALLOW,
                "active": True,
                "expression": f"{found[1]}/*",
                "regex": False,
            }
        ],
    }


def file_of(chosen: Mapping[str, Value]) -> bytes:
    """The ``.seb`` file; the same settings always give the same bytes."""
    inner = plistlib.dumps(dict(chosen), fmt=plistlib.FMT_XML, sort_keys=True)
    return gzip.compress(_PLAIN + gzip.compress(inner, mtime=0), mtime=0)


def settings_in(file: bytes) -> dict[str, Value]:
    """The settings of a plain ``.seb`` file; ``ValueError`` for anything else."""
    try:
        outer = gzip.decompress(file)
        if outer[: len(_PLAIN)] != _PLAIN:
            raise ValueError("not a plain settings file")
        found = plistlib.loads(gzip.decompress(outer[len(_PLAIN) :]), fmt=plistlib.FMT_XML)
    except (OSError, EOFError, plistlib.InvalidFileException) as error:
        raise ValueError("not a settings file of the exam browser") from error
    if not isinstance(found, dict):
        raise ValueError("not a settings file of the exam browser")
    return found


def config_key(chosen: Mapping[str, Value]) -> str:
    """The config key in hex, as the browser works it out from the same settings."""
    said = {name: value for name, value in chosen.items() if name != _LEFT_OUT}
    return hashlib.sha256(as_json(said).encode()).hexdigest()


def as_json(value: Value) -> str:
    """The settings in the browser's own kind of JSON: nothing escaped, no space, keys in order without regard to case,
    no key whose dictionary is empty, data in base64, moments in ISO 8601. ``TypeError`` for a number with a fraction:
    the browser's editions write those differently, so they cannot be part of a key."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f'"{base64.b64encode(value).decode()}"'
    if isinstance(value, dt.datetime):
        # a property list has moments in UTC to the second
        return f'"{value:%Y-%m-%dT%H:%M:%SZ}"'
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        names = sorted((name for name in value if value[name] != {}), key=str.lower)
        return "{" + ",".join(f'"{name}":{as_json(value[name])}' for name in names) + "}"
    if isinstance(value, Sequence):
        return "[" + ",".join(as_json(each) for each in value) + "]"
    raise TypeError(f"no setting of the exam browser is of this kind: {type(value).__name__}")


def quit_word(secret: bytes, session: int) -> str:
    """The word that closes the browser of a session before its end, for the invigilator: three groups of four, made
    from a secret of the installation, so that nothing has to be kept."""
    number = int.from_bytes(hashlib.sha256(b"quit the exam browser\n%d\n" % session + secret).digest())
    letters = []
    for _each in range(12):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    word = "".join(letters)
    return "-".join((word[:4], word[4:8], word[8:]))
