"""Files of responses, keys and groups as the bank's commands are given them (P2)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")


def opened(path: Path, reader: Callable[[Iterable[str]], Found]) -> Found:
    """What `reader` makes of the file's lines; UTF-8, or GB18030 as spreadsheets in China write it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"{path}：没有这个文件，请核对路径") from None
    except OSError as wrong:
        raise ValueError(f"{path}：无法读取（{wrong.strerror}），请核对路径和权限") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as wrong:
            raise ValueError(
                f"{path}：第 {wrong.start + 1} 个字节起不是 UTF-8 或 GB18030 编码的文字，请另存为 UTF-8 的 CSV"
            ) from None
    try:
        return reader(text.splitlines(keepends=True))
    except (ValueError, csv.Error) as wrong:
        raise ValueError(f"{path}：{wrong}") from None
