"""``jiangheng attempt verify FILE``: check a sealed attempt with nothing but the file (clauses K10, K13)."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from jiangheng.core.exam import attempt, headproof

UNSOUND, BAD_INPUT = 1, 2
_KEY = re.compile(r"[0-9a-f]{64}")


def options(sub: argparse.ArgumentParser) -> None:
    """The file, the keys that are trusted, and a receipt the candidate kept."""
    acts = sub.add_subparsers(metavar="act", required=True)
    meaning = "check a sealed attempt: signature, paper, chain of receipts, rules, marks"
    verify = acts.add_parser("verify", help=meaning, description=meaning)
    verify.add_argument("file", type=Path, help="the bundle, as the office gave it out")
    verify.add_argument("--key", action="append", default=[], metavar="HEX", help="a public key of the office to trust")
    verify.add_argument("--receipt", type=Path, metavar="FILE", help="the receipt the candidate kept at hand-in")
    verify.add_argument("--json", action="store_true", help="print JSON")


def run(chosen: argparse.Namespace) -> int:
    """Print what was found; 0 when everything is sound, 1 when not, 2 when the file cannot be read."""
    try:
        bundle = attempt.read(_bytes(chosen.file))
        for key in chosen.key:
            if not _KEY.fullmatch(key):
                raise ValueError(f"--key {key[:20]}：公钥是 64 位十六进制数")
        findings = attempt.check(bundle, trusted=chosen.key)
        if chosen.receipt:
            findings.append(_kept(bundle, json.loads(_bytes(chosen.receipt))))
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return BAD_INPUT
    sound = all(finding.sound for finding in findings)
    if chosen.json:
        rows = [{"about": each.about, "sound": each.sound, "said": each.said} for each in findings]
        print(json.dumps({"sound": sound, "ticket": bundle.ticket, "findings": rows}, ensure_ascii=False, indent=1))
    else:
        for each in findings:
            print(f"{'✓' if each.sound else '✗'} {each.about}：{each.said}")
        print("封存内容可信" if sound else "封存内容不可信")
    return 0 if sound else UNSOUND


def _kept(bundle: attempt.Attempt, receipt: object) -> attempt.Finding:
    """Whether the bundle has what the hall signed for the candidate."""
    if not isinstance(receipt, dict) or {"link", "receipt", "at", "key", "signature"} - receipt.keys():
        raise ValueError("所给的凭据不是交卷时保存的文件")
    try:
        held = headproof.holds(sitting=bundle.sitting, **receipt)
    except TypeError:
        raise ValueError("所给的凭据含有不认识的内容") from None
    there = {line.link: line.receipt for line in bundle.journal}
    if not held:
        return attempt.Finding("考生凭据", False, "凭据的签名不符，或属于另一场考试")
    if there.get(receipt["link"]) != receipt["receipt"]:
        return attempt.Finding("考生凭据", False, "考场签名确认过的记录不在封存内容中：封存内容不完整")
    return attempt.Finding("考生凭据", True, f"考生持有的第 {receipt['link']} 条凭据在封存内容中")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"{path}：没有这个文件，请核对路径") from None
    except OSError as wrong:
        raise ValueError(f"{path}：无法读取（{wrong.strerror}）") from None
