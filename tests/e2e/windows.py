"""What goes wrong in a browser's window is written down, so that no test passes over it."""

from __future__ import annotations

from typing import Any


def watch(page: Any, errors: list[str]) -> None:
    """Write down what goes wrong in a page: its scripts' errors and whatever its console reports as one."""

    def said(message: Any) -> None:
        # a form sent back with its errors is a 422, an answer of the hall that time is over a 409: both are answers
        # that the page shows in its own words, and the console calls every such answer an error
        if message.type == "error" and not any(f"status of {code}" in message.text for code in (409, 422)):
            errors.append(f"{page.url}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
