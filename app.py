"""Start here: set the environment, build the page, launch it."""

import app.environment  # noqa: F401  (must come first)
from app.main import build_demo
from app.serving import launch

demo = build_demo()

if __name__ == "__main__":
    launch(demo)
