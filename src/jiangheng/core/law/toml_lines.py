"""TOML read with the line of every table and key, and guarded against texts made to exhaust the reader (clause K3).

`tomllib` gives no line numbers. The text is read by it first; what it accepts is walked once more, token by token,
and each table becomes a `Placed`: a dict that knows its line and the lines of its keys.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from jiangheng.core.law.faults import Fault, StandardFaults

LARGEST = 400_000
_MOST_DOTS = 60
# Four hundred thousand bytes of a real standard hold fewer than half as many tokens.
_MOST_TOKENS = 100_000
_WHOLE = "标准文本"

# A string left open matches to its end: no token is looked at twice, so the walk is linear whatever the text.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{0,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*+'{0,5}"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
    r"|[\[\]{}=,\n]"
    r"|[^\s\"'\#\[\]{}=,]++",
    re.DOTALL,
)
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
# What tomllib says most often, in the reader's language; anything else is passed on as it is.
_SAID = {
    "Cannot overwrite a value": "同一名称写了两次,或表与它的下级表名称不一致",
    "Cannot declare": "同一张表写了两次,应写成 [[…]]",
    "Expected '=' after a key": "字段名之后缺少等号",
    "Expected newline or end of document": "一行写完后还有多余的文字",
    "Illegal character": "引号内有换行或控制字符,或引号没有写完",
    "Unterminated string": "引号没有写完",
    "Invalid value": "等号后的值写法不对,文字须加引号",
    "Invalid statement": "这一行既不是字段也不是表头",
    "Invalid initial character for a key part": "字段名或表头写法不对,汉字须加引号",
    "Unclosed array": "方括号没有写完,或缺少逗号",
    "Unclosed inline table": "花括号没有写完,或缺少逗号",
    "Unescaped '\\' in a string": "反斜杠须写成两个",
    "Expected ']": "表头的方括号没有写完",
}
_Path = tuple[str | int, ...]


class Placed(dict[str, object]):
    """A table and where it stands. line: of its header or brace. lines: of its keys."""

    line: int = 0
    lines: dict[str, int]


def read(text: str) -> Placed:
    """The root table; StandardFaults for a text too large, too deep or not TOML."""
    try:
        _guard(text)
        raw = tomllib.loads(text, parse_float=_exact)
        return _place(raw, (), _Lines(text).found)
    except StandardFaults:
        raise
    except tomllib.TOMLDecodeError as fault:
        raise StandardFaults([_syntax(str(fault))]) from None
    except RecursionError:
        raise _refused(0, "嵌套太深", "请去掉多余的括号") from None
    except ValueError:
        # A whole number of thousands of digits: Python itself declines to read it.
        raise _refused(0, "有一个数字过长", "请改正数字") from None


def _refused(line: int, what: str, mend: str) -> StandardFaults:
    return StandardFaults([Fault(line, _WHOLE, "", what, mend)])


def _guard(text: str) -> None:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise _refused(0, "含有不成对的代理字符,不是有效的 Unicode 文字", "请改用 UTF-8 文字") from None
    if size > LARGEST:
        raise _refused(0, f"有 {size} 字节,超过上限 {LARGEST} 字节", "请删减或拆分")
    line, dots = 1, 0
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count > _MOST_TOKENS:
            raise _refused(line, f"从这里起过于零碎,整篇超过 {_MOST_TOKENS} 个记号", "请删减或拆分")
        found = token.group()
        if found == "\n":
            dots = 0
        elif found[0] not in "\"'#":
            dots += found.count(".")
        # tomllib's time grows with the square of a key's parts.
        if dots > _MOST_DOTS:
            raise _refused(line, "键的层级太多", "请检查句点是否写在引号之外")
        line += found.count("\n")


def _exact(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation:
        return Decimal("NaN")


def _syntax(message: str) -> Fault:
    at = _AT.search(message)
    line = int(at.group(1)) if at else 0
    column = f"(第{at.group(2)}列)" if at else ""
    said = _AT.sub("", message).strip()
    why = next((words for start, words in _SAID.items() if said.startswith(start)), said)
    return Fault(line, _WHOLE, "", f"不是有效的 TOML 文本{column}:{why}", "请检查引号、括号、逗号和等号")


def _place(value: dict[str, object], path: _Path, lines: dict[_Path, int]) -> Placed:
    table = Placed({key: _placed(each, (*path, key), lines) for key, each in value.items()})
    table.line = lines.get(path, 0)
    table.lines = {key: lines.get((*path, key), table.line) for key in value}
    return table


def _placed(value: object, path: _Path, lines: dict[_Path, int]) -> object:
    if isinstance(value, dict):
        return _place(value, path, lines)
    if isinstance(value, list):
        return [_placed(each, (*path, place), lines) for place, each in enumerate(value)]
    return value


class _Lines:
    """The line of every path of a TOML text that tomllib accepts; a path counts the tables of an array from 0."""

    def __init__(self, text: str) -> None:
        self.found: dict[_Path, int] = {}
        self._counts: dict[_Path, int] = {}
        self._line = 1
        self._tokens = self._walk(text)
        self._now = ""
        header: _Path = ()
        while self._next():
            if self._now == "[":
                header = self._header()
            elif self._now != "\n":
                self._pair(header)
            while self._now not in ("\n", ""):
                self._next()

    def _walk(self, text: str) -> Iterator[str]:
        line = 1
        for match in _TOKEN.finditer(text):
            token = match.group()
            self._line = line
            line += token.count("\n")
            if not token.startswith("#"):
                yield token

    def _next(self) -> bool:
        self._now = next(self._tokens, "")
        return bool(self._now)

    def _keys(self, end: str) -> _Path:
        """The parts of a key up to `end`; the current token is its first."""
        parts: list[str | int] = []
        while self._now and self._now != end:
            parts.extend(_plain(self._now))
            self._next()
        return tuple(parts)

    def _header(self) -> _Path:
        line = self._line
        self._next()
        if many := self._now == "[":
            self._next()
        path: _Path = ()
        for part in self._keys("]"):
            # A name that stands for an array of tables means its last table.
            path = (*self._last(path), part)
            self.found.setdefault(path, line)
        if many:
            self._next()
            self._counts[path] = self._counts.get(path, 0) + 1
        path = self._last(path)
        self.found.setdefault(path, line)
        return path

    def _last(self, path: _Path) -> _Path:
        count = self._counts.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, table: _Path) -> None:
        line = self._line
        path = (*table, *self._keys("="))
        for length in range(len(table) + 1, len(path) + 1):
            self.found.setdefault(path[:length], line)
        self._next()
        self._value(path)

    def _value(self, path: _Path) -> None:
        """Pass over one value, noting tables and elements inside; the current token becomes its last."""
        self.found.setdefault(path, self._line)
        if self._now == "[":
            place = 0
            while self._next() and self._now != "]":
                if self._now not in (",", "\n"):
                    self._value((*path, place))
                    place += 1
        elif self._now == "{":
            while self._next() and self._now != "}":
                if self._now != ",":
                    self._pair(path)


def _plain(token: str) -> list[str]:
    """The parts of a key in one token: a quoted part, or bare ones with their points."""
    if token[0] == "'":
        return [token[1:-1]]
    if token[0] == '"':
        return list(tomllib.loads(f"{token} = 0"))
    return [part for part in token.split(".") if part]
