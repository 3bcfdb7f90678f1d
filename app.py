"""Start here: set the environment, build the page, launch it."""

import app.environment  # noqa: F401  (must come first)
from app import collector, journal, status, warmup  # the collector before what is large
from app.main import build_demo, look
from app.serving import launch

demo = build_demo()
collector.resume()

if __name__ == "__main__":
    journal.begin()
    launch(demo, health=warmup.health, on_start=warmup.begin, routes=status.routes(), **look())
