"""Start here: set the environment, build the page, launch it."""

import app.environment  # noqa: F401  (must come first)
from app import warmup
from app.main import build_demo, look
from app.serving import launch

demo = build_demo()

if __name__ == "__main__":
    launch(demo, health=warmup.health, on_start=warmup.begin, **look())
