"""Start here: set the environment, build the page, launch it."""

from app import environment, memory  # noqa: F401  (the environment must come first)

with memory.uncollected():
    from app import journal, warmup
    from app.main import appearance, build_demo, routes
    from app.serving import launch

    demo = build_demo()

if __name__ == "__main__":
    journal.begin()
    launch(demo, health=warmup.health, on_start=warmup.begin, routes=routes(), **appearance())
