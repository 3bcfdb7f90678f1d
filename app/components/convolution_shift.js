/* "Shift lab": 33 positions of the photo, measured once; the slider moves through what was measured. */
const head = makeHead(() => trigger('stop'), () => bench.retry());
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const shift = makeRange({ label: 'Shift', help: 'pixels of the model\u2019s input, to the right', low: 0, high: 32, step: 1 }, (value) => { bench.change({ shift: value }); bench.say(props.value.busy); });
const menu = h('select', { 'aria-label': 'Models', onchange: () => bench.anew({ pair: Number(menu.value) }) });
const start = h('button', { type: 'button', class: 'btn primary', hidden: true, onclick: () => { bench.keep(); trigger('measure'); } });
const random = h('p', { class: 'notice', hidden: true });
const crops = h('div', { class: 'shifted' });
const chances = makeChart(), followed = makeChart();
const layerNote = h('p', { class: 'sub' });
const kept = h('p', { class: 'sub' });
const chanceCard = h('section', { class: 'card' }, h('h3', {}, 'Probability of the first answer'), chances.node, kept);
const layerCard = h('section', { class: 'card' }, h('h3', {}, 'How exactly each layer\u2019s map moves along'), followed.node,
  h('p', { class: 'sub' }, 'Relative difference between the moved map and the map of the moved photo: 0 is exact.'), layerNote);
const table = () => {
  const rows = bench.shown().models.flatMap((one) => one.probabilities.map((value, index) => [one.title, index, `"${one.labels[index].replaceAll('"', '""')}"`, value, ...one.errors.map((row) => row[index])].join(',')));
  return ['# errors: one column a layer, from the first to the last', 'model,shift_px,answer,probability_of_first_answer,errors', ...rows].join('\n');
};
/* What each model sees of the moved photo, and the charts that are shown. */
const cropPicture = async ({ src, width, height }, now) => {
  const picture = await loadPicture(src), scale = picture.naturalHeight / height, pen = newPen(Math.round(width * scale), picture.naturalHeight, 1);
  pen.drawImage(picture, -Math.round((32 - now) * scale), 0);
  return pen.canvas;
};
const taken = () => {
  const study = bench.shown(), { shift: now } = bench.local, trained = study.models.filter((one) => !one.random);
  const seen = () => Promise.all(study.models.map(async (one) => ({ title: one.title, family: one.family, image: await cropPicture(one, now), caption: one.random ? '' : `${one.labels[now]}, ${(100 * one.probabilities[now]).toFixed(1)}\u00a0%` })));
  const drawn = async (card, chart) => (card.hidden ? [] : [{ title: card.firstChild.textContent, image: await chart.image(), fine: true, row: true }]);
  return {
    view: 'shift', answer: study.answers[now], photo: { name: study.name, src: study.src }, models: study.models, across: 2, credit: `The photo moved ${now} px to the right.`,
    bars: trained.length === study.models.length ? trained.map(({ title, family, probabilities, labels }) => ({ title, family, label: `${labels[0]}, after ${now} px`, share: probabilities[now], text: `${(100 * probabilities[now]).toFixed(1)}\u00a0%` })) : [],
    barScale: { ticks: PERCENT_TICKS, text: 'probability of the first answer' }, onCard: async () => (await seen()).slice(0, 2),
    tiles: async () => [...await seen(), ...await drawn(chanceCard, chances), ...await drawn(layerCard, followed)],
  };
};
const foot = makeExports({ taken, files: [smallButton('CSV', () => saveFile('shift.csv', table(), 'text/csv'))], link: () => bench.link() });
const pictures = h('section', { class: 'card bleed shiftcard' }, crops);
const charts = h('div', { class: 'grid2 charts' }, chanceCard, layerCard);
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
/* The charts come for a shift of 0; every other position is known here. */
const marksAt = (chart, now, answer) => ({ ...chart, answer, layout: { ...chart.layout, shapes: chart.layout.shapes.map((line) => ({ ...line, x0: now, x1: now })) },
  data: chart.data.map((trace) => ({ ...trace, marker: { ...trace.marker, size: trace.x.map((x) => (x === now ? 10 : 0)) } })) });
const errorsAt = (chart, deep, now, answer) => ({ ...chart, answer, data: chart.data.map((trace, index) => ({ ...trace, y: deep[index].errors.map((row) => row[now]) })) });
const paint = (study) => {
  const { shift: now } = bench.local;
  study.answer = study.answers[now];
  shift.set(now, study.live[now]);
  drawCrops(study.models, now);
  chanceCard.hidden = !study.chances;
  if (study.chances) chances.show(marksAt(study.chances, now, study.answers[now]));
  layerCard.hidden = !study.followed;
  if (study.followed) followed.show(errorsAt(study.followed, study.models.filter((one) => one.layers.length), now, study.layer_notes[now]));
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
