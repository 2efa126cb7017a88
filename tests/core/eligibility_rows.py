"""The table of people: every condition of both generations and of a single standard, row by row.

A row is a sentence, a person, and what the law says on 1 June 2026, written down by hand: the condition is MET; or
it is not, and first will be on a day (the person working on); or NEVER by time alone; or the level is open all the
same `by` another condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jiangheng.core.law.eligibility import (
    ApprovedList,
    Education,
    Facts,
    HeldCertificate,
    Title,
    WorkPeriod,
)

CODE, RELATED, OTHER = "6-31-01-03", "6-29-03-05", "4-03-02-01"
LISTS = (
    ApprovedList("secondary_vocational", frozenset({"S1"})),
    ApprovedList("higher_vocational", frozenset({"P1"})),
    ApprovedList("technician_class", frozenset({"T1"})),
)


@dataclass(frozen=True)
class By:
    """Not by this condition, but open by that one."""

    seq: int


MET, NEVER = "met", "never"
Expected = str | By
Row = tuple[str, Facts, Expected]


def day(text: str) -> date:
    return date.fromisoformat(text)


def who(
    *,
    born: str = "1990-01-01",
    jobs: str = "",
    other_jobs: str = "",
    certs: str = "",
    cert_of: str = CODE,
    title: str = "",
    schools: tuple[Education, ...] = (),
    apprentice: str = "",
    preparatory: str = "",
) -> Facts:
    """A person. jobs: "first..last" or "first..", by spaces; certs: "level:issued"; title: "rank:granted"."""
    return Facts(
        birth=day(born),
        history=tuple(
            WorkPeriod(day(start), day(end) if end else None, CODE if related else OTHER, related)
            for words, related in ((jobs, True), (other_jobs, False))
            for start, _, end in (each.partition("..") for each in words.split())
        ),
        certificates=tuple(
            HeldCertificate(level, cert_of, day(issued), "")
            for level, _, issued in (each.partition(":") for each in certs.split())
        ),
        titles=tuple(Title(rank, day(granted)) for rank, _, granted in (each.partition(":") for each in title.split())),
        education=schools,
        approved=LISTS,
        apprenticeship_ended=day(apprentice) if apprentice else None,
        preparatory_technician=day(preparatory) if preparatory else None,
    )


def school(
    kind: str, graduated: str = "", *, major: bool = True, final: bool = False, on: str = ""
) -> tuple[Education]:
    """One course of study; without a day of graduation it lasts."""
    return (Education(kind, major, final, day(graduated) if graduated else None, on),)


FIVE_YEARS = who(jobs="2021-06-01..")
TEN_YEARS = who(jobs="2016-06-01..")

GENERAL_2023: dict[tuple[str, int], list[Row]] = {
    ("5", 1): [
        ("16 on the day", who(born="2010-06-01"), MET),
        ("16 the next day", who(born="2010-06-02"), "2026-06-02"),
        ("born on 29 February, 16 in a leap year", who(born="2008-02-29"), MET),
        ("a child learns the birthday two years ahead", who(born="2012-06-01"), "2028-06-01"),
    ],
    ("5", 2): [
        ("16 on the day, in his first job", who(born="2010-06-01", jobs="2026-06-01.."), MET),
        ("16 the next day", who(born="2010-06-02"), "2026-06-02"),
    ],
    ("4", 1): [
        ("five years on the day", FIVE_YEARS, MET),
        ("five years the next day", who(jobs="2021-06-02.."), "2026-06-02"),
        ("two jobs with years between, full on the day", who(jobs="2016-06-01..2018-05-31 2023-06-01.."), MET),
        ("the first of two jobs a day shorter", who(jobs="2016-06-01..2018-05-30 2023-06-01.."), "2026-06-02"),
        ("two jobs at once count once", who(jobs="2023-06-01.. 2023-06-01.."), "2028-06-01"),
        ("work of another kind counts nothing", who(other_jobs="2010-01-01.."), "2031-06-01"),
        ("a job that ended is not lost", who(jobs="2010-01-01..2014-12-31"), MET),
        ("a job that ended a day early", who(jobs="2010-01-01..2014-12-30"), "2026-06-02"),
        ("one day short of 16 after five years", who(born="2010-06-02", jobs="2021-06-01.."), "2026-06-02"),
        ("by level five and three years", who(certs="5:2023-06-01", jobs="2023-06-01.."), By(2)),
        ("by a diploma", who(schools=school("bachelor", "2025-06-30")), By(3)),
    ],
    ("4", 2): [
        ("three years after level five on the day", who(certs="5:2023-06-01", jobs="2023-01-01.."), MET),
        ("the certificate a day younger", who(certs="5:2023-06-02", jobs="2023-01-01.."), "2026-06-02"),
        ("the job a day younger", who(certs="5:2023-01-01", jobs="2023-06-02.."), "2026-06-02"),
        ("a related occupation's certificate", who(certs="5:2023-06-01", cert_of=RELATED, jobs="2023-01-01.."), MET),
        ("a cook's certificate", who(certs="5:2020-06-01", cert_of=OTHER, jobs="2023-01-01.."), NEVER),
        ("no certificate", who(jobs="2023-01-01.."), NEVER),
        ("level four stands for level five", who(certs="4:2023-06-01", jobs="2023-01-01.."), MET),
        ("level four from its own day only", who(certs="4:2023-06-02", jobs="2020-06-01.."), "2026-06-02"),
        ("the older of two certificates counts", who(certs="5:2024-01-01 5:2023-06-01", jobs="2023-06-01.."), MET),
        ("by five years of work", FIVE_YEARS, By(1)),
    ],
    ("4", 3): [
        ("graduated on the day", who(schools=school("secondary_vocational", "2026-06-01")), MET),
        ("graduates the next day", who(schools=school("secondary_vocational", "2026-06-02")), "2026-06-02"),
        ("in the final year", who(schools=school("bachelor", "2026-07-01", final=True)), MET),
        ("in the final year without a day yet", who(schools=school("skilled_worker_school", final=True)), MET),
        ("a student of no final year and no day", who(schools=school("bachelor")), NEVER),
        ("another major", who(schools=school("bachelor", "2020-06-30", major=False)), NEVER),
        (
            "one day short of 16",
            who(born="2010-06-02", schools=school("secondary_vocational", final=True)),
            "2026-06-02",
        ),
        ("by work", FIVE_YEARS, By(1)),
    ],
    ("3", 1): [
        ("ten years on the day", TEN_YEARS, MET),
        ("ten years the next day", who(jobs="2016-06-02.."), "2026-06-02"),
        ("a second job at the same time does not help", who(jobs="2016-06-02.. 2018-01-01..2019-12-31"), "2026-06-02"),
        ("jobs that follow each other are one", who(jobs="2016-06-01..2020-12-31 2021-01-01.."), MET),
        ("by level four and four years", who(certs="4:2022-06-01", jobs="2022-06-01.."), By(2)),
        ("by a title", who(title="junior:2025-06-01", jobs="2025-01-01.."), By(3)),
    ],
    ("3", 2): [
        ("four years after level four on the day", who(certs="4:2022-06-01", jobs="2020-01-01.."), MET),
        ("the certificate a day younger", who(certs="4:2022-06-02", jobs="2020-01-01.."), "2026-06-02"),
        ("the job a day younger", who(certs="4:2020-01-01", jobs="2022-06-02.."), "2026-06-02"),
        ("only level five", who(certs="5:2015-01-01", jobs="2020-01-01.."), NEVER),
        (
            "a year without work in between",
            who(certs="4:2021-06-01", jobs="2021-06-01..2022-05-31 2023-06-02.."),
            "2026-06-02",
        ),
        ("by ten years of work", TEN_YEARS, By(1)),
    ],
    ("3", 3): [
        ("a year after the title on the day", who(title="junior:2025-06-01", jobs="2024-01-01.."), MET),
        ("the title a day younger", who(title="junior:2025-06-02", jobs="2024-01-01.."), "2026-06-02"),
        ("the job a day younger", who(title="junior:2024-01-01", jobs="2025-06-02.."), "2026-06-02"),
        ("a higher title stands for the lower", who(title="senior:2025-06-01", jobs="2024-01-01.."), MET),
        ("no title", who(jobs="2024-01-01.."), NEVER),
        ("by ten years of work", TEN_YEARS, By(1)),
    ],
    ("3", 4): [
        ("graduated on the day", who(schools=school("senior_class", "2026-06-01")), MET),
        ("graduates the next day", who(schools=school("senior_class", "2026-06-02")), "2026-06-02"),
        ("in the final year of a technician college", who(schools=school("technician_college", final=True)), MET),
        ("of a school too low", who(schools=school("secondary_vocational", "2020-06-30")), NEVER),
        ("another major", who(schools=school("senior_class", "2020-06-30", major=False)), NEVER),
        ("by level four and four years", who(certs="4:2022-06-01", jobs="2022-06-01.."), By(2)),
    ],
    ("3", 5): [
        (
            "level four of the day and a diploma",
            who(certs="4:2026-06-01", schools=school("bachelor", "2020-06-30")),
            MET,
        ),
        ("level four of the next day", who(certs="4:2026-06-02", schools=school("bachelor", "2020-06-30")), NEVER),
        ("graduates the next day", who(certs="4:2025-06-01", schools=school("bachelor", "2026-06-02")), "2026-06-02"),
        ("in the final year", who(certs="4:2025-06-01", schools=school("postgraduate", final=True)), MET),
        ("level five only", who(certs="5:2025-06-01", schools=school("bachelor", "2020-06-30")), NEVER),
        ("by an approved programme", who(schools=school("higher_vocational", "2025-06-30", on="P1")), By(6)),
    ],
    ("3", 6): [
        ("approved, graduated on the day", who(schools=school("higher_vocational", "2026-06-01", on="P1")), MET),
        (
            "approved, graduates the next day",
            who(schools=school("higher_vocational", "2026-06-02", on="P1")),
            "2026-06-02",
        ),
        ("approved, final year", who(schools=school("higher_vocational", final=True, on="P1")), MET),
        ("a programme not on the list", who(schools=school("higher_vocational", "2025-06-30", on="P2")), NEVER),
        ("a programme of another list", who(schools=school("higher_vocational", "2025-06-30", on="T1")), NEVER),
        (
            "by level four and a diploma",
            who(certs="4:2025-06-01", schools=school("higher_vocational", "2025-06-30")),
            By(5),
        ),
    ],
    ("2", 1): [
        ("five years after level three on the day", who(certs="3:2021-06-01", jobs="2020-01-01.."), MET),
        ("the certificate a day younger", who(certs="3:2021-06-02", jobs="2020-01-01.."), "2026-06-02"),
        ("the job a day younger", who(certs="3:2020-01-01", jobs="2021-06-02.."), "2026-06-02"),
        ("level four only", who(certs="4:2010-01-01", jobs="2010-01-01.."), NEVER),
        ("by the intermediate title", who(title="intermediate:2025-06-01", jobs="2025-01-01.."), By(3)),
    ],
    ("2", 2): [
        (
            "title and certificate on the day",
            who(title="junior:2021-06-01", certs="3:2025-06-01", jobs="2020-01-01.."),
            MET,
        ),
        (
            "title a day younger",
            who(title="junior:2021-06-02", certs="3:2025-06-01", jobs="2020-01-01.."),
            "2026-06-02",
        ),
        (
            "certificate a day younger",
            who(title="junior:2021-06-01", certs="3:2025-06-02", jobs="2020-01-01.."),
            "2026-06-02",
        ),
        ("job a day younger", who(title="junior:2020-01-01", certs="3:2024-01-01", jobs="2021-06-02.."), "2026-06-02"),
        ("title without certificate", who(title="junior:2021-06-01", jobs="2020-01-01.."), NEVER),
        ("by five years after level three", who(certs="3:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
    ("2", 3): [
        ("a year after the title on the day", who(title="intermediate:2025-06-01", jobs="2025-06-01.."), MET),
        ("the title a day younger", who(title="intermediate:2025-06-02", jobs="2025-01-01.."), "2026-06-02"),
        ("a junior title", who(title="junior:2010-01-01", jobs="2025-01-01.."), NEVER),
        ("by five years after level three", who(certs="3:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
    ("2", 4): [
        (
            "two years on the day",
            who(certs="3:2026-06-01", schools=school("technician_college", "2024-06-30"), jobs="2024-06-01.."),
            MET,
        ),
        (
            "two years the next day",
            who(certs="3:2024-06-30", schools=school("technician_college", "2024-06-30"), jobs="2024-06-02.."),
            "2026-06-02",
        ),
        (
            "graduates the next day",
            who(certs="3:2025-06-30", schools=school("technician_college", "2026-06-02"), jobs="2020-06-01.."),
            "2026-06-02",
        ),
        ("no certificate", who(schools=school("technician_college", "2024-06-30"), jobs="2024-06-01.."), NEVER),
        (
            "of another school",
            who(certs="3:2024-06-30", schools=school("bachelor", "2024-06-30"), jobs="2024-06-01.."),
            NEVER,
        ),
        ("by five years after level three", who(certs="3:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
    ("2", 5): [
        (
            "two years held on the day, still a student",
            who(certs="3:2024-06-01", schools=school("technician_class", "2026-07-01", on="T1")),
            MET,
        ),
        (
            "two years held the next day",
            who(certs="3:2024-06-02", schools=school("technician_class", "2026-07-01", on="T1")),
            "2026-06-02",
        ),
        (
            "two years held on the day of graduation",
            who(certs="3:2024-06-02", schools=school("technician_class", "2026-06-02", on="T1")),
            NEVER,
        ),
        (
            "graduated on the day",
            who(certs="3:2024-06-01", schools=school("technician_class", "2026-06-01", on="T1")),
            NEVER,
        ),
        ("a class not on the list", who(certs="3:2024-06-01", schools=school("technician_class", on="T9")), NEVER),
        (
            "no end of studies known",
            who(certs="3:2025-01-15", schools=school("technician_class", on="T1")),
            "2027-01-15",
        ),
        ("by five years after level three", who(certs="3:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
    ("1", 1): [
        ("five years after level two on the day", who(certs="2:2021-06-01", jobs="2020-01-01.."), MET),
        ("the certificate a day younger", who(certs="2:2021-06-02", jobs="2020-01-01.."), "2026-06-02"),
        ("the job a day younger", who(certs="2:2020-01-01", jobs="2021-06-02.."), "2026-06-02"),
        ("level three only", who(certs="3:2010-01-01", jobs="2010-01-01.."), NEVER),
        ("by the senior title", who(title="senior:2025-06-01", jobs="2025-06-01.."), By(3)),
    ],
    ("1", 2): [
        (
            "title and certificate on the day",
            who(title="intermediate:2021-06-01", certs="2:2025-06-01", jobs="2020-01-01.."),
            MET,
        ),
        (
            "title a day younger",
            who(title="intermediate:2021-06-02", certs="2:2025-06-01", jobs="2020-01-01.."),
            "2026-06-02",
        ),
        (
            "certificate a day younger",
            who(title="intermediate:2021-06-01", certs="2:2025-06-02", jobs="2020-01-01.."),
            "2026-06-02",
        ),
        ("a junior title", who(title="junior:2010-06-01", certs="2:2025-06-01", jobs="2020-01-01.."), NEVER),
        ("by five years after level two", who(certs="2:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
    ("1", 3): [
        ("a year after the title on the day", who(title="senior:2025-06-01", jobs="2024-01-01.."), MET),
        ("the title a day younger", who(title="senior:2025-06-02", jobs="2024-01-01.."), "2026-06-02"),
        ("the job a day younger", who(title="senior:2024-01-01", jobs="2025-06-02.."), "2026-06-02"),
        ("an intermediate title", who(title="intermediate:2010-06-01", jobs="2024-01-01.."), NEVER),
        ("by five years after level two", who(certs="2:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
}

GENERAL_2018: dict[tuple[str, int], list[Row]] = {
    ("5", 1): [
        ("a year on the day", who(jobs="2025-06-01.."), MET),
        ("a year the next day", who(jobs="2025-06-02.."), "2026-06-02"),
        ("one day short of 16", who(born="2010-06-02", jobs="2024-06-01.."), "2026-06-02"),
        ("by an apprenticeship", who(apprentice="2026-01-31"), By(2)),
    ],
    ("5", 2): [
        ("ended on the day", who(apprentice="2026-06-01"), MET),
        ("ends the next day", who(apprentice="2026-06-02"), "2026-06-02"),
        ("never an apprentice", who(), NEVER),
        ("by a year of work", who(jobs="2025-06-01.."), By(1)),
    ],
    ("4", 1): [
        ("four years after level five on the day", who(certs="5:2022-06-01", jobs="2021-01-01.."), MET),
        ("the certificate a day younger", who(certs="5:2022-06-02", jobs="2021-01-01.."), "2026-06-02"),
        ("the job a day younger", who(certs="5:2021-01-01", jobs="2022-06-02.."), "2026-06-02"),
        ("no certificate", who(jobs="2021-01-01.."), NEVER),
        ("by six years of work", who(jobs="2020-06-01.."), By(2)),
    ],
    ("4", 2): [
        ("six years on the day", who(jobs="2020-06-01.."), MET),
        ("six years the next day", who(jobs="2020-06-02.."), "2026-06-02"),
        ("by level five and four years", who(certs="5:2022-06-01", jobs="2022-06-01.."), By(1)),
    ],
    ("4", 3): [
        ("graduated on the day", who(schools=school("skilled_worker_school", "2026-06-01")), MET),
        ("graduates the next day", who(schools=school("skilled_worker_school", "2026-06-02")), "2026-06-02"),
        ("in the final year", who(schools=school("skilled_worker_school", final=True)), MET),
        ("of a school of another kind", who(schools=school("bachelor", "2020-06-30")), NEVER),
        ("by six years of work", who(jobs="2020-06-01.."), By(2)),
    ],
    ("4", 4): [
        ("approved, graduated on the day", who(schools=school("secondary_vocational", "2026-06-01", on="S1")), MET),
        (
            "approved, graduates the next day",
            who(schools=school("secondary_vocational", "2026-06-02", on="S1")),
            "2026-06-02",
        ),
        ("not on the list", who(schools=school("secondary_vocational", "2025-06-30", on="S2")), NEVER),
        ("by the skilled workers' school", who(schools=school("skilled_worker_school", "2025-06-30")), By(3)),
    ],
    ("3", 1): [
        ("five years after level four on the day", who(certs="4:2021-06-01", jobs="2020-01-01.."), MET),
        ("the certificate a day younger", who(certs="4:2021-06-02", jobs="2020-01-01.."), "2026-06-02"),
        ("the job a day younger", who(certs="4:2020-01-01", jobs="2021-06-02.."), "2026-06-02"),
        ("work alone never leads to level three", who(jobs="1996-01-01..", born="1975-01-01"), NEVER),
        (
            "by level four and a school",
            who(certs="4:2025-06-01", schools=school("technician_college", "2025-06-30")),
            By(2),
        ),
    ],
    ("3", 2): [
        ("graduated on the day", who(certs="4:2025-06-01", schools=school("technician_college", "2026-06-01")), MET),
        (
            "graduates the next day",
            who(certs="4:2025-06-01", schools=school("technician_college", "2026-06-02")),
            "2026-06-02",
        ),
        (
            "in the final year",
            who(certs="4:2025-06-01", schools=school("senior_skilled_worker_school", final=True)),
            MET,
        ),
        (
            "level four of the next day",
            who(certs="4:2026-06-02", schools=school("technician_college", "2025-06-30")),
            NEVER,
        ),
        ("by five years after level four", who(certs="4:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
    ("3", 3): [
        (
            "approved, graduated on the day",
            who(certs="4:2025-06-01", schools=school("higher_vocational", "2026-06-01", on="P1")),
            MET,
        ),
        (
            "approved, graduates the next day",
            who(certs="4:2025-06-01", schools=school("higher_vocational", "2026-06-02", on="P1")),
            "2026-06-02",
        ),
        (
            "not on the list",
            who(certs="4:2025-06-01", schools=school("higher_vocational", "2025-06-30", on="P2")),
            NEVER,
        ),
        ("no certificate", who(schools=school("higher_vocational", "2025-06-30", on="P1")), NEVER),
        ("by five years after level four", who(certs="4:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
    ("3", 4): [
        (
            "two years after level four on the day",
            who(certs="4:2024-06-01", schools=school("bachelor", "2020-06-30"), jobs="2023-01-01.."),
            MET,
        ),
        (
            "the certificate a day younger",
            who(certs="4:2024-06-02", schools=school("bachelor", "2020-06-30"), jobs="2023-01-01.."),
            "2026-06-02",
        ),
        (
            "the job a day younger",
            who(certs="4:2023-01-01", schools=school("bachelor", "2020-06-30"), jobs="2024-06-02.."),
            "2026-06-02",
        ),
        (
            "graduates the next day",
            who(certs="4:2023-01-01", schools=school("bachelor", "2026-06-02"), jobs="2023-01-01.."),
            "2026-06-02",
        ),
        (
            "the final year is not enough here",
            who(certs="4:2023-01-01", schools=school("bachelor", final=True), jobs="2023-01-01.."),
            NEVER,
        ),
        ("by five years after level four", who(certs="4:2021-06-01", jobs="2021-06-01.."), By(1)),
    ],
    ("2", 1): [
        ("four years after level three on the day", who(certs="3:2022-06-01", jobs="2020-01-01.."), MET),
        ("the certificate a day younger", who(certs="3:2022-06-02", jobs="2020-01-01.."), "2026-06-02"),
        ("the job a day younger", who(certs="3:2020-01-01", jobs="2022-06-02.."), "2026-06-02"),
        (
            "by the preparatory certificate",
            who(preparatory="2025-06-30", schools=school("technician_college", "2024-06-30"), jobs="2024-06-01.."),
            By(3),
        ),
    ],
    ("2", 2): [
        (
            "three years on the day",
            who(certs="3:2025-06-01", schools=school("technician_college", "2023-06-30"), jobs="2023-06-01.."),
            MET,
        ),
        (
            "three years the next day",
            who(certs="3:2025-06-01", schools=school("technician_college", "2023-06-30"), jobs="2023-06-02.."),
            "2026-06-02",
        ),
        (
            "graduates the next day",
            who(certs="3:2025-06-01", schools=school("technician_college", "2026-06-02"), jobs="2020-06-01.."),
            "2026-06-02",
        ),
        ("no certificate", who(schools=school("technician_college", "2023-06-30"), jobs="2023-06-01.."), NEVER),
        ("by four years after level three", who(certs="3:2022-06-01", jobs="2022-06-01.."), By(1)),
    ],
    ("2", 3): [
        (
            "two years on the day",
            who(preparatory="2024-06-30", schools=school("technician_college", "2024-06-30"), jobs="2024-06-01.."),
            MET,
        ),
        (
            "two years the next day",
            who(preparatory="2024-06-30", schools=school("technician_college", "2024-06-30"), jobs="2024-06-02.."),
            "2026-06-02",
        ),
        (
            "the certificate of the day itself",
            who(preparatory="2026-06-01", schools=school("technician_class", "2024-06-30"), jobs="2024-06-01.."),
            MET,
        ),
        (
            "the certificate of the next day",
            who(preparatory="2026-06-02", schools=school("technician_class", "2024-06-30"), jobs="2024-06-01.."),
            NEVER,
        ),
        (
            "no preparatory certificate",
            who(schools=school("technician_college", "2024-06-30"), jobs="2024-06-01.."),
            NEVER,
        ),
        ("by four years after level three", who(certs="3:2022-06-01", jobs="2022-06-01.."), By(1)),
    ],
    ("1", 1): [
        ("four years after level two on the day", who(certs="2:2022-06-01", jobs="2020-01-01.."), MET),
        ("the certificate a day younger", who(certs="2:2022-06-02", jobs="2020-01-01.."), "2026-06-02"),
        ("the job a day younger", who(certs="2:2020-01-01", jobs="2022-06-02.."), "2026-06-02"),
        ("a title opens nothing in this generation", who(title="senior:2010-01-01", jobs="2010-01-01.."), NEVER),
    ],
}

SINGLE: dict[tuple[str, int], list[Row]] = {
    ("4", 1): [
        ("a first-year student in the major", who(schools=school("bachelor", "2029-06-30")), MET),
        ("a graduate", who(schools=school("higher_vocational", "2020-06-30")), MET),
        ("a student of another major", who(schools=school("bachelor", "2029-06-30", major=False)), NEVER),
        ("a student who is 16 the next day", who(born="2010-06-02", schools=school("bachelor")), "2026-06-02"),
        ("by three years of work", who(jobs="2023-06-01.."), By(2)),
    ],
    ("4", 2): [
        ("three years on the day", who(jobs="2023-06-01.."), MET),
        ("three years the next day", who(jobs="2023-06-02.."), "2026-06-02"),
        ("by studying", who(schools=school("higher_vocational")), By(1)),
    ],
    ("3", 1): [
        ("a master of another major on the day", who(schools=school("postgraduate", "2026-06-01", major=False)), MET),
        ("a master the next day", who(schools=school("postgraduate", "2026-06-02")), "2026-06-02"),
        ("a bachelor", who(schools=school("bachelor", "2020-06-30")), NEVER),
        ("in the final year", who(schools=school("postgraduate", final=True)), NEVER),
        ("by level four held a year", who(certs="4:2025-06-01"), By(2)),
    ],
    ("3", 2): [
        ("held a year on the day", who(certs="4:2025-06-01"), MET),
        ("held a year the next day", who(certs="4:2025-06-02"), "2026-06-02"),
        ("20 on the day", who(born="2006-06-01", certs="4:2025-01-01"), MET),
        ("20 the next day", who(born="2006-06-02", certs="4:2025-01-01"), "2026-06-02"),
        ("held a year on one day, 20 on a later one", who(born="2007-01-31", certs="4:2025-12-31"), "2027-01-31"),
        ("held without a day of work", who(certs="4:2020-01-01", other_jobs="2020-01-01.."), MET),
        ("by a master's degree", who(schools=school("postgraduate", "2020-06-30")), By(1)),
    ],
}  # fmt: skip
