"""How do I answer queries from my own web application? (pip install 'searchkit[web]')

    python examples/web_app.py 8000
    curl 'http://127.0.0.1:8000/search?q=Huawei'
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import searchkit
from searchkit.index import Index


def make_app(index: Index) -> Starlette:
    async def search(request: Request) -> JSONResponse:  # async: one thread asks the index, as it should be
        try:
            results = index.query(request.query_params.get("q", ""), limit=5)
        except searchkit.QueryError as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return JSONResponse(results.to_dict())

    return Starlette(routes=[Route("/search", search)])


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")
        uvicorn.run(make_app(index), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
