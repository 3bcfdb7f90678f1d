"""Who may come in: the names this server answers to, and the pages that may change something here."""

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app import mcp

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Doors:
    """Who may come in.

    Args:
        hosts: names of this machine, in lower case; loopback names always count.
        public_hosts: names under which a reverse proxy shows this server; pages from there are trusted too.
        any_address: any IP address will do as a host, since DNS rebinding needs a name.
        everyone: no check of hosts and origins.
        proxied: X-Forwarded-For tells the clients apart.
        reloader: Gradio's reload endpoint is open.
        mcp: the endpoint for programs in front of language models is open.
    """

    hosts: frozenset[str] = frozenset()
    public_hosts: frozenset[str] = frozenset()
    any_address: bool = False
    everyone: bool = False
    proxied: bool = False
    reloader: bool = False
    mcp: bool = False

    def admits(self, host: str) -> bool:
        """Whether a Host header names this server; a foreign name there is how DNS rebinding comes in."""
        name = host_name(host)
        known = name in LOOPBACK | self.hosts | self.public_hosts or (self.any_address and _is_address(name))
        return self.everyone or known

    def trusts(self, origin: str, host: str) -> bool:
        """Whether a page of ``origin`` may change something here: only this server's own page may."""
        netloc = origin.lower().partition("://")[2]
        return self.everyone or netloc == host.lower() or host_name(netloc) in self.public_hosts


def on_spaces(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this runs as a Hugging Face Space, where a proxy stands in front and everyone may come."""
    return environ.get("SYSTEM") == "spaces" or bool(environ.get("SPACE_ID"))


def doors(environ: Mapping[str, str] = os.environ) -> Doors:
    """Return whom the guard lets in, from GRADIO_SERVER_NAME, CV_LAB_HOSTS (names with commas, or *) and SYSTEM."""
    bound_to = environ.get("GRADIO_SERVER_NAME", "127.0.0.1").strip("[]").lower()
    wide = bound_to in ("0.0.0.0", "::", "")
    own_name = socket.gethostname().lower()
    named = {name.strip().lower() for name in environ.get("CV_LAB_HOSTS", "").split(",") if name.strip()}
    return Doors(
        hosts=frozenset({own_name, f"{own_name}.local"} if wide else {bound_to}),
        public_hosts=frozenset(named - {"*"}),
        any_address=wide,
        everyone=on_spaces(environ) or "*" in named,
        proxied=on_spaces(environ),
        reloader=bool(environ.get("GRADIO_WATCH_DIRS")),
        mcp=mcp.asked(environ),
    )


def host_name(netloc: str) -> str:
    """Return the lower-case host of ``host:port``, without the brackets of IPv6; "" when there is none."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
