/* Look inside: one photo, one point, several views; clicks and sliders act on what the server knows already. */
const START = props.value.settings;
/* All settings but the view stand in the address as one JSON of what differs from the first ones. */
const restore = (local, text) => {
  try {
    for (const [name, value] of Object.entries(JSON.parse(text || '{}'))) {
      if (name === 'view' || !Object.hasOwn(START, name)) continue; // `in` would let a link reach into Object.prototype
      if (typeof START[name] === 'object') Object.assign(local[name], Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(START[name], key))));
      else if (typeof value === typeof START[name]) local[name] = value;
    }
  } catch { /* a link that somebody cut short: the usual settings then */ }
};
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
/* Until the visitor or the link sets the depth, each view opens at its own. */
const opensAt = (view) => props.views.find(({ id }) => id === view).opens;
let ownDepth = false;
let point = null, pointed = false, firstRuns = null, photo = null, run = 0, key = null;
const tools = {
  heads: () => bench.shown().heads, points: () => bench.shown().points, opacity: () => bench.local.opacity, ask: (extra) => bench.file(extra),
  tap(number, down, right) {
    const { heads, photo_wh: [width, height] } = bench.shown(), { crop } = heads[number], within = (value, size) => Math.min(size - 1, Math.max(0, Math.round(value)));
    const at = [within(crop.top + down * crop.height - 0.5, height), within(crop.left + right * crop.width - 0.5, width)];
    document.dispatchEvent(new CustomEvent('cv:point', { detail: at }));
    moved(at); // at once: the rail tells its own rest later
  },
  open: (view) => choose(view),
  toDepth(number, stop) { change({ depth: stop / Math.max(1, bench.shown().heads[number].stops.length - 1) }); },
  runs(count) { if (count !== undefined) { bench.shown().runs = count; tell(); } },
};
const views = Object.fromEntries(props.views.map(({ id }) => [id, VIEWS[id]({ ...tools, own: () => bench.local[id],
  change(patch, again = true, byHand = true) { if (byHand) refusal = null; bench.set({ [id]: { ...bench.local[id], ...patch } }, byHand); if (again) bench.look(); else tell(); } })]));
const controls = makeControls(props.views, {
  depth: (depth) => change({ depth }), opacity: (opacity) => { bench.set({ opacity }); views[bench.local.view].repaint?.(); tell(); }, anew: (patch) => anew(patch), view: (view) => choose(view),
  /* To the next layer of the first model; from the last one, if playing begins there, to the first. Says whether there was one. */
  stepOn(begins) {
    const last = Math.max(1, bench.shown().heads[0].stops.length - 1), now = Math.round(bench.local.depth * last);
    if (now === last && !begins) return false;
    change({ depth: now === last ? 0 : (now + 1) / last });
    return true;
  },
});
const notices = h('div', { class: 'in-notices' }), place = h('div', { class: 'in-place' });
/* The share card shows the first picture of two models. */
const taken = () => {
  const { answer, name, src, heads, layers } = bench.shown(), stages = views[bench.local.view].stages?.() || [], each = Math.max(1, Math.floor(stages.length / heads.length));
  if (!stages.length) return null;
  return {
    view: bench.local.view, answer, photo: { name, src }, models: heads, across: Math.min(3, each > 1 ? each : stages.length), credit: `${layers.join(', ')}.`,
    tiles: () => stages.map(stageTile), onCard: () => stages.filter((_, place) => place % each === 0).slice(0, 2).map(stageTile),
  };
};
const link = () => {
  const set = Object.fromEntries(Object.entries(bench.local).filter(([name, value]) => name !== 'view' && (name === 'depth' ? ownDepth : !same(value, START[name]))));
  return bench.link({ models: bench.shown().heads.map((head) => head.model).join(','), inside: Object.keys(set).length ? JSON.stringify(set) : '' });
};
const foot = makeExports({ taken, link, files: [
  smallButton('NPY', async () => { for (const { name, url } of (await bench.file({ npy: true })).files || []) saveFile(name, url); }),
  smallButton('Copy as JSON', ({ currentTarget }) => {
    const { name: title, heads, answer, layers, versions } = bench.shown(), { local: settings } = bench;
    const models = heads.map(({ model, weights, size: [height, width] }) => ({ name: model, weights, input_size: [height, width] }));
    copyText(JSON.stringify({ photo: title, point, view: settings.view, models, settings, answer, layers, versions }, null, 2), currentTarget);
  })] });
const body = h('div', { class: 'in-body' }, controls.node, place, controls.why, foot.node);
root.append(notices, body);

const ran = makeInfo(HOW_OFTEN);
const tell = () => {
  const { heads, runs } = bench.shown(), count = runs - firstRuns, times = count === 1 ? '1 time' : `${count} times`;
  ran.set(`Since this photo came, networks ran ${times} here; slider moves: ${bench.moves()}.`);
  foot.say(`${heads.map((head) => `${head.title} ${head.network_ms.toPrecision(3)}\u00a0ms`).join(', ')}. Points and sliders run no network. `, ran.node);
};
const paint = (shown) => {
  const { view } = shown;
  if (shown.run !== run) { // what a run gave
    if (!pointed || shown.key !== key) point = shown.point;
    if (photo !== shown.name) firstRuns = shown.before;
    [run, key, photo, pointed] = [shown.run, shown.key, shown.name, true];
  }
  if (view !== bench.local.view) return; // another one was opened meanwhile: its own answer comes
  if (place.firstElementChild !== views[view].node) place.replaceChildren(views[view].node);
  views[view].draw(shown.cards, shown);
  place.dataset.view = view;
  controls.set(bench.local, shown.layers, shown.why);
  drawNotices(props.value);
  body.hidden = false;
  tell();
};
const edge = (number) => {
  const { crop } = bench.shown().heads[number], low = (from) => Math.ceil(from), high = (from, size) => Math.floor(from + size) - 1;
  const within = ([row, column]) => [Math.min(Math.max(row, low(crop.top)), high(crop.top, crop.height)), Math.min(Math.max(column, low(crop.left)), high(crop.left, crop.width))];
  document.dispatchEvent(new CustomEvent('cv:point', { detail: within(point) }));
};
/* Why the visitor's last wish was refused: it stands until the next wish, whatever older answers still arrive. */
let refusal = null;
const drawNotices = (value) => {
  const shown = bench.shown(), cut = shown && !value.message ? shown.notes.findIndex(Boolean) : -1;
  const sizes = shown && !value.message ? shown.sizes : []; // DINOv2 looks at a smaller picture first
  notices.replaceChildren(
    ...sizes.flatMap((told, number) => (told ? [h('p', { class: 'sub' }, `${shown.heads[number].title}: ${told}`)] : [])),
    ...(cut >= 0 ? [h('p', { class: 'notice' }, `${shown.heads[cut].title}: ${shown.notes[cut]} `, smallButton('Move to the edge', () => edge(cut)))] : []),
    ...(refusal ? [h('p', { class: 'alert' }, refusal)] : []),
    ...(value.missing || []).map((gone) => h('div', { class: 'notice in-missing' }, h('span', {}, gone.text),
      gone.fetch ? h('button', { type: 'button', class: 'btn sm primary', onclick: () => bench.fetch(gone.model) }, gone.fetch) : null,
      gone.use ? smallButton(`Use ${gone.use.title}`, () => bench.use(gone.model, gone.use.name)) : null)));
};
const refused = (sentence) => { refusal = sentence; views[bench.local.view].refused?.(); bench.keep(); drawNotices(props.value); };
const anew = (patch) => { refusal = null; bench.anew(patch); };
const change = (patch) => { refusal = null; ownDepth ||= 'depth' in patch; bench.set(patch); bench.look(); };
const moved = (at) => { if (!same(at, point)) { refusal = null; point = at; bench.look(); } };
const choose = (view) => {
  if (!views[view] || view === bench.local.view) return;
  refusal = null;
  bench.set(ownDepth ? { view } : { view, depth: opensAt(view) }, false);
  controls.mark(view);
  went(view);
  bench.look();
};
document.addEventListener('keydown', (event) => {
  const shown = bench.shown();
  if (!shown || event.ctrlKey || event.metaKey || event.altKey || !root.offsetParent || event.target.closest?.('input:not([type=range],[type=radio]),textarea,select')) return;
  const number = Number(event.key);
  if (number >= 1 && number <= props.views.length) { event.preventDefault(); choose(props.views[number - 1].id); }
  const step = { '[': -1, ']': 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const last = Math.max(1, shown.heads[0].stops.length - 1);
  change({ depth: Math.min(1, Math.max(0, (Math.round(bench.local.depth * last) + step) / last)) });
});

/* A click is a question; another photo or choice is a run. */
const wished = (value) => {
  if (value && !value.anew && bench.shown()) { moved(value.at); return; }
  if (!value) pointed = false; // the rail's counts
  anew({});
};
/* Another run may have the same key: it worked for another view. */
const arrived = (value) => {
  if (value.key === bench.shown().key && value.run > run) {
    bench.show(value);
    if (!same(value.settings, bench.local) || !same(value.point, point)) bench.look();
  }
  return false;
};
const drawn = (value) => {
  if (!same(value.settings, bench.local)) bench.keep(); // answers and other parts of the page bring older ones back
  drawNotices(value);
  body.classList.toggle('stale', bench.stale());
  body.hidden = !place.firstElementChild;
};
const bench = makeBench({ paint, arrived, drawn, wished, refused, result: ['random', 'side'], about: () => ({ point }), fits: ({ view }) => view === bench.local.view });
if (address.get('tab') === props.tab) restore(bench.local, address.get('inside'));
ownDepth = Boolean(address.get('inside')?.includes('"depth"')) && address.get('tab') === props.tab;
if (!ownDepth) bench.local.depth = opensAt(bench.local.view);
const went = makeViewEntry(props.tab, bench.local.view, (view) => choose(view));
bench.begin();
