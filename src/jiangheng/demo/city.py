"""桂林: its divisions, bureaus, centre, institutions and the people who work there. All names are invented."""

from __future__ import annotations

from typing import Any

from jiangheng.apps.offices import queries as offices
from jiangheng.core.law import codes
from jiangheng.core.law.identity import org_check, uscc_check

from .hands import make

PASSWORD = "Guilin-demo-2026"  # noqa: S105 - the demonstration's printed password
COUNTY_LOGINS = {
    "450302": "xiufeng", "450303": "diecai", "450304": "xiangshan", "450305": "qixing", "450311": "yanshan",
    "450312": "lingui", "450321": "yangshuo", "450323": "lingchuan", "450324": "quanzhou", "450325": "xingan",
    "450326": "yongfu", "450327": "guanyang", "450328": "longsheng", "450329": "ziyuan", "450330": "pingle",
    "450332": "gongcheng", "450381": "lipu",
}  # fmt: skip
CITY_STAFF = (
    ("gl.admin", "龙安平", "桂林市人社局", ("admin",)),
    ("gl.city", "周怀远", "桂林市人社局", ("city",)),
    ("gl.center1", "唐知行", "市职业技能评价指导中心", ("centre",)),
    ("gl.center2", "莫如玉", "市职业技能评价指导中心", ("centre",)),
    ("gl.writer", "石鸣远", "统一题库命题组", ("writer",)),
    ("gl.reviewer", "蓝秋实", "统一题库审题组", ("item_reviewer",)),
    ("gl.reviewer2", "尹怀谷", "统一题库审题组", ("item_reviewer",)),
    ("gl.expert1", "申屠远", "市技能人才评价专家库", ("expert",)),
    ("gl.expert2", "毛致和", "市技能人才评价专家库", ("expert",)),
    ("gl.expert3", "段瑞林", "市技能人才评价专家库", ("expert",)),
    ("gl.expert4", "侯映雪", "市技能人才评价专家库", ("expert",)),
    ("gl.expert5", "易清泉", "市技能人才评价专家库", ("expert",)),
)
ENTERPRISE_STAFF = (
    ("manager", "秦守正", ("manager", "admin")),
    ("registrar", "廖小满", ("registrar",)),
    ("checker", "韦青禾", ("checker",)),
    ("approver", "蒋静川", ("approver",)),
    ("officer", "阳晓东", ("exam_officer",)),
    ("officer2", "祝远帆", ("exam_officer",)),
    ("invigilator1", "谢春生", ("invigilator",)),
    ("invigilator2", "易冬梅", ("invigilator",)),
    ("invigilator3", "段一鸣", ("invigilator",)),
    ("invigilator4", "毛云舒", ("invigilator",)),
    ("evaluator1", "贺铁山", ("evaluator",)),
    ("evaluator2", "罗碧莲", ("evaluator",)),
    ("evaluator3", "侯长河", ("evaluator",)),
    ("issuer", "文素心", ("issuer",)),
    ("keeper", "岑立本", ("keeper",)),
    ("keeper2", "申自强", ("keeper",)),
    ("writer", "盘匠生", ("writer",)),
    ("reviewer1", "欧阳澄", ("item_reviewer",)),
    ("reviewer2", "诸葛敏", ("item_reviewer",)),
)
COLLEGE_STAFF = (
    ("manager", "蒙启文", ("manager", "admin")),
    ("registrar", "赖雨桐", ("registrar",)),
    ("checker", "潘书云", ("checker",)),
    ("approver", "覃维新", ("approver",)),
    ("officer", "黎国安", ("exam_officer",)),
    ("invigilator1", "邓小舟", ("invigilator",)),
    ("invigilator2", "卢晓岚", ("invigilator",)),
    ("evaluator1", "庞志坚", ("evaluator",)),
    ("evaluator2", "甘露华", ("evaluator",)),
    ("evaluator3", "滕耀武", ("evaluator",)),
    ("issuer", "苏念慈", ("issuer",)),
)
TECHNICIAN_COLLEGE_STAFF = (
    ("manager", "梁启山", ("manager", "admin")),
    ("registrar", "韦若溪", ("registrar",)),
    ("checker", "唐百川", ("checker",)),
    ("approver", "谢知秋", ("approver",)),
    ("officer", "莫远航", ("exam_officer",)),
    ("officer2", "盘若兰", ("exam_officer",)),
    ("invigilator1", "陈景行", ("invigilator",)),
    ("invigilator2", "李望舒", ("invigilator",)),
    ("evaluator1", "黄铁军", ("evaluator",)),
    ("evaluator2", "周海棠", ("evaluator",)),
    ("evaluator3", "廖长青", ("evaluator",)),
    ("issuer", "秦芳华", ("issuer",)),
)
FEW = tuple(row for row in ENTERPRISE_STAFF if row[0] in ("manager", "registrar", "officer"))
INSTITUTIONS = (
    ("lg", "450305", "桂林漓光电气制造有限公司", "EMPLOYER", "七星区朝阳路信息产业园8号", ENTERPRISE_STAFF),
    ("xs", "450304", "桂林象岭精工机械有限公司", "EMPLOYER", "象山区凯风路66号", FEW),
    ("lj", "450311", "桂林漓畔职业技术学院", "COLLEGE", "雁山区雁中路100号", COLLEGE_STAFF),
    ("jx", "450303", "桂林市匠心同行技能评价中心", "SOCIAL_ORG", "叠彩区中山北路201号", FEW),
    ("js", "450312", "桂林漓江技师学院", "COLLEGE", "临桂区世纪大道300号", TECHNICIAN_COLLEGE_STAFF),
)


def establish_regions() -> None:
    """The city and its 17 county-level divisions (GB/T 2260), each by a step of the system."""
    known = {row.code for row in offices.regions()}
    for code, name in {codes.GUILIN: "桂林市", **codes.DIVISIONS}.items():
        if code not in known:
            make("region.establish", None, "system", code=code, name=name)


def region(code: str) -> Any:
    """The division of that code."""
    return offices.region(code)


def staff(under: Any, opener: str, username: str, name: str, unit: str, roles: tuple[str, ...]) -> Any:
    """Open an account and appoint its holder to his roles there, as the administrator does it."""
    phone = "19900009999"
    account = make(
        "account.open", under, opener, username=username, name=name, unit=unit, phone=phone, password=PASSWORD
    )
    for role in roles:
        make("grant.appoint", account, opener, role=role, place=under.scope)
    return account


def city_staff() -> None:
    """The people of the city bureau, the centre and the 17 county bureaus."""
    guilin = region(codes.GUILIN)
    for number, (username, name, unit, roles) in enumerate(CITY_STAFF):
        # the first administrator is appointed by the system, everybody after that by the administrator
        staff(guilin, "system" if number == 0 else "gl.admin", username, name, unit, roles)
    for number, (code, login) in enumerate(COUNTY_LOGINS.items()):
        county = region(code)
        name = "秦莫韦覃蒋唐廖阳黄李陈刘梁周邓龙石"[number] + "监管"
        staff(county, "gl.admin", login, name, f"{county.name}人社局", ("county",))


def uscc(division: str, serial: int) -> str:
    """A valid unified social credit code of an invented body."""
    body = f"MA5DE{serial:03d}"
    first17 = f"91{division}{body}{org_check(body)}"
    return first17 + uscc_check(first17)


def institutions() -> dict[str, Any]:
    """The five institutions, registered by the centre, with their people."""
    found = {}
    for serial, (key, code, name, kind, address, people) in enumerate(INSTITUTIONS, start=1):
        thing = make(
            "institution.register", region(code), "gl.center1",
            name=name, kind=kind, uscc=uscc(code, serial), address=f"桂林市{address}", contact="办公室",
            telephone=f"0773-00000{serial:02d}",
        )  # fmt: skip
        for role, person, roles in people:
            staff(thing, "gl.admin", f"{key}.{role}", person, name, roles)
        found[key] = thing
    return found


def log_ins() -> list[tuple[str, str, str]]:
    """Every log-in of the demonstration: name, unit and person, what for. The password is the same."""
    rows = [(username, unit, "、".join(roles)) for username, _name, unit, roles in CITY_STAFF]
    rows += [(login, f"{codes.DIVISIONS[code]}人社局", "county") for code, login in COUNTY_LOGINS.items()]
    for key, _code, name, _kind, _address, people in INSTITUTIONS:
        rows += [(f"{key}.{role}", name, "、".join(roles)) for role, _person, roles in people]
    return rows
