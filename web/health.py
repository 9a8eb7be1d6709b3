"""Whether the web is alive and ready, for whoever watches it.

Knows the two answers. Refuses to tell strangers anything else.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from workflow.store.engine import reading

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def ready(request: Request) -> Response:
    """The database answers as well; 503 where it does not."""
    try:
        with reading(request.app.state.premises.engine).connect() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return PlainTextResponse("database", status_code=503)
    return PlainTextResponse("ok")
