/* Small tools for our components: build elements (text is always text, never HTML), family marks, clipboard. */
const SVG_NS = 'http://www.w3.org/2000/svg';
const MARKS = {
  cnn: 'M2 2H12V12H2Z',
  vit: 'M7 1 13 12H1Z',
  hybrid: 'M7 0 14 7 7 14 0 7Z',
  classical: 'M7 1.5A5.5 5.5 0 1 1 7 12.5A5.5 5.5 0 1 1 7 1.5Z',
};
const fill = (node, props, kids) => {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...kids.flat(9).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
};
const h = (tag, props, ...kids) => fill(document.createElement(tag), props, kids);
const svg = (tag, props, ...kids) => fill(document.createElementNS(SVG_NS, tag), props, kids);
/* Returns `draw` as it is called with plain values, but silent while they stay the same: to build nodes anew costs a layout. */
const whenNew = (draw) => {
  let drawn = null;
  return (...values) => {
    const now = JSON.stringify(values);
    if (now !== drawn) draw(...values);
    drawn = now;
  };
};
/* Returns `draw(parent, rows)`, which puts the nodes that `make` builds for each row into `parent`, in this order. Rows
   that were there before keep their nodes: what is not touched is neither laid out nor painted anew. */
const makeRows = (make) => {
  let known = new Map();
  return (parent, rows) => {
    const drawn = new Map();
    const nodes = rows.flatMap((row) => {
      const key = JSON.stringify(row), made = known.get(key)?.shift() ?? make(row);
      if (drawn.has(key)) drawn.get(key).push(made);
      else drawn.set(key, [made]);
      return made;
    });
    known = drawn;
    const staying = new Set(nodes);
    [...parent.childNodes].forEach((node) => { if (!staying.has(node)) node.remove(); });
    let next = parent.firstChild;
    for (const node of nodes) {
      if (node === next) next = next.nextSibling;
      else parent.insertBefore(node, next);
    }
  };
};
const familyMark = (family) =>
  svg('svg', { width: 14, height: 14, viewBox: '0 0 14 14', 'aria-hidden': 'true', class: `mark ${family}` },
    svg('path', { d: MARKS[family] || MARKS.classical, fill: 'currentColor' }));
/* How many times larger letters are than usual: for Presenter. */
const enlargement = () => Number(getComputedStyle(document.documentElement).getPropertyValue('--k')) || 1;
const root = element.firstElementChild;
const copyText = async (text, button) => {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'The browser refused';
  }
  setTimeout(() => { button.textContent = before; }, 1600);
};
const openTab = () => window.cvTab || new URLSearchParams(location.search).get('tab') || 'classify';
/* Calls `act` when the tab is opened and when the photo changes while it is open; a moment later, because Gradio needs
   that moment to take over the rail's new value. Not through the rail's Gradio event: a run of one tab that waits for
   its turn would start the runs of all tabs again. Once for each cause: a second run would end what the first one's
   answer offered; so chips that are chosen in that moment (a link's, say) only begin it anew. */
const withPhoto = (tab, act) => {
  let open = openTab(), waits = null;
  const soon = () => {
    clearTimeout(waits);
    waits = setTimeout(() => { waits = null; if (openTab() === tab) act(); }, 60);
  };
  document.addEventListener('cv:chosen', (event) => {
    if (!waits || event.detail !== tab) return;
    event.preventDefault();
    soon();
  });
  document.addEventListener('cv:photo', soon);
  document.addEventListener('cv:tab', (event) => {
    if (event.detail !== open) soon();
    open = event.detail;
  });
  if (window.cvPhoto) soon(); // else the rail has yet to tell it
};
