"""Pages in words: the templates, what they may call, and the frame around them.

Knows how a day, a number and a state are written and which menu a person has. Refuses to
know what stands on any page. Everything that comes from people is escaped by the
templates themselves.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from web.cookies import drop_said, take_said
from web.menu import entries
from workflow import labels

if TYPE_CHECKING:
    from fastapi.responses import Response

    from web.visit import Visit

TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"


def rendered(visit: Visit, template: str, /, *, status: int = 200, **facts: Any) -> Response:
    """A page of this visit; what was to be said once is said on it."""
    say = visit.say
    said = [(text, given) for text, given in take_said(visit.request) if say.has(text)]
    text = (
        environment()
        .get_template(template)
        .render(
            visit=visit,
            _=say.gettext,
            ngettext=say.ngettext,
            number=say.number,
            percent=say.percent,
            day=say.day,
            last_day=lambda until: say.day(until - timedelta(days=1)),
            instant=say.instant,
            word=say.word,
            sentence=lambda code, given: labels.sentence_for(code, given, visit.lang),
            lang=visit.lang,
            path=visit.request.url.path,
            menu=entries(visit),
            said=[say.gettext(text, **given) for text, given in said],
            **facts,
        )
    )
    response = HTMLResponse(text, status_code=status)
    if said:
        drop_said(response)
    return response


@cache
def environment() -> Environment:
    """The templates; a name that is missing fails in the test that renders it."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["asset"] = asset
    return found


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content and is kept for good."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
