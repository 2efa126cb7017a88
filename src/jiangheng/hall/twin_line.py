"""The line between two machines that keep each other's copy: sealed messages over HTTP in the room's network (K13).

Whoever does not know the secret of the two can neither read a message nor make one. An answer belongs to its question;
a message that was heard once is not heard again, because it carries a number and a word of the machine it is meant for.
"""

from __future__ import annotations

import hmac
import http.client
import secrets
import socket
import urllib.parse

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PATH = "/twin"
MOST_BYTES = 64 << 20
_NONCE = 12


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one machine tells the other. Who speaks: ``machine``, ``epoch``, ``leading``, its hall's time ``now`` and
    the opening key once it has it. ``word`` and ``number``: for whom, and the how-many-eth. ``drafts`` are entries as
    (sitting, text, link, receipt)."""

    kind: str
    machine: str
    epoch: int
    leading: bool
    now: int
    code: str = ""
    word: str = ""
    number: int = 0
    drafts: tuple[tuple[int, str, int, str], ...] = ()
    heads: dict[int, tuple[int, str]] = {}
    controls: tuple[tuple[int, str], ...] = ()


class Unheard(Exception):
    """The other machine gave no answer that can be believed."""


class Seal:
    """Seals and opens messages with what follows from the secret of the two."""

    def __init__(self, secret: str) -> None:
        self._box = AESGCM(hmac.digest(secret.encode(), b"jiangheng/twin/1", "sha256"))

    def close(self, message: Message, *, to: bytes = b"") -> bytes:
        """A message as bytes; ``to`` is the question it answers."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._box.encrypt(nonce, msgspec.json.encode(message), b"answer" + to if to else b"question")

    def open(self, sealed: bytes, *, to: bytes = b"") -> Message:
        """The message in bytes; :class:`Unheard` when it was not made with our secret, or answers something else."""
        bound = b"answer" + to if to else b"question"
        try:
            return _decoder.decode(self._box.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound))
        except (InvalidTag, ValueError, msgspec.DecodeError) as error:
            raise Unheard(f"not a message of ours: {type(error).__name__}") from None


class Line:
    """The way to the other machine; it stays open between messages. One thread at a time uses it."""

    def __init__(self, url: str, seal: Seal, *, seconds: float) -> None:
        parts = urllib.parse.urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._seal, self._seconds = seal, seconds
        self._open: http.client.HTTPConnection | None = None

    def ask(self, message: Message) -> Message:
        """The other's answer; :class:`Unheard` after at most twice the seconds of the line."""
        question = self._seal.close(message)
        reused = self._open is not None
        try:
            content = self._post(question)
        except ConnectionError:
            # A line that lay idle may have been closed by the other side, which says nothing about the other side.
            if not reused:
                self.close()
                raise Unheard("refused") from None
            content = self._again(question)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unheard(type(error).__name__) from None
        return self._seal.open(content, to=question[:_NONCE])

    def close(self) -> None:
        """Let go of the connection."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _again(self, question: bytes) -> bytes:
        self.close()
        try:
            return self._post(question)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unheard(type(error).__name__) from None

    def _post(self, question: bytes) -> bytes:
        if self._open is None:
            self._open = http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)
            self._open.connect()
            self._open.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._open.request("POST", PATH, question, {"content-type": "application/octet-stream"})
            reply = self._open.getresponse()
            content = reply.read()
        except ConnectionError:
            self.close()
            raise
        if reply.status != 200:
            raise http.client.HTTPException(f"status {reply.status}")
        return content


_decoder = msgspec.json.Decoder(Message)
