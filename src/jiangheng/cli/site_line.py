"""The line between a place and the centre, when there is one: fetch a sealed package, hand in a bundle (clause K13)."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 30.0
_PIECE = 1 << 16
_MOST = 1 << 30
_HERE = ("127.0.0.1", "localhost", "::1")


class NoLine(Exception):
    """The centre could not be reached, or said no; the message is for the person at the machine."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the centre with the word that lets this place in."""

    url: str
    token: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise NoLine(f"只能用 https 地址：{self.url}")

    def open(self, method: str, *, body: bytes | None = None, more: Mapping[str, str] | None = None) -> Any:
        """The centre's answer, of which the body is still to be read; it is never followed elsewhere, so that the
        token goes to this address alone."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        line = (
            http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=ssl.create_default_context())
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=_SECONDS)
        )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            line.request(method, path, body, {"authorization": f"Bearer {self.token}", **(more or {})})
            return line.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise NoLine(f"连不上 {parts.netloc}：{error}。请检查网络后再试，已下载的部分会保留。") from None


def download(address: Address, part: Path) -> bytes:
    """The file at that address. What came before a line broke lies in ``part`` and is not fetched again."""
    part.parent.mkdir(parents=True, exist_ok=True)
    have = part.stat().st_size if part.exists() else 0
    reply = address.open("GET", more={"range": f"bytes={have}-"} if have else {})
    if reply.status == 416:
        return part.read_bytes()
    if reply.status not in (200, 206):
        raise NoLine(_refused(reply))
    goes_on = reply.status == 206 and reply.headers.get("content-range", "").startswith(f"bytes {have}-")
    with part.open("ab" if goes_on else "wb") as out:
        try:
            while piece := reply.read(_PIECE):
                out.write(piece)
                if out.tell() > _MOST:
                    raise NoLine("文件大得不像试卷包，已停止下载。请核对地址。")
        except (OSError, http.client.HTTPException) as error:
            raise NoLine(f"下载中断：{error}。再运行一次，从断处继续。") from None
    if (length := reply.headers.get("content-length")) and part.stat().st_size < int(length) + (have if goes_on else 0):
        raise NoLine("下载中断。再运行一次，从断处继续。")
    return part.read_bytes()


def upload(address: Address, content: bytes) -> dict[str, Any]:
    """Hand a file in; what the centre says to it."""
    reply = address.open("POST", body=content, more={"content-type": "application/octet-stream"})
    if reply.status not in (200, 201):
        raise NoLine(_refused(reply))
    try:
        said = json.loads(reply.read(_PIECE))
    except (OSError, ValueError, http.client.HTTPException):
        said = None
    if not isinstance(said, dict):
        raise NoLine("主管部门的回执无法识别。请稍后再交一次：重复提交不会重复计入。")
    return said


def _refused(reply: Any) -> str:
    try:
        said = json.loads(reply.read(_PIECE))
        reason = str(said["reason"]) if isinstance(said, dict) and "reason" in said else ""
    except (OSError, ValueError, http.client.HTTPException):
        reason = ""
    return reason or f"主管部门的服务器回答 {reply.status}。请核对地址和令牌。"
