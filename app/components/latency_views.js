/* Four views, one at a time: growth with the photo's side, with the batch, accuracy against time, slowest layers. */
const VIEWS = [['side', 'Resolution'], ['batch', 'Batch'], ['accuracy', 'Accuracy'], ['layers', 'Layers']];
const TITLES = { side: 'How does the time grow with the photo?', batch: 'Do several photos at once pay?', accuracy: 'What does accuracy cost here?', layers: 'Which layers are slow?' };
const STARTS = { side: 'Measure the sizes', batch: 'Measure the batches', layers: 'Time the layers' };
const makeViews = (whys, onMeasure) => {
  const lines = { side: makeLines({ unit: 'ms', marked: 'side of the photo, px', xUnit: '\u00a0px' }), batch: makeLines({ unit: 'photos a second', marked: 'photos per run; a large dot marks the knee', xUnit: '' }) };
  const scatter = makeScatter(), slow = h('div', { class: 'slow-layers grid2' });
  const title = h('h3', {}), text = h('p', { class: 'live', 'aria-live': 'polite' }), note = h('p', { class: 'sub' }), why = h('p', { class: 'sub' });
  const start = h('button', { type: 'button', class: 'btn start-view', onclick: () => onMeasure(now) });
  const stage = h('div', { class: 'view-stage' });
  const buttons = VIEWS.map(([id, name]) => h('button', { type: 'button', 'data-view': id, onclick: () => { now = id; paintView(); } }, name));
  const card = h('section', { class: 'card views' }, h('div', { class: 'bar' }, h('div', { class: 'seg', role: 'group', 'aria-label': 'View' }, buttons), h('span', { class: 'end' }, start)), title, text, stage, note, why);
  const node = h('details', { class: 'more open-wide views-box' }, h('summary', {}, 'Resolution, batch, accuracy, layers'), card);
  node.open = window.innerWidth >= 640;
  let now = 'side', known = {}, busy = false;
  const drawLayers = ({ models }) => slow.replaceChildren(...models.map((model) => {
    const most = Math.max(...models.flatMap((one) => one.rows.map((row) => row.ms)), 0.0001);
    return h('div', {}, h('div', { class: 'fam' }, familyMark(model.family), h('span', { class: 'n' }, model.title)),
      model.rows.map((row) => h('div', { class: 'slow-row' }, h('span', { class: 'l', title: `${row.name} (${row.kind})` }, row.name, h('small', {}, ` ${row.kind}`)),
        h('div', { class: 'slow-track' }, h('i', { class: `net ${model.family}`, style: `width:${(100 * row.ms) / most}%` })), h('b', {}, row.text), h('span', { class: 'sub' }, row.share))));
  }));
  const paintView = () => {
    buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.view === now)));
    const view = known[now];
    title.textContent = TITLES[now];
    start.hidden = !STARTS[now];
    start.textContent = view && !view.now ? 'Measure again' : STARTS[now] || '';
    start.disabled = busy;
    text.hidden = !view?.text;
    text.textContent = view?.text || '';
    note.textContent = view?.note || '';
    note.hidden = !view?.note;
    why.textContent = whys[now];
    if (!view) { stage.replaceChildren(); return; }
    if (now === 'layers') { drawLayers(view); stage.replaceChildren(slow); return; }
    const chart = now === 'accuracy' ? scatter : lines[now];
    if (stage.firstChild !== chart.node) stage.replaceChildren(chart.node);
    chart.show(view);
  };
  return {
    node,
    show(views, running) { known = views || {}; busy = running; paintView(); },
    choose(id) { if (VIEWS.some(([one]) => one === id)) { now = id; node.open = true; } paintView(); },
    at: () => now,
  };
};
