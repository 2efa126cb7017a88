"""What goes wrong in a browser's window is written down, so that no test passes over it."""

from __future__ import annotations

from typing import Any


def watch(page: Any, errors: list[str]) -> None:
    """Write down what goes wrong in a page: its scripts' errors and whatever its console reports as one."""

    def said(message: Any) -> None:
        # a form sent back with its errors is a 422 and a gentle answer; the console calls every such answer an error
        if message.type == "error" and "status of 422" not in message.text:
            errors.append(f"{page.url}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
