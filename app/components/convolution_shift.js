/* "Shift lab": 33 positions of the photo, measured once; the slider moves through what was measured. */
const head = makeHead(() => trigger('stop'));
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
let now = Math.min(32, Math.max(0, Math.round(Number(address.get('view') === 'shift' && address.get('shift')) || 0)));
const shift = makeRange({ label: 'Shift', help: 'pixels of the model\u2019s input, to the right', low: 0, high: 32, step: 1 }, (value) => { now = value; paint(); });
const menu = h('select', { 'aria-label': 'Models' });
const start = h('button', { type: 'button', class: 'btn primary', hidden: true });
const random = h('p', { class: 'notice', hidden: true });
const crops = h('div', { class: 'shifted' });
const chances = makeLines('Probability of the first answer');
const layers = makeLines('How exactly each layer\u2019s map moves along');
const layerNote = h('p', { class: 'sub' });
const kept = h('p', { class: 'sub' });
layers.node.append(h('p', { class: 'sub' }, 'Relative difference between the moved map and the map of the moved photo: 0 is exact.'), layerNote);
chances.node.append(kept);
const link = h('button', { type: 'button', class: 'btn sm' }, 'Copy link');
const table = h('button', { type: 'button', class: 'btn sm' }, 'Save CSV');
const ran = h('span', { class: 'ran' });
const foot = h('div', { class: 'foot' }, ran, h('span', { class: 'end' }, table, link));
const pictures = h('section', { class: 'card bleed shiftcard' }, crops);
const charts = h('div', { class: 'grid2 charts' }, chances.node, layers.node);
const controls = h('section', { class: 'card controls' }, shift.node, h('label', { class: 'top' }, 'Models', menu), start, random);
root.append(head.node, h('div', { class: 'shiftbench' }, pictures, controls), charts, why, foot);

const drawCrops = (models) => {
  const same = models.length > 1 && models.every((one) => one.src === models[0].src) ? [{ ...models[0], title: 'What both models see' }] : models;
  if (crops.children.length !== same.length) crops.replaceChildren(...same.map(() => h('figure', {}, h('figcaption', {}), h('div', { class: 'crop' }, h('img', { alt: '' })))));
  same.forEach((one, index) => {
    const figure = crops.children[index], picture = figure.querySelector('img'), total = one.width + 64;
    figure.firstChild.textContent = one.title;
    if (picture.getAttribute('src') !== one.src) picture.src = one.src;
    picture.alt = `${one.title}, the photo moved ${now} pixels to the right`;
    figure.lastChild.style.aspectRatio = `${one.width} / ${one.height}`;
    picture.style.width = `${(100 * total) / one.width}%`;
    picture.style.transform = `translateX(${(-100 * (32 - now)) / total}%)`;
  });
};
const percentTicks = (top) => [0, top / 2, top].map((value) => [value, `${Math.round(100 * value)} %`]);
const paint = () => {
  const study = props.value?.study;
  if (!study) return;
  head.set({ question: props.value.question, answer: study.answers[now], busy: props.value.busy });
  shift.set(now, study.live[now]);
  drawCrops(study.models);
  const trained = study.models.filter((one) => !one.random), deep = study.models.filter((one) => one.layers.length);
  chances.node.hidden = !trained.length;
  const most = Math.max(...trained.map((one) => Math.max(...one.probabilities)), 0.1), top = [0.25, 0.5, 0.75, 1].find((value) => value >= most) || 1;
  if (trained.length) chances.draw({ x: [0, 32], top, now, xTitle: 'shift in pixels', alt: study.answers[now], yTicks: percentTicks(top), xTicks: [0, 8, 16, 24, 32].map((value) => [value, String(value)]),
    series: trained.map((one) => ({ name: `${one.title}: ${one.labels[0]}`, family: one.family, values: one.probabilities.map((value, index) => [index, value]) })) });
  layers.node.hidden = !deep.length;
  const worst = Math.max(...deep.map((one) => Math.max(...one.errors.flat())), 0.2), ceiling = Math.ceil(worst * 5) / 5;
  if (deep.length) layers.draw({ x: [0, 100], top: ceiling, now: null, dots: true, xTitle: 'depth in the network', alt: study.layer_notes[now] || 'Difference by depth', yTicks: [0, ceiling / 2, ceiling].map((value) => [value, String(Number(value.toFixed(2)))]), xTicks: [[0, '0 %'], [50, '50 %'], [100, '100 %']],
    series: deep.map((one) => ({ name: one.title, family: one.family, values: one.errors.map((row, index) => [(100 * (index + 1)) / one.errors.length, row[now]]) })) });
  layerNote.textContent = study.layer_notes[now] || '\u00a0';
  kept.textContent = study.kept.join(' ');
};
const draw = () => {
  const value = props.value;
  if (!value) return;
  menu.replaceChildren(...value.pairs.map((pair, index) => h('option', { value: index, selected: index === value.pair }, pair.text)));
  const cost = value.pairs[value.pair]?.cost;
  start.hidden = !cost || Boolean(value.busy) || value.study?.pair === value.pair;
  start.textContent = cost || '';
  pictures.hidden = charts.hidden = foot.hidden = shift.node.hidden = !value.study;
  pictures.classList.toggle('stale', Boolean(value.busy));
  charts.classList.toggle('stale', Boolean(value.busy));
  random.textContent = value.pairs[value.pair]?.note || '';
  random.hidden = !random.textContent;
  if (!value.study) head.set({ question: value.question, answer: value.message, busy: value.busy });
  ran.textContent = value.ran || '';
  paint();
};
const again = (changes) => { props.value = { ...props.value, visible: true, go: null, ...changes }; trigger('again'); };
menu.addEventListener('change', () => again({ pair: Number(menu.value) }));
start.addEventListener('click', () => again({ go: props.value.pair }));
link.addEventListener('click', () => copyText(linkTo({ tab: 'convolution', view: 'shift', shift: now }), link));
table.addEventListener('click', () => {
  const rows = props.value.study.models.flatMap((one) => one.probabilities.map((value, index) => [one.title, index, `"${one.labels[index].replaceAll('"', '""')}"`, value, ...one.errors.map((row) => row[index])].join(',')));
  saveText('shift.csv', ['# errors: one column a layer, from the first to the last', 'model,shift_px,answer,probability_of_first_answer,errors', ...rows].join('\n'));
});
watch('value', draw);
draw();
document.addEventListener('cv:pane', () => { if (chosenPane() !== 'shift') props.value = { ...props.value, visible: false }; });
makePane('shift', () => again({}));
