"""MCP, only where it is asked for: the public endpoints become tools for the programs in front of language models."""

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from urllib.parse import unquote

PATHS = re.compile(r"/gradio_api/mcp(/.*)?", re.IGNORECASE | re.DOTALL)
CALLS = ("/gradio_api/mcp", "/gradio_api/mcp/")
SCHEMA = "/gradio_api/mcp/schema"  # what the Hub reads of a Space

OWN_UPLOAD = re.compile(r"https?://[^/]+(?:/.*)?/gradio_api/file=(?P<path>[^?#]+)", re.IGNORECASE)

MISSING = (
    "MCP was asked for, but its package is not installed here: `make run MCP=1` installs it. The page runs without."
)
BROKEN = "MCP was asked for, but could not be started: the log says why. The page runs without."


def asked(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether CV_LAB_MCP asks for it."""
    return environ.get("CV_LAB_MCP", "").lower() in ("1", "true", "yes", "on")


def installed() -> bool:
    """Whether the package is here; imports nothing."""
    return find_spec("mcp") is not None


def own_upload(address: str) -> str | None:
    """Return the path in an address of an upload, as Gradio's upload tool gives them out; unchecked, never fetched."""
    found = OWN_UPLOAD.fullmatch(address) if asked() else None
    return unquote(found["path"]) if found else None


def serves(method: str, path: str) -> bool:
    """Whether a request is one of those that MCP needs: calls by POST, each answered at once, and the schema.

    What stays shut is the older transport and streams without a call: they hold connections open for nothing.
    """
    return (method == "POST" and path in CALLS) or (method in ("GET", "HEAD") and path == SCHEMA)
