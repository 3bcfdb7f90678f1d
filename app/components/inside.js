/* Look inside: one photo, one point, several views; clicks and sliders act on what the server knows already. */
const TAB = 'inside', SHARED = ['view', 'depth', 'opacity', 'random', 'side'], START = props.value.settings;
const local = structuredClone(START);
const restore = (text) => {
  try {
    const asked = JSON.parse(text || '{}');
    for (const [name, value] of Object.entries(asked)) {
      if (!Object.hasOwn(START, name)) continue; // `in` would let a link reach into Object.prototype
      if (typeof START[name] === 'object') Object.assign(local[name], Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(START[name], key))));
      else if (typeof value === typeof START[name]) local[name] = value;
    }
  } catch { /* a link that somebody cut short: the usual settings then */ }
};
const address = new URLSearchParams(location.search);
if (address.get('tab') === TAB) restore(address.get('inside'));
if (address.get('tab') === TAB && props.views.some((view) => view.id === address.get('view'))) local.view = address.get('view');
if (!props.views.some((view) => view.id === local.view)) local.view = props.views[0].id;

let shown = null, point = null, moves = 0, firstRuns = null, runs = 0;
const ask = (extra) => server.look({ key: shown.key, settings: local, point, ...extra });
const tools = {
  heads: () => shown.heads, points: () => shown.look.points, opacity: () => local.opacity, ask,
  tap(number, down, right) {
    const { crop } = shown.heads[number], [width, height] = shown.photo_wh, within = (value, size) => Math.min(size - 1, Math.max(0, Math.round(value)));
    const at = [within(crop.top + down * crop.height - 0.5, height), within(crop.left + right * crop.width - 0.5, width)];
    document.dispatchEvent(new CustomEvent('cv:point', { detail: at }));
    moved(at); // at once: the rail tells its own rest later
  },
  open: (view) => choose(view),
  toDepth(number, stop) { change({ depth: stop / Math.max(1, shown.heads[number].stops.length - 1) }); },
  runs(count) { if (count !== undefined) { runs = count; foot.set(told()); } },
};
const views = Object.fromEntries(props.views.map(({ id }) => [id, VIEWS[id]({ ...tools, own: () => local[id],
  change(patch, again = true, byHand = true) { Object.assign(local[id], patch); if (byHand) { moves += 1; refusal = null; } keep(); if (again) look(); else foot.set(told()); } })]));
const controls = makeControls(props.views, { depth: (depth) => change({ depth }), opacity: (opacity) => { local.opacity = opacity; moves += 1; keep(); views[local.view].repaint?.(); foot.set(told()); }, anew: (patch) => anew(patch) });
const notices = h('div', { class: 'in-notices' }), place = h('div', { class: 'in-place' });
const download = (name, url) => h('a', { href: url, download: name }).click();
const foot = makeMapFoot({
  png: async () => download(`look-inside-${local.view}.png`, await paintSheet(views[local.view].stages?.() || [], shown.look.answer, `${shown.name}. ${shown.look.layers.join(', ')}.`)),
  npy: async () => { for (const { name, url } of (await ask({ npy: true })).files || []) download(name, url); },
  json: (button) => copyText(JSON.stringify({ photo: shown.name, point, view: local.view, models: shown.heads.map(({ model, weights, size: [height, width] }) => ({ name: model, weights, input_size: [height, width] })),
    settings: local, answer: shown.look.answer, layers: shown.look.layers, versions: shown.versions }, null, 2), button),
  link: (button) => {
    const url = new URL(location.href), set = Object.fromEntries(Object.entries(local).filter(([name, value]) => name !== 'view' && JSON.stringify(value) !== JSON.stringify(START[name])));
    for (const [name, value] of Object.entries({ tab: TAB, view: local.view, models: shown.heads.map((head) => head.model).join(',') })) url.searchParams.set(name, value);
    if (Object.keys(set).length) url.searchParams.set('inside', JSON.stringify(set)); else url.searchParams.delete('inside');
    copyText(url.href, button);
  },
});
const body = h('div', { class: 'in-body' }, place, controls.node, foot.node);
root.append(notices, body);

const told = () => {
  const count = runs - firstRuns, times = count === 1 ? '1 time' : `${count} times`;
  return `${shown.heads.map((head) => `${head.title} ${head.network_ms.toPrecision(3)} ms`).join(', ')}. Since this photo came, networks ran ${times} here; slider moves: ${moves}.`;
};
const say = (busy) => {
  const value = props.value, answer = shown && !(value.message && !value.key) ? shown.look.answer : value.message;
  props.value = { ...value, head: { question: value.question, answer: answer || '', marked: null, busy: busy ?? null } };
  trigger('said');
};
const paint = () => {
  const { look: now } = shown;
  if (place.firstElementChild !== views[now.view].node) place.replaceChildren(views[now.view].node);
  views[now.view].draw(now.cards);
  const label = viewSwitch.input(now.view)?.closest('label'), row = label?.parentElement; // on a phone the switch is wider than the page
  if (place.dataset.view !== now.view && row) row.scrollLeft = label.offsetLeft - (row.clientWidth - label.offsetWidth) / 2;
  place.dataset.view = now.view;
  viewSwitch.mark();
  controls.set(local, now.layers.map((layer, number) => `${shown.heads[number].title}: ${layer}`).join(' \u00b7 '));
  drawNotices(props.value);
  foot.set(told());
};
const edge = (number) => {
  const { crop } = shown.heads[number], low = (from) => Math.ceil(from), high = (from, size) => Math.floor(from + size) - 1;
  const within = ([row, column]) => [Math.min(Math.max(row, low(crop.top)), high(crop.top, crop.height)), Math.min(Math.max(column, low(crop.left)), high(crop.left, crop.width))];
  document.dispatchEvent(new CustomEvent('cv:point', { detail: within(point) }));
};
/* Why the visitor's last wish was refused: it stands until the next wish, whatever older answers still arrive. */
let refusal = null;
const drawNotices = (value) => {
  const cut = shown && !value.message ? shown.look.notes.findIndex(Boolean) : -1;
  notices.replaceChildren(
    ...(cut >= 0 ? [h('p', { class: 'notice' }, `${shown.heads[cut].title}: ${shown.look.notes[cut]} `, h('button', { type: 'button', class: 'btn sm', onclick: () => edge(cut) }, 'Move to the edge'))] : []),
    ...(refusal || value.error ? [h('p', { class: 'alert' }, refusal || value.error)] : []),
    ...(value.missing || []).map((gone) => h('div', { class: 'notice in-missing' }, h('span', {}, gone.text),
      gone.fetch ? h('button', { type: 'button', class: 'btn sm primary', onclick: () => { keep({ fetching: gone.model }); trigger('fetch'); } }, gone.fetch) : null,
      gone.use ? h('button', { type: 'button', class: 'btn sm', onclick: () => { keep({ use: { model: gone.model, instead: gone.use.name } }); trigger('use'); } }, `Use ${gone.use.title}`) : null)));
};
const keep = (more) => { props.value = { ...props.value, settings: structuredClone(local), ...more }; };
const anew = (patch) => { refusal = null; Object.assign(local, patch); keep(); setTimeout(() => trigger('again'), 60); }; // Gradio sends what it took over: at once, that would be the settings before, and another view

/* A run that waited for another one begins with what that one left behind, which may be older settings; and Gradio
   takes over new ones a moment later. So it is asked for again, later each time, until an answer is there. */
const PAUSES_MS = [60, 300, 700, 1500, 3000, 5000, 8000], MOST_TRIES = 40;
let tries = 0, soon = null;
const workSoon = () => {
  clearTimeout(soon);
  if (tries === MOST_TRIES) { tries = 0; return; }
  soon = setTimeout(() => { keep(); setTimeout(() => trigger('again'), 60); }, PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]);
  tries += 1;
};
/* One question at a time; while one is under way only the newest waits, so the last value always wins. */
let asking = false, waiting = false;
const look = async () => {
  if (!shown) return;
  if (asking) { waiting = true; return; }
  asking = true;
  try {
    const answer = await ask();
    if (answer.work) workSoon();
    else if (answer.error) { refusal = answer.error; views[local.view].refused?.(); keep(); drawNotices(props.value); }
    else if (answer.key === shown.key && answer.view === local.view) {
      tries = 0;
      shown = { ...shown, look: answer };
      ({ runs } = answer);
      props.value = { ...props.value, error: null };
      paint();
      body.hidden = false;
      say();
    }
  } finally {
    asking = false;
    if (waiting) { waiting = false; look(); }
  }
};
const change = (patch) => { refusal = null; Object.assign(local, patch); moves += 1; keep(); if (shown) look(); };
const moved = (at) => { if (JSON.stringify(at) !== JSON.stringify(point)) { refusal = null; point = at; look(); } };
const viewSwitch = makeSwitch('.inside-switch', () => local.view, (view) => choose(view));
const choose = (view) => {
  if (!views[view] || view === local.view) return;
  refusal = null;
  local.view = view;
  keep();
  viewSwitch.mark();
  const url = new URL(location.href);
  if (url.searchParams.get('tab') === TAB) { url.searchParams.set('view', view); history.replaceState(null, '', url); }
  look();
};
document.addEventListener('keydown', (event) => {
  if (!shown || event.ctrlKey || event.metaKey || event.altKey || !root.offsetParent || event.target.closest?.('input:not([type=range],[type=radio]),textarea,select')) return;
  const number = Number(event.key);
  if (number >= 1 && number <= props.views.length) { event.preventDefault(); choose(props.views[number - 1].id); }
  const step = { '[': -1, ']': 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const last = Math.max(1, shown.heads[0].stops.length - 1);
  change({ depth: Math.min(1, Math.max(0, (Math.round(local.depth * last) + step) / last)) });
});

let wish = 0, drawnHead = '';
const draw = () => {
  if (!props.value) return;
  if (JSON.stringify(props.value.settings) !== JSON.stringify(local)) keep(); // answers and other parts of the page bring older ones back
  const { value } = props;
  if ((value.wish || 0) > wish) {
    ({ wish } = value);
    if (value.anew || !shown) { props.value = { ...value, anew: false }; setTimeout(() => anew({}), 60); } // Gradio takes over the new choice a moment later
    else moved(value.at);
  }
  if (value.key && value.heads && value.look && value.look !== shown?.from) {
    const other = shown?.key !== value.key;
    if (other) moves = 0;
    if (firstRuns === null || shown?.name !== value.name) firstRuns = value.look.before;
    shown = { key: value.key, heads: value.heads, photo_wh: value.photo_wh, name: value.name, versions: value.versions, look: value.look, from: value.look };
    point = point && !other ? point : value.look.point;
    ({ runs } = value.look);
    const right = value.look.view === local.view;
    if (right) paint();
    if (!right || JSON.stringify(point) !== JSON.stringify(value.look.point) || JSON.stringify(value.asked) !== JSON.stringify(local)) look();
  } else drawNotices(value);
  body.classList.toggle('stale', Boolean(value.busy && shown));
  body.hidden = !place.firstElementChild;
  const now = JSON.stringify([value.key, value.message, value.busy, shown?.look.answer]);
  if (now !== drawnHead) { drawnHead = now; say(value.busy); }
};
watch('value', draw);
draw();
withPhoto(TAB, () => { point = null; anew({}); });
