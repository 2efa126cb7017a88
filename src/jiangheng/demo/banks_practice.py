"""The practical papers of the city: a bank of practice at level four, and one paper in stock (K14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jiangheng.kernel.perform import model_of

from . import city
from .banks import table_of, text_of
from .hands import do, make

PAPER = {
    "code": "C-001",
    "title": "三相异步电动机正反转控制线路的安装与调试",
    "minutes": 120,
    "equipment": "低压配电实训台（含三相四线电源、漏电保护），每工位 1 台\n"
    "三相异步电动机（380 V，不大于 2.2 kW），每工位 1 台",
    "materials": "BV-1.5 mm² 铜芯导线（黑、黄、绿、红），每工位 20 m\n接线端子排、号码管、线鼻子，每工位 1 套",
    "tools": "万用表、兆欧表（500 V），每工位各 1 块\n电工常用工具，考生自带\n绝缘鞋、工作服、安全帽，考生自带",
    "site": "工位间距不小于 1.5 m，照度不低于 300 lx\n设总电源急停按钮，每 5 个工位配 1 名安全员",
    "task": "根据考场发给的电气原理图，在网孔板上安装接触器联锁的正反转控制线路。\n\n"
    "1. 检查元件，按图布置并固定。\n2. 按板前明线工艺配线，穿号码管。\n"
    "3. 停电状态下用万用表自检，写出主电路和控制电路的检查结果。\n"
    "4. 测量电动机绝缘电阻，按 \\(I_N=\\frac{P_N}{\\sqrt{3}U_N\\eta\\cos\\varphi}\\) 计算额定电流，整定热继电器。\n"
    "5. 经考评员同意后通电试车。",
    "lines": "元件检查齐全，布置合理、固定牢靠 | 15 | 评判\n配线横平竖直，接点牢固，号码管齐全 | 25 | 评判\n"
    "主电路、控制电路接线与原理图一致 | 20\n绝缘电阻测量方法正确、读数记录完整 | 10\n"
    "额定电流计算正确，热继电器整定值在计算值的 0.95–1.05 倍 | 10\n正转、反转、停止、联锁功能一次试车成功 | 15\n"
    "工具归位、工位整洁，材料无浪费 | 5 | 评判",
    "vetoes": "未经考评员同意擅自通电\n带电接线或拆线\n造成短路、设备损坏或人身伤害",
}


def practice(*, report: Callable[[str, int, int], None]) -> Any:
    """A bank of practice founded by the centre; its paper written by one, reviewed by another, stocked by a third."""
    given = {**table_of(text_of("electrician_4")), "subject": "practice"}
    bank = make("bank.found", city.region("450300"), "gl.center1", name="电工四级操作技能题库", **given)
    paper = make("exercise.write", bank, "gl.writer", **PAPER)
    do("exercise.review", paper, "gl.reviewer")
    do("exercise.stock", paper, "gl.center2")
    report("电工四级操作技能试题命题、审题、入库", 1, 1)
    return model_of("exercise").everywhere.get(pk=paper.pk)
