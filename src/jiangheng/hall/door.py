"""The pages at the door of the hall: what a machine of the room opens on the day, with no help from the office (K13).

One is the exam client; who is to sit at the machine says so there. The other checks the machine beforehand. Their
scripts and styles are those that are built for the whole house, so the folder they lie in is given.
"""

from __future__ import annotations

import hashlib
import html
import json
from pathlib import Path

RULES_FILE = "rules.json"
_KINDS = {".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8"}
_FILES = ("exam.js", "exam.css", "theme.js", "check.js")
_WORDS = {
    ("exam", "zh-hans"): (
        "理论知识考试 · 匠衡",
        "正在连接考场…",
        "这台机器的浏览器关闭了脚本，不能作答。请举手，让监考人员换一台机器。",
    ),
    ("exam", "en"): (
        "Theory examination · Jiangheng",
        "Connecting to the exam hall…",
        "Scripts are switched off in this browser: no paper can be shown. Please raise your hand.",
    ),
    ("check", "zh-hans"): (
        "机位检测 · 匠衡",
        "正在连接考场…",
        "这台机器的浏览器关闭了脚本，不能用于考试。请在浏览器设置中打开脚本后再检测。",
    ),
    ("check", "en"): (
        "Seat check · Jiangheng",
        "Connecting to the exam hall…",
        "Scripts are switched off in this browser: it cannot be used. Switch them on and check again.",
    ),
}
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
    b" media-src blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Door:
    """The page and its files. ``assets`` is the folder of the built client, None where only the protocol is served."""

    def __init__(self, home: Path, assets: Path | None) -> None:
        self._rules = home / "hall" / RULES_FILE
        self._page = (Path(__file__).parent / "page" / "page.html").read_text(encoding="utf-8")
        there = assets is not None and all((assets / name).is_file() for name in _FILES)
        self._files = {name: (assets / name).read_bytes() for name in _FILES} if assets and there else {}
        self._stamp = hashlib.sha256(b"".join(self._files.values())).hexdigest()[:12]

    def page(self, language: str, *, name: str = "exam") -> bytes:
        """The exam page, or the one that checks a machine, in that language, with the rules of the room as they are
        now; empty when it cannot be shown."""
        if not self._files:
            return b""
        language = "en" if language == "en" else "zh-hans"
        title, loading, no_script = _WORDS[name, language]
        words = {"language": language, "title": title, "loading": loading, "no_script": no_script}
        page = self._page
        for word, text in {**words, "name": name, "stamp": self._stamp}.items():
            page = page.replace("{" + word + "}", html.escape(text))
        return page.replace("{rules}", self._conduct()).encode()

    def file(self, name: str) -> tuple[bytes, bytes]:
        """A file of the page and its kind; ``KeyError`` for any other."""
        return self._files[name], _KINDS[Path(name).suffix]

    def _conduct(self) -> str:
        try:
            rules = json.loads(self._rules.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            rules = []
        # "</script>" inside a text must not end the element
        return json.dumps(rules, ensure_ascii=False).replace("<", "\\u003c")


def publish_rules(home: Path, rules: list[str]) -> None:
    """Write the rules of the room as candidates are to read them before they enter."""
    file = home / "hall" / RULES_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(rules, ensure_ascii=False), encoding="utf-8")
    fresh.replace(file)
