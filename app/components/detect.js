/* The Detect tab: every change of a setting asks the server to run NMS again on known candidates; a detector never runs for it. */
const pictures = h('div', { class: 'panes' });
const pictureCard = h('section', { class: 'card bleed picture' }, pictures);
const why = h('div', { class: 'why' }, h('b', {}, 'What is NMS doing here?'), h('p', {}, props.why));
const head = makeHead(() => trigger('stop'));
const charts = makeCharts();
let panes = [], active = 0, moves = 0, drawn = null;

/* What the visitor wants stays wanted until an answer honours it: an older run may still be under way. */
const HEAVY = ['models', 'tiles', 'labels'];
let wish = null;
let mark = 0; // tells a value that we set from one that the server sent
const put = (changes) => { props.value = { ...props.value, ...changes, mark: (mark += 1) }; };
const want = (changes) => {
  const { models, tiles, labels, settings } = { ...props.value, ...changes };
  wish = { asked: { models, tiles, labels, settings }, tries: 3 };
  put(changes);
};
const arrived = () => {
  const value = props.value;
  if (value && wish && value.mark !== mark) {
    const missing = Object.keys(wish.asked).filter((name) => JSON.stringify(wish.asked[name]) !== JSON.stringify(value[name]));
    const heavy = missing.some((name) => HEAVY.includes(name)), { asked } = wish;
    if (missing.length) put(asked);
    // A run that waits starts with what the one before it left behind: so ask again a moment later.
    if (!value.busy && heavy && wish.tries > 0) { wish.tries -= 1; setTimeout(() => trigger('again'), 50); }
    else if (!value.busy && !heavy && missing.includes('settings') && value.keys) setTimeout(() => ask(asked.settings), 50);
    else if (!value.busy) wish = null;
  }
  draw();
};
const choose = (names) => { want({ models: names }); draw(); trigger('again'); };
const controls = makeControls({
  change: (settings) => ask({ ...props.value.settings, ...settings }),
  models: choose,
  detector: (name) => choose([...new Set([name, ...props.value.models.slice(1)])]),
  tiles: (tiles) => { want({ tiles }); draw(); trigger('again'); },
  labels: (labels) => checkLabels(labels),
  scene: (scene) => goTo({ photo: scene.id, model: 'yolov8n_blood_cells' }),
  instead: (gone, name) => choose([...new Set(props.value.models.map((model) => (model === gone ? name : model)))]),
  show: () => draw(),
});
const goTo = ({ photo, model }) => {
  want({ models: [model], labels: null, settings: { ...props.value.settings, classes: null } });
  document.dispatchEvent(new CustomEvent('cv:choose', { detail: photo }));
};
const paneActs = {
  lower: (confidence) => ask({ ...props.value.settings, confidence: Math.max(0.05, confidence) }),
  goTo,
};

/* Live video follows detector and settings. */
const tellLive = ({ models, settings }) => document.dispatchEvent(new CustomEvent('cv:detect', { detail: { model: models[0], settings } }));

/* One question at a time; while one is under way only the newest waits, so the last value always wins. */
let asking = false, waiting = null;
const ask = async (settings) => {
  if (!props.value?.keys) return;
  props.value.settings = settings;
  tellLive(props.value);
  if (wish) wish.asked.settings = settings;
  if (asking) { waiting = settings; return; }
  asking = true;
  moves += 1;
  try {
    const { keys } = props.value;
    const answer = await server.suppress({ keys, settings });
    if (answer.gone) trigger('again');
    else if (answer.error) head.set({ question: props.question, answer: answer.error });
    else if (String(keys) === String(props.value.keys)) {
      // The visitor may have moved on meanwhile: what was asked last stays asked.
      Object.assign(props.value, answer, waiting ? { settings: waiting } : null);
      draw();
    }
  } catch (error) {
    console.warn('The server did not answer a slider step', error);
  } finally {
    asking = false;
    if (waiting) { const latest = waiting; waiting = null; ask(latest); }
  }
};

const checkLabels = async (labels) => {
  controls.refuse(null);
  if (!labels || !props.value.keys) { want({ labels }); trigger('again'); return; }
  const { keys, settings } = props.value;
  const answer = await server.check({ keys, settings, path: labels.path });
  if (answer.gone) { want({ labels: { ...labels, photo: props.value.shown[0] } }); trigger('again'); return; }
  if (answer.error) { controls.refuse(answer.error); return; }
  const { shown } = props.value;
  want({ panes: answer.panes, labels: { ...labels, photo: shown[0] }, shown: [...shown.slice(0, 3), labels.path] });
  draw();
};

const link = () => {
  const url = new URL(location.href), { models, settings, tiles } = props.value;
  const kept = { tab: 'detect', detector: models.join(','), tiles, ...settings };
  for (const [name, value] of Object.entries(kept)) {
    if (value === null || value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
};
const LIMITS = [['confidence', 0.05, 0.95], ['iou', 0.05, 0.95], ['max_detections', 1, 300], ['max_per_class', 1, 100]];
const restored = () => {
  const asked = new URLSearchParams(location.search);
  if (asked.get('tab') !== 'detect' || !props.value) return;
  const settings = { ...props.value.settings }, { detectors } = props.value;
  for (const [name, low, high] of LIMITS) if (asked.get(name) && Number.isFinite(Number(asked.get(name)))) settings[name] = Math.min(high, Math.max(low, low < 1 ? Number(asked.get(name)) : Math.round(Number(asked.get(name)))));
  for (const [name, rows] of [['method', METHODS], ['overlap', OVERLAPS]]) if (rows.some(([one]) => one === asked.get(name))) settings[name] = asked.get(name);
  for (const name of ['class_agnostic', 'merged']) if (asked.get(name)) settings[name] = asked.get(name) === 'true';
  if (asked.get('classes')) settings.classes = asked.get('classes').split(',');
  const models = (asked.get('detector') || '').split(',').filter((name) => detectors.some((row) => row.name === name)); // others are left out
  const tiles = TILE_CHOICES.some(([one]) => one === asked.get('tiles')) ? Number(asked.get('tiles')) : props.value.tiles;
  want({ settings, models: models.length ? models : props.value.models, tiles });
};
const save = (name, blob) => {
  const anchor = h('a', { href: URL.createObjectURL(blob), download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
};
const takeAway = async (format) => {
  const { keys, settings } = props.value;
  const file = await server.take_away({ keys, settings, pane: active, format });
  if (file.gone) trigger('again');
  else if (file.error) head.set({ question: props.question, answer: file.error });
  else save(file.name, new Blob([file.text], { type: 'text/plain' }));
};
const ran = h('span', { class: 'ran' });
const foot = h('div', { class: 'foot' }, ran, h('span', { class: 'end' },
  h('button', { type: 'button', class: 'btn sm', onclick: () => takeAway('csv') }, 'CSV'),
  h('button', { type: 'button', class: 'btn sm', onclick: () => takeAway('json') }, 'JSON'),
  h('button', { type: 'button', class: 'btn sm', onclick: async () => save(`${props.value.panes[active].model}.png`, await panes[active].png()) }, 'PNG'),
  h('button', { type: 'button', class: 'btn sm', onclick: (event) => copyText(link(), event.currentTarget) }, 'Copy link')));
root.append(head.node, h('div', { class: 'det' }, h('div', { class: 'stack' }, pictureCard, why), h('div', { class: 'stack side' }, controls.node, charts.node)), foot);

const sayWhatRan = (shown) => {
  const subject = (pane) => (shown.length > 1 ? pane.title : 'The detector');
  const times = shown.map((pane) => `${subject(pane)} ${pane.ran.times}`).join(', ');
  const stages = shown.map((pane) => `${shown.length > 1 ? `${pane.title}: ` : ''}${pane.ran.stages}`).join('; ');
  ran.replaceChildren(h('b', {}, times), ` for this photo; slider moves since: ${moves}. ${stages[0].toUpperCase()}${stages.slice(1)}.`);
};
const draw = () => {
  const value = props.value;
  if (!value) return;
  const shown = value.keys ? value.panes : [];
  if (String(value.keys) !== drawn) { [moves, active] = [0, 0]; drawn = String(value.keys); document.dispatchEvent(new CustomEvent('cv:why', { detail: null })); }
  const say = (pane) => pane.truth?.sentence || pane.answer;
  const answer = shown.length > 1 ? shown.map((pane) => `${pane.title}: ${say(pane)}`).join(' ') : shown.map(say)[0];
  head.set({ question: props.question, answer: answer || value.message, busy: value.busy });
  controls.set(value);
  tellLive(value);
  if (value.labels_error) controls.refuse(value.labels_error);
  charts.node.hidden = foot.hidden = pictureCard.hidden = !shown.length;
  while (panes.length < shown.length) {
    const place = panes.length;
    panes.push(makePane({ ...paneActs, activate: () => { if (active !== place) { active = place; draw(); } } }));
  }
  if (pictures.childElementCount !== shown.length) pictures.replaceChildren(...panes.slice(0, shown.length).map((pane) => pane.node));
  pictures.classList.toggle('two', shown.length > 1);
  const view = { photo: value.photo, showRemoved: controls.showRemoved(), named: shown.length > 1 || shown[0]?.model !== value.models[0], waysOn: value.ways_on };
  shown.forEach((pane, place) => panes[place].show(pane, view));
  if (!shown.length) return;
  charts.show(shown[active], value.settings.iou, shown.length > 1);
  sayWhatRan(shown);
};
watch('value', arrived);
draw();
setTimeout(restored, 0); // what is set at once, Gradio takes back
withPhoto('detect', () => trigger('again'));
