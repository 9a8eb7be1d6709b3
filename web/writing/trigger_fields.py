"""What makes an obligation owed and when it is due, as fields, both ways.

Knows all six forms; the fields of those that are not chosen are left alone.
"""

from __future__ import annotations

from typing import Any, Final

from web.writing.fields import Fields, Said, present, said_side, shown_side, stated

#: The field at which something is said of a form as a whole.
_FIRST: Final = {
    "day": "trigger.day.day",
    "after": "trigger.after.obligation",
    "when": "trigger.when.figure",
}


def shown_trigger(trigger: object) -> Fields:
    """A trigger of the file as fields."""
    data: dict[str, Any] = trigger if isinstance(trigger, dict) else {}
    form = next(iter(data), "every")
    value: Any = data.get(form)
    own: dict[str, Any] = value if isinstance(value, dict) else {}
    fields: Fields = {"trigger": [form]}
    match form:
        case "every" if own:
            fields |= {"trigger.every": ["rule"]}
            fields |= present([(f"trigger.every.{name}", own.get(name)) for name in own])
        case "day":
            lunar = own.get("lunar")
            day, _, month = str(lunar or "").partition("/")
            written = {**own, **({"day": day, "month": month} if lunar else {})}
            written |= {"calendar": "lunar" if lunar else "solar"}
            names = ("calendar", "day", "month", "before", "after")
            fields |= present([(f"trigger.day.{name}", written.get(name)) for name in names])
        case "after" | "when":
            for name, one in own.items():
                shown = ("yes" if one else "no") if isinstance(one, bool) else one
                fields |= present([(f"trigger.{form}.{name}", shown)])
        case _:
            fields |= present([(f"trigger.{form}", value)])
    return fields


def said_trigger(said: Said) -> dict[str, Any]:
    """The trigger that is chosen, as the file writes it."""
    form = said.text("trigger", "trigger")
    at = ("trigger", form)
    said.remember(_FIRST.get(form, f"trigger.{form}"), at)
    value: object
    match form:
        case "every":
            value = said.text("trigger.every", *at)
            if value == "rule":
                value = {
                    "rule": said.text("trigger.every.rule", *at, "rule"),
                    "starts": said.day("trigger.every.starts", *at, "starts"),
                }
        case "day":
            value = _said_day(said)
        case "once":
            value = said.day("trigger.once", *at) or ""
        case "event":
            value = said.text("trigger.event", *at)
        case "after":
            value = {
                "obligation": said.text("trigger.after.obligation", *at, "obligation"),
                **stated(
                    days=said.whole("trigger.after.days", *at, "days"),
                    reckoned=said.text("trigger.after.reckoned", *at, "reckoned"),
                ),
                "same_unit": said.text("trigger.after.same_unit", *at, "same_unit") != "no",
            }
        case "when":
            value = {
                "figure": said.text("trigger.when.figure", *at, "figure"),
                "period": said.text("trigger.when.period", *at, "period"),
                "below": said.text("trigger.when.below", *at, "below").replace(",", "."),
                **stated(
                    evaluated_after=said.whole(
                        "trigger.when.evaluated_after", *at, "evaluated_after"
                    )
                ),
                "per_unit": said.text("trigger.when.per_unit", *at, "per_unit") == "yes",
                "missing_is_short": said.text(
                    "trigger.when.missing_is_short", *at, "missing_is_short"
                )
                == "yes",
            }
        case _:
            return {}
    return {form: value}


def _said_day(said: Said) -> dict[str, Any]:
    at = ("trigger", "day")
    day = said.whole("trigger.day.day", *at, "day")
    month = said.whole("trigger.day.month", *at, "month")
    window = stated(
        before=said.whole("trigger.day.before", *at, "before"),
        after=said.whole("trigger.day.after", *at, "after"),
    )
    is_lunar = said.text("trigger.day.calendar") == "lunar"
    if not (is_lunar and isinstance(day, int) and isinstance(month, int)):
        return {**stated(month=month, day=day), **window}
    said.remember("trigger.day.day", (*at, "lunar"))
    return {"lunar": f"{day}/{month}", **window}


def shown_due(due: object) -> Fields:
    """A due rule of the file as fields."""
    data: dict[str, Any] = due if isinstance(due, dict) else {}
    fixed: dict[str, Any] = data.get("fixed") or {}
    return {
        "due.kind": ["fixed" if fixed else "offset"],
        **shown_side(data.get("days"), prefix="due"),
        **present(
            [
                ("due.from", data.get("from", "end")),
                ("due.count", data.get("count", "calendar")),
                ("due.roll", data.get("roll", "none")),
                ("due.fixed.day", fixed.get("day")),
                ("due.fixed.month", fixed.get("month", -1) if fixed else None),
                ("due.opens", data.get("opens")),
                ("due.report_by", data.get("report_by")),
            ]
        ),
    }


def said_due(said: Said) -> dict[str, Any]:
    """The due rule that the fields say, as the file writes it."""
    said.remember("due.days.days", ("due",))
    common = stated(
        count=said.text("due.count", "due", "count"),
        roll=said.text("due.roll", "due", "roll"),
        opens=said.whole("due.opens", "due", "opens"),
        report_by=said.whole("due.report_by", "due", "report_by"),
    )
    if said.text("due.kind") == "fixed":
        fixed = stated(
            day=said.whole("due.fixed.day", "due", "fixed", "day"),
            month=said.whole("due.fixed.month", "due", "fixed", "month"),
        )
        said.remember("due.fixed.day", ("due", "fixed"))
        return {"fixed": fixed, **common}
    days = said_side(said, "due", "due", "days")
    return {**stated(from_=said.text("due.from", "due", "from")), "days": days, **common}
