"""A program that speaks MCP: reads what to call from its input, prints what came. Runs in the environment with MCP."""

import asyncio
import importlib
import json
import sys
from typing import Any


async def talk(address: str, calls: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return the tools, and the answer to each call as (whether it failed, its text)."""
    session_of = importlib.import_module("mcp").ClientSession  # not in the environment that the tests run in
    connect = importlib.import_module("mcp.client.streamable_http").streamablehttp_client
    async with connect(address) as (read, write, _), session_of(read, write) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        answers = []
        for name, arguments in calls:
            answer = await session.call_tool(name, arguments)
            answers.append((bool(answer.isError), "\n".join(part.text for part in answer.content)))
    described = {tool.name: {"description": tool.description, "schema": tool.inputSchema} for tool in tools}
    return {"tools": described, "answers": answers}


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    json.dump(asyncio.run(talk(wanted["address"], wanted["calls"])), sys.stdout)
