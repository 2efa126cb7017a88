"""``jiangheng site fetch | serve | return``: hold an examination at a place without a good line (clause K13).

Neither Django nor a database server is needed: one machine, or two that keep each other's copy.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import getpass
import sys
import threading
from pathlib import Path

import uvicorn

import jiangheng
from jiangheng.core.exam import site_bundle
from jiangheng.core.exam.site_package import BadPackage, Header
from jiangheng.core.exam.spoken_key import BadKey, understood
from jiangheng.hall.site import Site
from jiangheng.hall.site_files import replace
from jiangheng.hall.site_home import SiteHome, StillSitting, TooSoon

from . import say
from .site_line import Address, NoLine, download, upload

REFUSED, BAD_INPUT = 1, 2
_ZONE = dt.timezone(dt.timedelta(hours=8))
_SHORTEST_SECRET = 12


def options(sub: argparse.ArgumentParser) -> None:
    """The three acts."""
    acts = sub.add_subparsers(metavar="act", required=True)
    fetch = acts.add_parser("fetch", help="keep the sealed package of a place, by line or from a file")
    fetch.add_argument("file", nargs="?", type=Path, help="the package, when it came on a medium")
    fetch.add_argument("--from", dest="source", metavar="URL", help="where the centre keeps it (https)")
    fetch.add_argument("--token", default="", help="the word that lets this place in")
    fetch.add_argument("--trust", action="append", default=[], metavar="HEX", help="a public key of the office")
    _home(fetch, _fetch)
    serve = acts.add_parser("serve", help="hold the examination on this machine")
    serve.add_argument("--key", default="", help="the opening key as the bureau reads it out; asked for when absent")
    serve.add_argument("--key-file", type=Path, metavar="FILE", help="a file with the opening key")
    serve.add_argument("--twin", default="", metavar="URL", help="the other machine of the room: http://10.0.0.12:8000")
    serve.add_argument("--twin-secret", default="", metavar="S", help="the same word on both machines")
    serve.add_argument("--host", default="0.0.0.0", help="address to listen on (0.0.0.0: the room's network)")
    serve.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    _home(serve, _serve)
    give = acts.add_parser("return", help="make the signed bundle and hand it in")
    give.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the bundle is written")
    give.add_argument("--to", default="", metavar="URL", help="where the centre takes it in (https)")
    give.add_argument("--token", default="", help="the word that lets this place in")
    give.add_argument("--partial", action="store_true", help="also while candidates are still sitting")
    _home(give, _return)


def run(chosen: argparse.Namespace) -> int:
    """Do the chosen act; 0, 1 when it was refused, 2 when something given is not good."""
    status: int = chosen.act(chosen)
    return status


def _home(sub: argparse.ArgumentParser, act: object) -> None:
    sub.add_argument("--home", type=Path, required=True, metavar="DIR", help="the folder of this examination")
    sub.set_defaults(act=act)


def _fetch(chosen: argparse.Namespace) -> int:
    home = SiteHome(chosen.home)
    part = home.sealed_file.with_suffix(".part")
    if bool(chosen.source) == bool(chosen.file):
        say("请给出试卷包文件，或用 --from 给出地址，二者取一。")
        return BAD_INPUT
    try:
        content = download(Address(chosen.source, chosen.token), part) if chosen.source else chosen.file.read_bytes()
        header = home.keep(content, trusted=chosen.trust)
    except BadPackage as error:
        # What is damaged is fetched from its beginning the next time.
        part.unlink(missing_ok=True)
        say(str(error))
        return REFUSED
    except (NoLine, ValueError, OSError) as error:
        say(str(error))
        return REFUSED
    part.unlink(missing_ok=True)
    for line in _described(header, trusted=bool(chosen.trust)):
        print(line)
    return 0


def _described(header: Header, *, trusted: bool) -> list[str]:
    lines = [f"{header.place_name}：试卷包完整，{header.size} 字节"]
    for each in header.sessions:
        starts = dt.datetime.fromtimestamp(each.starts_at / 1000, _ZONE)
        lines.append(
            f"  {each.title}，{each.room}，{starts:%Y-%m-%d %H:%M} 开考，{each.minutes} 分钟，{each.people} 人"
        )
    lines.append(f"核对码 {header.digest[:16]}，启封码开头 {header.mark}")
    signed = f"签发密钥 {header.office[:16]}…"
    lines.append(f"{signed} 与所给公钥一致" if trusted else f"{signed} 请与主管部门公布的核对（或用 --trust 给出公钥）")
    return lines


def _serve(chosen: argparse.Namespace) -> int:
    home = SiteHome(chosen.home)
    if not home.sealed_file.exists():
        say("这个目录里没有试卷包。请先运行 jiangheng site fetch。")
        return BAD_INPUT
    if chosen.twin and len(chosen.twin_secret) < _SHORTEST_SECRET:
        say(f"--twin-secret 至少 {_SHORTEST_SECRET} 个字符，两台机器上相同。")
        return BAD_INPUT
    assets = Path(jiangheng.__file__).parent / "web" / "static" / "built"
    site = Site(home, assets=assets, twin=(chosen.twin, chosen.twin_secret) if chosen.twin else None)
    given = chosen.key or (chosen.key_file.read_text(encoding="utf-8").strip() if chosen.key_file else "")
    if given and not site.is_open and (why := _opened(site, given)):
        say(why)
        return REFUSED
    if not site.is_open and sys.stdin.isatty():
        threading.Thread(target=_ask, args=(site,), name="site-key", daemon=True).start()
    say(f"考生打开 http://本机地址:{chosen.port}/hall/ ，监考人员打开 http://本机地址:{chosen.port}/hall/room")
    settings = uvicorn.Config(
        site, host=chosen.host, port=chosen.port, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=10, timeout_keep_alive=75, lifespan="on",
    )  # fmt: skip
    server = uvicorn.Server(settings)
    try:
        asyncio.run(server.serve())
    except KeyboardInterrupt:
        return 0
    except SystemExit:
        # the server's own way to say that the port is taken; it has said so already
        return REFUSED
    return 0 if server.started else REFUSED


def _ask(site: Site) -> None:
    """Ask for the key at the machine itself until the papers are open, from wherever the key came."""
    while not site.is_open:
        try:
            typed = getpass.getpass("启封码（不显示；也可在 /hall/room 输入）：")
        except (EOFError, OSError):
            return
        if typed and not site.is_open and (why := _opened(site, typed)):
            say(why)


def _opened(site: Site, code: str) -> str:
    """Open the papers and say how the clock stands; why not, when they stay closed."""
    try:
        package = site.open(code)
    except TooSoon as error:
        return f"输错次数过多，请 {error.wait} 秒后再试。"
    except (BadKey, BadPackage) as error:
        return str(error)
    clock = site.home.clock
    say(f"已启封：{package.place_name}，{len(package.people)} 人")
    now = dt.datetime.fromtimestamp(clock.now() / 1000, _ZONE)
    if understood(code).seconds is None:
        say(f"启封码没有带对时，考场时间按本机时钟：{now:%Y-%m-%d %H:%M:%S}。请与主管部门核对。")
    else:
        say(f"考场时间按主管部门对时：{now:%Y-%m-%d %H:%M:%S}；本机时钟相差 {clock.difference / 1000:+.0f} 秒")
    return ""


def _return(chosen: argparse.Namespace) -> int:
    home = SiteHome(chosen.home)
    if not home.is_open:
        say("这个目录里的试卷包还没有启封，没有可以回传的。")
        return REFUSED
    try:
        content = home.bundle(partial=chosen.partial)
    except StillSitting as error:
        say(f"还有 {error.count} 人正在作答。请等全部交卷或收卷后再回传；确需先回传一部分，加 --partial。")
        return REFUSED
    replace(chosen.out.absolute(), content)
    bundle = site_bundle.read(content)
    name = site_bundle.digest(bundle)
    print(
        f"已写入 {chosen.out}：{len(bundle.journals)} 人，{bundle.count} 条记录"
        + ("（部分）" if bundle.partial else "")
    )
    print(f"核对码 {name[:16]}")
    if not chosen.to:
        return 0
    try:
        said = upload(Address(chosen.to, chosen.token), content)
    except NoLine as error:
        say(str(error))
        return REFUSED
    if said.get("digest") != name:
        say("主管部门收到的与本机写出的不一致，请再交一次。")
        return REFUSED
    print("主管部门已收到。重复提交不会重复计入。")
    return 0
