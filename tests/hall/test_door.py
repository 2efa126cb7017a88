"""The hall shows its own pages, the exam and the check of a machine, with nothing from anywhere else (K13)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hall_harness import KEY, OPENS

from jiangheng.hall.app import hall_app

FILES = {"exam.js": "js", "exam.css": "css", "theme.js": "js", "check.js": "js"}


def fetched(home: Path, path: str, *, lacking: str = "", query: bytes = b"") -> tuple[int, dict[str, str], str]:
    """Status, headers and text at an address of a hall whose built client lacks that file."""
    assets = home / "built"
    assets.mkdir(exist_ok=True)
    for name in FILES.keys() - {lacking}:
        (assets / name).write_text(f"// {name}", encoding="utf-8")
    sent: list[Any] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        hall = hall_app(home, KEY, lambda: OPENS, assets=assets)
        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": query}
        await hall(scope, receive, send)
        hall.close()

    asyncio.run(run())
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"].decode()


@pytest.mark.parametrize(
    ("path", "query", "title", "script"),
    [
        ("/hall/", b"", "理论知识考试", "exam.js"),
        ("/hall/check", b"", "机位检测", "check.js"),
        ("/hall/check", b"lang=en", "Seat check", "check.js"),
    ],
)
def test_a_page_comes_in_its_language_with_its_own_script(
    tmp_path: Path, path: str, query: bytes, title: str, script: str
) -> None:
    status, headers, text = fetched(tmp_path, path, query=query)
    assert (status, headers["cache-control"]) == (200, "no-store") and title in text
    assert f'src="/hall/page/{script}?' in text and "{" not in text.replace("{}", "")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert fetched(tmp_path, f"/hall/page/{script}")[2] == f"// {script}"


def test_without_the_built_client_there_is_no_page(tmp_path: Path) -> None:
    for path in ("/hall/", "/hall/check", "/hall/page/check.js"):
        assert fetched(tmp_path, path, lacking="check.js")[0] == 404
