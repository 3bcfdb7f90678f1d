/* The Detect tab: every change of a setting asks the server to run NMS again on known candidates; a detector never runs for it. */
const pictures = h('div', { class: 'panes' });
const pictureCard = h('section', { class: 'card bleed picture' }, pictures);
const why = h('div', { class: 'why' }, h('b', {}, 'What is NMS doing here?'), h('p', {}, props.why));
const head = makeHead(() => trigger('stop'), () => bench.retry());
const charts = makeCharts();
let panes = [], active = 0, run = null;

/* Live video follows detector and settings. */
const tellLive = (settings) => document.dispatchEvent(new CustomEvent('cv:detect', { detail: { model: settings.models[0], settings } }));
const change = (patch) => bench.change(patch);
let byHand = address.has('detector') && address.get('tab') === props.tab, seenPhoto = null, fetched = '';
const choose = (models) => { byHand = true; bench.anew({ models }); };
/* A new photo chooses the detector that suits it, of those that are ready. What was chosen by hand stays on the visitor's
   own photos, and on starter photos where it suits. */
const suited = () => {
  const now = window.cvPhoto, starter = now in props.suiting, fitting = props.suiting[starter ? now : ''], before = seenPhoto;
  const ready = (name) => props.value.detectors.some((row) => row.name === name && row.ready);
  seenPhoto = now;
  if (now === before || (byHand && (before === null || !starter || bench.local.models.some((name) => fitting.includes(name) && ready(name))))) return {};
  byHand = false;
  return { models: [fitting.find(ready) ?? props.first_detector] };
};
const goTo = ({ photo, model }) => {
  Object.assign(bench.local, { models: [model], labels: null, classes: null });
  bench.keep();
  document.dispatchEvent(new CustomEvent('cv:choose', { detail: photo }));
};
const checkLabels = async (labels) => {
  controls.refuse(null);
  const before = bench.shown();
  if (!labels || !props.value.key) { bench.anew({ labels: null }); return; }
  const named = { ...labels, photo: before.photo.digest }, answer = await bench.file({ check: labels.path });
  if (answer.gone) bench.anew({ labels: named });
  else if (answer.error) controls.refuse(answer.error);
  else if (before.run === bench.shown().run) { bench.local.labels = named; bench.show(answer); bench.keep({ key: answer.key }); }
};
const controls = makeControls({
  change,
  models: choose,
  detector: (name) => choose([...new Set([name, ...bench.local.models.slice(1)])]),
  tiles: (tiles) => bench.anew({ tiles }),
  labels: checkLabels,
  scene: (scene) => goTo({ photo: scene.id, model: 'yolov8n_blood_cells' }),
  instead: (gone, name) => choose([...new Set(bench.local.models.map((model) => (model === gone ? name : model)))]),
  fetch: () => bench.fetch(null),
  show: () => drawPictures(bench.shown()),
});
const picking = makePicking({ redraw: () => { if (bench) drawPictures(bench.shown()); }, step: (by) => panes[active]?.step(by) });
const paneActs = { picked: (pane, row) => picking.tell(pane, row, bench.shown(), bench.local), lower: (confidence) => change({ confidence: Math.max(0.05, confidence) }), goTo };
const takeAway = async (format) => {
  const file = await bench.file({ pane: active, format });
  if (file.gone) bench.anew({});
  else if (file.error) refused(file.error);
  else saveFile(file.name, file.text);
};
const refused = (answer) => head.set({ question: props.value.question, answer });
/* All pictures that are shown, each with what its lines mean. */
const taken = () => {
  const { panes: rows, photo, answer } = bench.shown() || {}, { local } = bench;
  if (!rows) return null;
  const tiles = (room, thick) => rows.map(({ title, family, brief }, place) => ({
    title, family, image: panes[place].picture(room, thick), fine: thick > 1, whole: true, caption: `${brief}. Solid: kept, with its score. ${controls.showRemoved() ? 'Dashed: removed by NMS.' : ''}` }));
  return {
    view: 'boxes', answer, photo, models: rows, across: rows.length, credit: `Confidence at least ${local.confidence.toFixed(2)}, IoU limit ${local.iou.toFixed(2)}.`,
    tiles: () => tiles([PNG_WIDE / rows.length - 12 * (rows.length - 1), 860], 2), onCard: () => tiles([552, 630 / rows.length], 1),
  };
};
const foot = makeExports({ taken, files: [smallButton('CSV', () => takeAway('csv')), smallButton('JSON', () => takeAway('json'))], link: () => bench.link() });
root.append(head.node, h('div', { class: 'det' }, pictureCard, h('div', { class: 'stack side' }, controls.node, charts.node, controls.more)), why, foot.node);

const often = makeInfo(HOW_OFTEN);
const sayWhatRan = (shown) => {
  const subject = (pane) => (shown.length > 1 ? pane.title : 'The detector');
  const times = shown.map((pane) => `${subject(pane)} ${pane.ran.times}`).join(', ');
  const stages = shown.map((pane) => `${shown.length > 1 ? `${pane.title}: ` : ''}${pane.ran.stages}`).join('; ');
  often.set(`${times} for this photo; slider moves since: ${bench.moves()}.`);
  foot.say(`${stages[0].toUpperCase()}${stages.slice(1)}. `, often.node);
};
const drawPictures = (shown) => {
  if (!shown) return;
  const { panes: rows, photo } = shown, { local } = bench, named = rows.length > 1 || rows[0].model !== local.models[0];
  while (panes.length < rows.length) {
    const place = panes.length;
    panes.push(makePane({ ...paneActs, activate: () => { if (active !== place) { active = place; drawPictures(bench.shown()); } } }));
  }
  if (pictures.childElementCount !== rows.length) pictures.replaceChildren(...panes.slice(0, rows.length).map((pane) => pane.node));
  pictures.classList.toggle('two', rows.length > 1);
  const view = { photo, named, key: shown.key, run: shown.run, showRemoved: controls.showRemoved(), waysOn: shown.ways_on, asked: picking.now() };
  rows.forEach((pane, place) => panes[place].show(pane, view));
  if (picking.now()) { const at = Math.max(0, rows.findIndex((_, place) => panes[place].told())); picking.tell(rows[at], panes[at].told(), shown, local); }
  charts.show(rows[active], rows.length > 1);
  sayWhatRan(rows);
};
let painted = null;
/* A step of a slider is painted when its answer is there. */
const paint = (shown) => {
  const { local } = bench, fresh = shown.run !== run;
  if (fresh) {
    [run, active] = [shown.run, 0];
    if (local.labels && local.labels.photo !== shown.photo.digest) local.labels = null; // they were for another photo
    document.dispatchEvent(new CustomEvent('cv:why', { detail: null }));
  }
  if (shown.panes === painted) return;
  painted = shown.panes;
  tellLive(local);
  controls.set(local, props.value, shown.panes);
  drawPictures(shown);
};
/* What a label file changed has a key of its own: Gradio may set the value before it once more. */
const arrived = (value) => {
  const shown = bench.shown(), stale = value.run === shown.run && value.key !== shown.key;
  if (stale) bench.keep({ key: shown.key });
  return stale;
};
const drawn = (value) => {
  const { local } = bench, there = Boolean(value.key);
  controls.set(local, value, there ? bench.shown().panes : []);
  if (value.labels_error) controls.refuse(value.labels_error);
  charts.node.hidden = foot.node.hidden = pictureCard.hidden = !there;
  tellLive(local);
  const news = fetched && JSON.stringify(value.detectors) !== fetched;
  if (news || !value.busy) fetched = '';
  if (!news) return;
  seenPhoto = '';
  const { models } = suited();
  if (models && models[0] !== local.models[0]) bench.anew({ models });
};
const bench = makeBench({ paint, arrived, drawn, refused, head, wished: () => bench.anew(suited()), result: ['models', 'tiles', 'labels'] });
const LIMITS = [['confidence', 0.05, 0.95], ['iou', 0.05, 0.95], ['max_detections', 1, 300], ['max_per_class', 1, 100]];
if (address.get('tab') === props.tab) { // what lies beyond a slider's end is its end
  const { local } = bench, known = (name) => props.value.detectors.some((row) => row.name === name);
  for (const [name, low, high] of LIMITS) {
    const value = Number(address.get(name) || NaN);
    if (Number.isFinite(value)) local[name] = Math.min(high, Math.max(low, low < 1 ? value : Math.round(value)));
  }
  if (address.get('classes')) local.classes = address.get('classes').split(',');
  const models = (address.get('detector') || '').split(',').filter(known).slice(0, 2); // others are left out
  if (models.length) local.models = models;
}
document.addEventListener('cv:fetched', () => { // new detectors are here: which, the next answer tells
  fetched = JSON.stringify(props.value.detectors);
  if (openTab() === props.tab) bench.anew({});
});
bench.begin();
picking.start();
