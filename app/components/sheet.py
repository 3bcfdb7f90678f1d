"""How pictures to take away are painted, the share card among them: once for the whole page, not in each component."""

from app.components.drawn import script

NAMES = (
    "textBlock", "stacked", "modelsBlock", "tilesBlock", "barsBlock", "PERCENT_TICKS", "newPen", "fileOf",
    "loadPicture", "drawingOf", "forVisitor", "drawCard",
)  # fmt: skip
"""What `exports.js` and the labs' scripts use of it."""


def scripts() -> str:
    """Return markup for the page's head: the painters, as ``window.cvSheet``. They paint nothing by themselves."""
    painters, names = script("sheet", "share_card"), ", ".join(NAMES)
    nowhere = "document.createElement('div')"  # where a component would have its element
    return f"<script>window.cvSheet = ((element) => {{\n{painters}\nreturn {{ {names} }};\n}})({nowhere});</script>"
