"""How does an assistant ask the archive? (pip install 'searchkit[mcp]')

The client of the Model Context Protocol's SDK starts ``searchkit mcp`` and calls its tools, as assistants do.
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mcp import Client, StdioServerParameters

import searchkit


async def ask(folder: Path) -> None:
    server = StdioServerParameters(command=sys.executable, args=["-m", "searchkit", "mcp", "--index", str(folder)])
    async with Client(server) as client:
        print([tool.name for tool in (await client.list_tools()).tools])
        found = (await client.call_tool("search", {"query": "Huawei carrier", "limit": 3})).structured_content
        print(found["showing"])
        for result in found["results"]:
            print(result["id"], result["title"], result["date"])
        page = (await client.call_tool("fetch", {"id": found["results"][0]["id"]})).structured_content
        print(page["text"][:120])


def main() -> None:
    with TemporaryDirectory() as place:
        folder = Path(place) / "index"
        with searchkit.open(folder) as index:
            index.add("seeds/")
        asyncio.run(ask(folder))


if __name__ == "__main__":
    main()
