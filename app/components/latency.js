/* The Latency tab: every run as a dot, ratios with their intervals, where the milliseconds go, and the settings. */
const link = new URLSearchParams(location.search);
const local = { ...props.value.settings };
const restore = () => {
  const whole = (name, low, high) => { const value = Number(link.get(name)); if (link.get(name) !== null && Number.isInteger(value) && value >= low && value <= high) return value; return null; };
  if (link.get('tab') !== 'latency') return;
  const rounds = whole('rounds', 1, 300), batch = whole('batch', 1, 32), side = whole('side', 64, 512);
  if (props.round_choices.includes(rounds)) local.rounds = rounds;
  if (batch) local.batch = batch;
  if (side && side % 32 === 0) local.side = side;
  if (props.engines.some(([name]) => name === link.get('engine'))) local.engine = link.get('engine');
  if (props.precisions.some(([name]) => name === link.get('precision'))) local.precision = link.get('precision');
};
restore();

const strip = makeStrip(), ratios = makeRatios(props.margin), stages = makeStages(), figures = makeTable();
const notice = h('div', { class: 'notices' });
const segments = (label, options, onChange) => {
  const buttons = options.map(([value, text]) => h('button', { type: 'button', onclick: () => onChange(value) }, text));
  return { node: h('div', { class: 'seg', role: 'group', 'aria-label': label }, buttons), set: (now) => buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(options[index][0] === now))) };
};
const named = (name, help, control) => h('div', { class: 'named-control' }, h('span', { class: 'name' }, name, help ? h('small', {}, ` ${help}`) : null), control);
const rounds = segments('Rounds', props.round_choices.map((count) => [count, String(count)]), (value) => change({ rounds: value }));
/* Two precisions belong to one engine each; Auto takes only what answers as PyTorch does in fp32. */
const OWNERS = { bf16: 'torch', int8: 'openvino' };
const engine = segments('Engine', props.engines, (value) => change({ engine: value, precision: OWNERS[local.precision] === value ? local.precision : 'fp32' }));
const precision = segments('Precision', props.precisions, (value) => change({ precision: value, engine: OWNERS[value] || local.engine }));
const ways = h('div', { class: 'ways' });
const batch = makeRange({ label: 'Batch', help: 'photos per run', low: 1, high: 32, step: 1 }, (value) => change({ batch: value }));
const side = makeRange({ label: 'Input size', help: 'pixels a side', low: 64, high: 512, step: 32 }, (value) => change({ side: value }));
const more = h('details', { class: 'more' }, h('summary', {}, 'More settings'), h('div', { class: 'card latency-settings' }, named('Rounds', 'a verdict needs 20', rounds.node), batch.node, side.node,
  props.engines.length > 2 ? named('Engine', 'Auto: the one that was faster here', engine.node) : null, named('Precision', props.precisions.length > 2 ? 'bf16 and int8 move the answers' : 'bf16 has a third of the digits', precision.node), ways));
const views = makeViews(props.whys, (kind) => { props.value = { ...props.value, settings: { ...local }, measuring: kind }; trigger('explore'); }, (id) => { view = id; });
let view = link.get('tab') === 'latency' ? link.get('view') || 'side' : 'side';
if (link.get('tab') === 'latency' && link.get('view')) views.choose(view);
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const csv = h('button', { type: 'button', class: 'btn sm' }, 'CSV'), json = h('button', { type: 'button', class: 'btn sm' }, 'JSON'), copy = h('button', { type: 'button', class: 'btn sm' }, 'Copy link');
const machine = h('span', { class: 'ran' });
const foot = h('div', { class: 'foot' }, machine, h('span', { class: 'end' }, csv, json, copy));
const body = h('div', { class: 'latency-body' }, notice, strip.node, h('div', { class: 'grid2' }, ratios.node, stages.node), views.node, figures.node, more, why, foot);
root.append(body);

let offer = { label: 'Measure', refused: null }, shown = null, chosen = [];
const running = () => Boolean(props.value.busy);
const say = () => {
  const value = props.value, answer = value.message || shown?.answer || '';
  const bar = { label: offer.label, running: running(), refused: Boolean(offer.refused) };
  props.value = { ...value, settings: { ...local }, head: { question: value.question, answer, marked: null, busy: value.busy ?? null }, bar };
  trigger('said');
};
/* The estimate on the button; one question at a time, the newest setting wins. */
let asking = false, again = false;
const estimate = async (mayRun = false) => {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const found = await server.look({ models: chosen, settings: local, measured: Boolean(shown?.finished && shown.rounds >= 20) });
    if (found && found.label) {
      offer = found;
      drawNotices();
      say();
      if (mayRun && found.quick && !running()) setTimeout(() => trigger('quick'), 0);
    }
  } finally {
    asking = false;
    if (again) { again = false; estimate(); }
  }
};
let pause = 0;
const change = (settings) => {
  Object.assign(local, settings);
  props.value = { ...props.value, settings: { ...local } };
  rounds.set(local.rounds);
  engine.set(local.engine);
  precision.set(local.precision);
  batch.set(local.batch, null);
  side.set(local.side, null);
  clearTimeout(pause);
  pause = setTimeout(() => estimate(), 200);
};
const drawNotices = () => {
  const { refused } = offer, list = [];
  if (refused) list.push(h('p', { class: 'alert' }, refused.text, ' ', refused.use ? h('button', { type: 'button', class: 'btn sm', onclick: () => change({ [refused.use[0]]: refused.use[1] }) }, refused.use[2]) : null));
  if (shown?.note) list.push(h('p', { class: 'notice' }, shown.note));
  notice.replaceChildren(...list);
};
const download = (name, text, kind) => h('a', { href: `data:${kind};charset=utf-8,${encodeURIComponent(text)}`, download: name }).click();
csv.addEventListener('click', async () => { const found = await server.look({ key: props.value.key, file: 'csv' }); if (found.text) download('latency.csv', found.text, 'text/csv'); });
json.addEventListener('click', async () => { const found = await server.look({ key: props.value.key, file: 'json' }); if (found.text) download('latency.json', found.text, 'application/json'); });
copy.addEventListener('click', () => {
  const url = new URL(location.href), values = { tab: 'latency', models: chosen.join(','), rounds: local.rounds, batch: local.batch, side: local.side, engine: local.engine, precision: local.precision, view: views.at() };
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  copyText(url.href, copy);
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && running() && window.cvTab === 'latency') trigger('stop');
});

/* What the visitor chose is known here: answers under way carry older choices. */
let chose = -1, drawnHead = '';
const draw = () => {
  const value = props.value;
  if (!value) return;
  if (value.duel && value.duel !== shown) {
    shown = value.duel;
    strip.show(shown);
    ratios.show(shown);
    stages.show(shown);
    figures.show(shown);
    ways.replaceChildren(...shown.ways.map((text) => h('p', { class: 'sub' }, text)));
    machine.textContent = shown.machine;
    drawNotices();
  }
  views.show({ accuracy: shown?.accuracy, ...value.views }, running());
  body.classList.toggle('empty-tab', !shown);
  for (const button of [csv, json]) button.disabled = !value.key || !shown?.rounds;
  body.classList.toggle('stale', running() && Boolean(shown?.finished) && !value.measuring);
  if (value.chosen && (value.chose || 0) > chose) {
    chose = value.chose || 0;
    chosen = value.chosen;
    document.dispatchEvent(new CustomEvent('cv:latency', { detail: { models: chosen } }));
    estimate(Boolean(shown));
  }
  if (JSON.stringify(value.settings) !== JSON.stringify(local)) props.value = { ...props.value, settings: { ...local } };
  const now = JSON.stringify([value.key, value.message, value.busy, shown?.answer, shown?.finished]);
  if (now !== drawnHead) {
    const ended = drawnHead && !value.busy;
    drawnHead = now;
    say();
    if (ended) estimate();
  }
};
watch('value', draw);
change({});
draw();
withPhoto('latency', () => { if (!shown && !running() && !props.value.asked) { props.value = { ...props.value, asked: true, settings: { ...local } }; trigger('quick'); } });
