/* "Shift lab": 33 positions of the photo, measured once; the slider moves through what was measured. */
const head = makeHead(() => trigger('stop'));
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const shift = makeRange({ label: 'Shift', help: 'pixels of the model\u2019s input, to the right', low: 0, high: 32, step: 1 }, (value) => { bench.change({ shift: value }); bench.say(props.value.busy); });
const menu = h('select', { 'aria-label': 'Models', onchange: () => bench.anew({ pair: Number(menu.value) }) });
const start = h('button', { type: 'button', class: 'btn primary', hidden: true, onclick: () => { bench.keep(); trigger('measure'); } });
const random = h('p', { class: 'notice', hidden: true });
const crops = h('div', { class: 'shifted' });
const chances = makeLines('Probability of the first answer');
const layers = makeLines('How exactly each layer\u2019s map moves along');
const layerNote = h('p', { class: 'sub' });
const kept = h('p', { class: 'sub' });
layers.node.append(h('p', { class: 'sub' }, 'Relative difference between the moved map and the map of the moved photo: 0 is exact.'), layerNote);
chances.node.append(kept);
const table = () => {
  const rows = bench.shown().models.flatMap((one) => one.probabilities.map((value, index) => [one.title, index, `"${one.labels[index].replaceAll('"', '""')}"`, value, ...one.errors.map((row) => row[index])].join(',')));
  return ['# errors: one column a layer, from the first to the last', 'model,shift_px,answer,probability_of_first_answer,errors', ...rows].join('\n');
};
const foot = makeFoot(smallButton('Save CSV', () => saveFile('shift.csv', table(), 'text/csv')), smallButton('Copy link', (event) => copyText(bench.link(), event.currentTarget)));
const pictures = h('section', { class: 'card bleed shiftcard' }, crops);
const charts = h('div', { class: 'grid2 charts' }, chances.node, layers.node);
const controls = h('section', { class: 'card controls' }, shift.node, h('label', { class: 'top' }, 'Models', menu), start, random);
root.append(head.node, h('div', { class: 'shiftbench' }, pictures, controls), charts, why, foot.node);

const drawCrops = (models, now) => {
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
const paint = (study) => {
  const { shift: now } = bench.local;
  study.answer = study.answers[now];
  shift.set(now, study.live[now]);
  drawCrops(study.models, now);
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
const drawn = (value) => {
  const { pair } = bench.local, { cost, note } = value.pairs[pair];
  menu.replaceChildren(...value.pairs.map(({ text }, index) => h('option', { value: index, selected: index === pair }, text)));
  start.hidden = !cost || Boolean(value.busy) || (value.key && bench.shown().pair === pair);
  start.textContent = cost || '';
  pictures.hidden = charts.hidden = foot.node.hidden = shift.node.hidden = !value.key;
  for (const part of [pictures, charts]) part.classList.toggle('stale', Boolean(value.busy));
  random.textContent = note || '';
  random.hidden = !note;
  foot.say(value.ran || '');
};
const bench = makeBench({ paint, drawn, head, view: 'shift', result: ['pair'], catchUp: null });
bench.begin();
