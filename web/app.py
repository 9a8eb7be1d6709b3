"""The web as one application: pages, API and health, over one database.

Knows what it is made of. Refuses to start workers: whoever runs it does that beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.staticfiles import StaticFiles

from web import feeds, health, measuring
from web.api.routes import add_api
from web.guarding import Guard
from web.pages import PAGES
from web.rationing import Ration
from web.refusing import answer_refusals
from web.rendering import STATIC
from web.visit import Premises

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from workflow.domain.clock import Clock
    from workflow.settings import Settings

#: What is compressed within already: office documents are zip files.
_PACKED: Final = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/pdf",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)


def make_app(
    settings: Settings, *, engine: Engine, clock: Clock, is_simulated: bool = False
) -> FastAPI:
    """The application on a migrated database; it opens no connection before the first request."""
    app = FastAPI(
        title="Cam Kết",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.premises = Premises(
        settings=settings, engine=engine, clock=clock, is_simulated=is_simulated
    )
    app.state.ration = Ration(per_minute=settings.api_per_minute)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in (*PAGES, health.router, feeds.router, measuring.router):
        app.include_router(router)
    add_api(app)
    answer_refusals(app)
    app.add_middleware(
        GZipMiddleware, minimum_size=1_000, compresslevel=5, exclude_content_types=_PACKED
    )
    app.add_middleware(Guard, settings=settings)
    return app
