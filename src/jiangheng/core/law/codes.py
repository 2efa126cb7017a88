"""The coded lists of registration: provinces, Guilin's divisions, sex, ethnic group, education, sources (W6, W9).

Order and spelling are those of the published lists; a code is text, because a leading zero is part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _numbered(names: str) -> Mapping[str, str]:
    """Names in their published order under two-digit codes from 01."""
    return MappingProxyType({f"{place:02d}": name for place, name in enumerate(names.split(), start=1)})


# GB/T 2260, first two digits.
PROVINCES: Mapping[str, str] = MappingProxyType({
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
    "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
    "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省",
    "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区",
    "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
})  # fmt: skip

# A certificate number gives the Xinjiang corps a province of its own, an identity number does not.
CERTIFICATE_PROVINCES: Mapping[str, str] = MappingProxyType({**PROVINCES, "66": "新疆生产建设兵团"})

# Residence permits: Hong Kong 81, Macao 82, and 83 for Taiwan, which is not a division of GB/T 2260.
IDENTITY_PROVINCES: Mapping[str, str] = MappingProxyType({**PROVINCES, "83": "台湾居民居住证"})

GUANGXI = "45"
GUILIN = "450300"

# GB/T 2260: 6 districts, 8 counties, 2 autonomous counties, 1 city at county level.
DIVISIONS: Mapping[str, str] = MappingProxyType({
    "450302": "秀峰区", "450303": "叠彩区", "450304": "象山区", "450305": "七星区", "450311": "雁山区",
    "450312": "临桂区", "450321": "阳朔县", "450323": "灵川县", "450324": "全州县", "450325": "兴安县",
    "450326": "永福县", "450327": "灌阳县", "450328": "龙胜各族自治县", "450329": "资源县", "450330": "平乐县",
    "450332": "恭城瑶族自治县", "450381": "荔浦市",
})  # fmt: skip

# Found on identity cards issued before a change; never a present division.
OLD_DIVISIONS: Mapping[str, str] = MappingProxyType(
    {"450301": "桂林市市辖区", "450322": "临桂县(2013年改临桂区)", "450331": "荔浦县(2018年改荔浦市)"}
)

# GB/T 2261.1
SEX: Mapping[str, str] = MappingProxyType({"0": "未知的性别", "1": "男", "2": "女", "9": "未说明的性别"})

# GB/T 3304
ETHNIC_GROUPS: Mapping[str, str] = _numbered(
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 "
    "哈萨克族 傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 "
    "达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 "
    "俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族"
)

# The names are those of the national registration template; it numbers nothing, the numbers are this platform's.
EDUCATION: Mapping[str, str] = _numbered(
    "博士 研究生 大学本科 大学专科和专科学校 中等专业学校 技校 高级技校 技师学院 高中 职高 初中 小学"
)
CANDIDATE_SOURCES: Mapping[str, str] = _numbered(
    "国有企业 集体企业 私营企业 个体企业 外商投资 港澳台商投资 职业高中 普通技工学校 高级技工学校 "
    "技师学院 职业技术学院 普通中专 普通高中 普通大专 普通大学 研究生院 其它 下岗失业人员 现役军人 "
    "农民工 劳改劳教人员 其他人员 机关事业单位"
)
RECOGNITION_NATURE: Mapping[str, str] = _numbered("初次认定 晋级认定")
EXAM_NATURE: Mapping[str, str] = _numbered("正考 补考")


def code_of(table: Mapping[str, str], name: str) -> str:
    """The code of a name in one of these lists; ValueError names the list's members."""
    for code, member in table.items():
        if member == name:
            return code
    raise ValueError(f"名称 {name!r} 不在代码表内;可用的名称有:{'、'.join(table.values())}")


def division_name(code: str) -> str:
    """The division as it is (or was) called: Guilin's by county, all others by province; ValueError if unknown."""
    if code == GUILIN:
        return "桂林市"
    name = DIVISIONS.get(code) or OLD_DIVISIONS.get(code) or IDENTITY_PROVINCES.get(code[:2])
    if name is None:
        raise ValueError(f"行政区划代码 {code!r} 不在 GB/T 2260 之内;请核对前两位")
    return name
