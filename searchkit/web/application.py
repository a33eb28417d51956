"""The application: which route leads where, behind the guard."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from searchkit.errors import SearchkitError
from searchkit.web import api, pages
from searchkit.web.assets import BY_LINK, KEEP
from searchkit.web.guard import Guard
from searchkit.web.problems import make_problem
from searchkit.web.readers import Readers

PAGES: dict[str, api.Answer] = {
    "/": pages.show_results,
    "/read": pages.show_document,
    "/facets": pages.show_facet,
    "/explain": pages.show_explanation,
    "/about": pages.show_stats,
}
LOG = logging.getLogger("searchkit.web")

Endpoint = Callable[[Request], Awaitable[Response]]


def make_application(readers: Readers, token: str | None = None, names: Iterable[str] = (),
                     rerank: bool | None = None) -> ASGIApp:
    """The ASGI application that answers from the readers' index. Closing it closes them.

    ``rerank`` says whether a model ranks the best hits again where a question does not (None: where it is installed).
    """

    def ask(answer: api.Answer) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            return await readers.ask(lambda index: answer(index, request))

        return endpoint

    async def export(request: Request) -> Response:
        return await api.export(request, readers)

    @asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        yield
        readers.close()

    routes = [*(Route(path, ask(answer)) for path, answer in {**PAGES, **api.API}.items()),
              *(Route(f"/api/export.{form}", export, name=form) for form in api.TYPES),
              Route("/openapi.json", api.answer_openapi),
              Route("/static/{name}", _answer_asset)]
    app = Starlette(routes=routes, lifespan=live, exception_handlers={
        SearchkitError: _answer_error, HTTPException: _answer_error, Exception: _answer_error})
    app.state.rerank = rerank
    return Guard(app, token, names)


async def _answer_asset(request: Request) -> Response:
    asset = BY_LINK.get(request.url.path)
    if asset is None:
        raise HTTPException(404, "there is no such file")
    return Response(asset.content, headers={"Cache-Control": KEEP}, media_type=asset.media_type)


async def _answer_error(request: Request, error: Exception) -> Response:
    """What went wrong: as a page where a page was asked for, else as problem details."""
    if not isinstance(error, SearchkitError | HTTPException):
        LOG.error("%s failed", request.url.path, exc_info=error)
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return make_problem(error)
    return pages.show_problem(request, error)
