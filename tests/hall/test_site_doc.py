"""docs/develop/site.md names every address of the room's page and every option of the command, and no others (K10)."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path

from jiangheng.cli import site as command
from jiangheng.hall import room, room_page, site

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "develop" / "site.md").read_text(encoding="utf-8")


def test_every_address_of_the_room_is_in_the_document_and_no_other() -> None:
    files = [Path(module.__file__ or "") for module in (room, room_page, site)]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    code = set(re.findall(r"/hall/room(?:/[a-z]+|\.css)?", text))
    assert set(re.findall(r"/hall/room(?:/[a-z]+|\.css)?", PAGE)) == code


def test_every_option_in_the_document_is_one_of_the_command() -> None:
    parser = argparse.ArgumentParser()
    command.options(parser)
    (acts,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    known = {option for act in acts.choices.values() for action in act._actions for option in action.option_strings}
    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) <= known


def test_every_file_in_the_document_is_there() -> None:
    root = Path(site.__file__).parents[1]
    named = re.findall(r"`((?:core|hall|cli)/[a-z_/]+\.py)`", PAGE)
    assert named
    assert [name for name in named if not (root / name).is_file()] == []
    assert all(ast.parse((root / name).read_text(encoding="utf-8")).body for name in named)
