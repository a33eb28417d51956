"""How does it look to an assistant? The tools of an MCP server, which read an index and change nothing."""
