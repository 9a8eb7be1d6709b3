"""The Vietnamese lunar calendar from the sky: how the table of ``workflow.domain.lunar`` was made.

Knows Jean Meeus, *Astronomical Algorithms* (2nd edition): the new moons of chapter 49 and
the apparent longitude of the sun of chapter 25 (low accuracy, 0.01 degree); and the
polynomials of Espenak and Meeus for the difference between dynamical and universal time.
The calendar's own rules: a month begins on the day, in UTC+7, of its new moon; the month
of the winter solstice is the eleventh; where thirteen months lie between two eleventh
months, the first of them without a principal term of the sun is the leap one.

Refuses to be used by the product, which reads the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import floor, radians, sin

ZONE_HOURS = 7
LUNATION = 29.530588861
FIRST_LUNATION_JDE = 2451550.09766
J2000 = 2451545.0
DAYS_A_CENTURY = 36525.0
SYNODIC_MONTHS_A_CENTURY = 1236.85
#: Julian day number (at noon) of date.fromordinal(0).
ORDINAL_ZERO_JDN = 1721425

#: (amplitude in days, power of E, multiples of M, M', F) of the periodic terms of a new moon.
NEW_MOON_TERMS = (
    (-0.40720, 0, 0, 1, 0),
    (0.17241, 1, 1, 0, 0),
    (0.01608, 0, 0, 2, 0),
    (0.01039, 0, 0, 0, 2),
    (0.00739, 1, -1, 1, 0),
    (-0.00514, 1, 1, 1, 0),
    (0.00208, 2, 2, 0, 0),
    (-0.00111, 0, 0, 1, -2),
    (-0.00057, 0, 0, 1, 2),
    (0.00056, 1, 1, 2, 0),
    (-0.00042, 0, 0, 3, 0),
    (0.00042, 1, 1, 0, 2),
    (0.00038, 1, 1, 0, -2),
    (-0.00024, 1, -1, 2, 0),
    (-0.00007, 0, 2, 1, 0),
    (0.00004, 0, 0, 2, -2),
    (0.00004, 0, 3, 0, 0),
    (0.00003, 0, 1, 1, -2),
    (0.00003, 0, 0, 2, 2),
    (-0.00003, 0, 1, 1, 2),
    (0.00003, 0, -1, 1, 2),
    (-0.00002, 0, -1, 1, -2),
    (-0.00002, 0, 1, 3, 0),
    (0.00002, 0, 0, 4, 0),
)

#: (amplitude in days, degrees at lunation 0, degrees a lunation): the planets' pull.
PLANET_TERMS = (
    (0.000325, 299.77, 0.107408),
    (0.000165, 251.88, 0.016321),
    (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478),
    (0.000110, 84.66, 18.206239),
    (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732),
    (0.000056, 154.84, 7.306860),
    (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824),
    (0.000040, 291.34, 1.844379),
    (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099),
    (0.000023, 331.55, 3.592518),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarYear:
    """One lunar year: its first solar day, the lengths of its months in order, the leap one."""

    year: int
    first_on: date
    lengths: tuple[int, ...]
    leap_month: int  # 0 where there is none


def seconds_of_delta_t(year: float) -> float:
    """Dynamical minus universal time, for 1986 to 2150."""
    t = year - 2000
    if year < 2005:
        return (
            63.86 + 0.3345 * t - 0.060374 * t**2 + 0.0017275 * t**3
            + 0.000651814 * t**4 + 0.00002373599 * t**5
        )  # fmt: skip
    if year < 2050:
        return 62.92 + 0.32217 * t + 0.005589 * t**2
    return -20 + 32 * ((year - 1820) / 100) ** 2 - 0.5628 * (2150 - year)


def new_moon(k: int) -> float:
    """Julian day, in universal time, of the k-th new moon after that of 6 January 2000."""
    t = k / SYNODIC_MONTHS_A_CENTURY
    jde = FIRST_LUNATION_JDE + LUNATION * k + 0.00015437 * t**2 - 0.00000015 * t**3
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = 2.5534 + 29.10535670 * k - 0.0000014 * t**2 - 0.00000011 * t**3
    moon = 201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3
    latitude = 160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3
    node = 124.7746 - 1.56375588 * k + 0.0020672 * t**2 + 0.00000215 * t**3
    jde -= 0.00017 * sin(radians(node))
    for amplitude, power, m, m1, f in NEW_MOON_TERMS:
        jde += amplitude * e**power * sin(radians(m * sun + m1 * moon + f * latitude))
    for amplitude, at_zero, a_lunation in PLANET_TERMS:
        jde += amplitude * sin(radians(at_zero + a_lunation * k))
    return jde - seconds_of_delta_t(2000 + t * 100) / 86400


def sun_longitude(jd: float) -> float:
    """Apparent longitude of the sun in degrees, at a Julian day in universal time."""
    year = 2000 + (jd - J2000) / 365.25
    t = (jd + seconds_of_delta_t(year) / 86400 - J2000) / DAYS_A_CENTURY
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t**2
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1934.136 * t)
    return (mean + centre - 0.00569 - 0.00478 * sin(node)) % 360


def day_number(jd: float) -> int:
    """The number of the day, in the zone, in which an instant lies (as ``date.toordinal``)."""
    return floor(jd + 0.5 + ZONE_HOURS / 24) - ORDINAL_ZERO_JDN


def midnight(day: int) -> float:
    """The Julian day at which a numbered day begins in the zone."""
    return day + ORDINAL_ZERO_JDN - 0.5 - ZONE_HOURS / 24


def sector(day: int) -> int:
    """Which twelfth of its way the sun is in as a day begins; the ninth ends at the solstice."""
    return int(sun_longitude(midnight(day)) // 30)


def lunation_near(day: int) -> int:
    """The number of the last new moon that falls on or before a day."""
    k = floor((midnight(day) - FIRST_LUNATION_JDE) / LUNATION) + 2
    while day_number(new_moon(k)) > day:
        k -= 1
    return k


def eleventh_month(year: int) -> int:
    """The number of the new moon that begins the month of the winter solstice."""
    solstice = next(
        day for day in range(date(year, 12, 18).toordinal(), date(year, 12, 27).toordinal())
        if sector(day) == 8 and sector(day + 1) == 9
    )  # fmt: skip
    return lunation_near(solstice)


def months_between_solstices(year: int) -> list[tuple[int, int, int]]:
    """From the eleventh month of a year to before the next: (month, 1 if leap, first day)."""
    first, last = eleventh_month(year), eleventh_month(year + 1)
    days = [day_number(new_moon(k)) for k in range(first, last + 1)]
    leap = -1
    if last - first == 13:
        leap = next(i for i in range(1, 13) if sector(days[i]) == sector(days[i + 1]))
    months: list[tuple[int, int, int]] = []
    month = 11
    for i in range(last - first):
        if i == leap:
            months.append(((month - 2) % 12 + 1, 1, days[i]))
            continue
        months.append((month, 0, days[i]))
        month = month % 12 + 1
    return months


def reckoned(year: int) -> LunarYear:
    """A lunar year, reckoned from the sky."""
    months = [*months_between_solstices(year - 1), *months_between_solstices(year)]
    begin, end = (i for i, (month, leap, _) in enumerate(months) if (month, leap) == (1, 0))
    days = [day for _, _, day in months[begin : end + 1]]
    return LunarYear(
        year=year,
        first_on=date.fromordinal(days[0]),
        lengths=tuple(after - before for before, after in pairwise(days)),
        leap_month=sum(month for month, leap, _ in months[begin:end] if leap),
    )
