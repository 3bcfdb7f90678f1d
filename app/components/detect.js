/* The Detect tab's picture, player, controls and charts; every change asks the server to run NMS again on known candidates. */
const STEP_MS = 600;
const inspector = h('p', { 'aria-live': 'polite' });
const boxes = makeBoxes((index) => inspect(index));
const back = h('button', { type: 'button', class: 'btn', 'aria-label': 'One step back' }, '\u25c0');
const play = h('button', { type: 'button', class: 'btn' }, 'Play NMS');
const next = h('button', { type: 'button', class: 'btn', 'aria-label': 'One step on' }, '\u25b6');
const player = h('div', { class: 'player' }, back, play, next);
const empty = h('div', { class: 'empty', hidden: true });
const pictureCard = h('section', { class: 'card bleed picture' }, boxes.stage, empty, h('div', { class: 'stepper' }, player, inspector));
const why = h('div', { class: 'why' }, h('b', {}, 'What is NMS doing here?'), h('p', {}, props.why));

const change = (settings) => ask({ ...props.value.settings, ...settings });
const iou = makeRange({ label: 'IoU limit', help: 'lower = stricter', low: 0.05, high: 0.95, step: 0.01 }, (value) => change({ iou: value }));
const confidence = makeRange({ label: 'Confidence', help: 'at least', low: 0.05, high: 0.95, step: 0.01 }, (value) => change({ confidence: value }));
const showRemoved = h('input', { type: 'checkbox', checked: true });
const detector = h('select', { 'aria-label': 'Detector' });
const reason = h('p', { class: 'notice', hidden: true });
const controls = h('section', { class: 'card controls' },
  h('label', { class: 'top' }, 'Detector', detector), iou.node, reason, confidence.node,
  h('label', { class: 'check' }, showRemoved, 'Show removed boxes'));
const funnel = h('div', { class: 'funnel' });
const curve = h('div', { class: 'curve' });
const charts = h('section', { class: 'card charts' }, h('h3', {}, 'From windows to boxes'), funnel, h('h3', {}, 'Boxes kept against the IoU limit'), curve);
const head = makeHead(() => trigger('stop'));
root.append(head.node, h('div', { class: 'det' }, h('div', { class: 'stack' }, pictureCard, why), h('div', { class: 'stack side' }, controls, charts)));

/* One question at a time; while one is under way only the newest waits, so the last value always wins. */
let asking = false, waiting = null;
const ask = async (settings) => {
  if (!props.value?.key) return;
  props.value.settings = settings;
  if (asking) { waiting = settings; return; }
  asking = true;
  try {
    const answer = await server.suppress({ key: props.value.key, settings });
    if (answer.gone) trigger('again');
    else if (answer.key === props.value.key) { props.value = { ...props.value, ...answer, settings: waiting ?? answer.settings, moves: (props.value.moves || 0) + 1 }; draw(); }
  } finally {
    asking = false;
    if (waiting) { const latest = waiting; waiting = null; ask(latest); }
  }
};

let step = null, timer = null;
const states = () => {
  const { boxes: rows, steps } = props.value;
  if (step === null) return rows.map((row) => row.state);
  const seen = rows.map(() => 'open');
  steps.slice(0, step + 1).forEach(({ kept, removed }) => { seen[kept] = KEPT; removed.forEach((index) => { seen[index] = REMOVED; }); });
  return seen;
};
const stop = () => { clearInterval(timer); timer = null; play.textContent = 'Play NMS'; };
const go = (to) => {
  const last = props.value.steps.length - 1;
  if (last < 0) return;
  step = to > last || to < 0 ? null : to;
  if (step === null) stop();
  paint();
  inspect(boxes.active());
};
next.addEventListener('click', () => { stop(); go(step === null ? 0 : step + 1); });
back.addEventListener('click', () => { stop(); go(step === null ? props.value.steps.length - 1 : step - 1); });
play.addEventListener('click', () => {
  if (timer) return stop();
  play.textContent = 'Stop';
  go(0);
  timer = setInterval(() => go(step === null ? 0 : step + 1), STEP_MS);
});
const inspect = (index) => {
  const value = props.value;
  if (!value?.boxes) return;
  if (index !== null && value.boxes[index]) inspector.textContent = value.boxes[index].sentence;
  else if (step !== null) inspector.textContent = value.steps[step].sentence;
  else inspector.textContent = value.hint;
};

const paint = () => {
  const value = props.value, now = states();
  boxes.show({
    ...value.photo, source: value.key, showRemoved: showRemoved.checked, many: value.boxes.filter((row) => row.state === KEPT).length > 8 || root.clientWidth < 640,
    alt: `${value.photo.name}: ${value.answer}`, tagOf: (index) => value.boxes[index].tag,
    boxes: value.boxes.map((row, index) => ({ ...row, state: now[index] })),
  });
};
const drawFunnel = (rows) => {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  funnel.replaceChildren(...rows.map(([name, count]) => h('div', { class: 'funnel-row' }, h('span', {}, name),
    h('div', { class: 'funnel-track' }, h('i', { style: `width:${(100 * count) / most}%` })), h('b', {}, count.toLocaleString('en')))));
};
const drawCurve = ({ thresholds, kept }, now) => {
  const width = Math.max(220, curve.clientWidth || 340), height = 150, left = 34, right = 12, top = 12, bottom = 24;
  const most = Math.max(1, ...kept);
  const x = (value) => left + ((value - 0.05) / 0.9) * (width - left - right), y = (value) => height - bottom - (value / most) * (height - top - bottom);
  const ticks = [...new Set([0, Math.round(most / 2), most])];
  const path = kept.map((count, index) => `${index ? 'L' : 'M'}${x(thresholds[index])} ${y(count)}`).join('');
  const here = kept[thresholds.reduce((best, value, index) => (Math.abs(value - now) < Math.abs(thresholds[best] - now) ? index : best), 0)];
  curve.replaceChildren(svg('svg', { width, height, role: 'img', 'aria-label': `At an IoU limit of ${now.toFixed(2)}, ${here} boxes are kept; at 0.95 it would be ${kept.at(-1)}.` },
    ticks.map((value) => [svg('path', { class: 'grid', d: `M${left} ${y(value)}H${width - right}` }), svg('text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, String(value))]),
    [0.05, 0.5, 0.95].map((value) => svg('text', { x: x(value), y: height - 6, 'text-anchor': 'middle' }, String(value))),
    svg('path', { class: 'now', d: `M${x(now)} ${top}V${height - bottom}` }), svg('path', { class: 'graph', d: path }),
    svg('circle', { class: 'dot', cx: x(now), cy: y(here), r: 5 })));
};
const drawDetectors = ({ detectors, model }) => {
  const groups = [['Ready here', (row) => row.ready], ['Download', (row) => !row.ready]];
  detector.replaceChildren(...groups.map(([title, member]) => [title, detectors.filter(member)]).filter(([, rows]) => rows.length).map(([title, rows]) =>
    h('optgroup', { label: title }, rows.map((row) => h('option', { value: row.name, selected: row.name === model, disabled: !row.ready && !row.offered }, row.text)))));
};
detector.addEventListener('change', () => { props.value = { ...props.value, model: detector.value }; trigger('again'); });
showRemoved.addEventListener('change', () => paint());
boxes.stage.addEventListener('keydown', (event) => {
  const rows = props.value?.boxes || [];
  const visible = rows.map((_, index) => index).filter((index) => rows[index].state === KEPT || showRemoved.checked);
  const place = visible.indexOf(boxes.pinned());
  const acts = {
    ArrowRight: () => boxes.pin(visible[Math.min(visible.length - 1, place + 1)] ?? null),
    ArrowLeft: () => boxes.pin(visible[Math.max(0, place - 1)] ?? null),
    Escape: () => boxes.pin(null),
    n: () => next.click(), b: () => back.click(), ' ': () => play.click(),
  };
  const act = acts[event.key];
  if (act) { event.preventDefault(); act(); }
});

let drawn = null;
const draw = () => {
  const value = props.value;
  if (!value) return;
  head.set(value.busy || value.key ? { question: value.question, answer: value.key ? value.answer : value.message, busy: value.busy } : { question: value.question, answer: value.message });
  drawDetectors(value);
  iou.set(value.settings.iou, value.key ? value.live : null, value.needs_nms === false);
  confidence.set(value.settings.confidence, null);
  charts.hidden = player.hidden = !value.key;
  if (!value.key) return;
  if (drawn !== value.key) { step = null; stop(); }
  if (step !== null && step >= value.steps.length) step = null;
  reason.textContent = value.no_nms || value.margins || '';
  reason.hidden = !reason.textContent;
  empty.hidden = !value.empty;
  empty.replaceChildren(...(value.empty ? [h('p', {}, value.empty), value.lower_to === null ? null : h('button', { type: 'button', class: 'btn', onclick: () => change({ confidence: Math.max(0.05, value.lower_to) }) }, `Lower to ${value.lower_to.toFixed(2)}`)].filter(Boolean) : []));
  paint();
  if (drawn !== value.key && value.first_pin !== null) boxes.pin(value.first_pin);
  drawn = value.key;
  inspect(boxes.active());
  drawFunnel(value.funnel);
  drawCurve(value.curve, value.settings.iou);
};
new ResizeObserver(() => { if (props.value?.key) drawCurve(props.value.curve, props.value.settings.iou); }).observe(curve);
watch('value', draw);
draw();
/* The tab is mounted when it is first opened, and told when it is opened again: the photo may have changed meanwhile. */
document.addEventListener('cv:tab', (event) => { if (event.detail === 'detect') trigger('again'); });
setTimeout(() => trigger('again'), 0);
