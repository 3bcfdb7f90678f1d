/* Four views, one at a time: growth with the photo's side, with the batch, accuracy against time, slowest layers. */
const VIEWS = [['side', 'Resolution'], ['batch', 'Batch'], ['accuracy', 'Accuracy'], ['layers', 'Layers']];
const TITLES = { side: 'How does the time grow with the photo?', batch: 'Do several photos at once pay?', accuracy: 'What does accuracy cost here?', layers: 'Which layers are slow?' };
const STARTS = { side: 'Measure the sizes', batch: 'Measure the batches', layers: 'Time the layers' };
const makeViews = (whys, onMeasure, onOpen) => {
  const charts = { side: makeChart(), batch: makeChart(), accuracy: makeChart() };
  const slow = h('div', { class: 'slow-layers grid2' }), layers = [];
  const title = h('h3', {}), text = h('p', { class: 'live', 'aria-live': 'polite' }), note = h('p', { class: 'sub' }), why = h('p', { class: 'sub' });
  const start = h('button', { type: 'button', class: 'btn start-view', onclick: () => onMeasure(now) });
  const stage = h('div', { class: 'view-stage' });
  const buttons = VIEWS.map(([id, name]) => h('button', { type: 'button', 'data-view': id, onclick: () => { now = id; paintView(); onOpen(id); } }, name));
  const card = h('section', { class: 'card views' }, h('div', { class: 'bar' }, h('div', { class: 'seg', role: 'group', 'aria-label': 'View' }, buttons), h('span', { class: 'end' }, start)), title, text, stage, note, why);
  const node = h('details', { class: 'more open-wide views-box' }, h('summary', {}, 'Resolution, batch, accuracy, layers'), card);
  node.open = window.innerWidth >= 640;
  let now = 'side', known = {}, busy = false;
  const drawLayers = ({ models }) => {
    while (layers.length < models.length) layers.push({ head: h('div', { class: 'fam' }), chart: makeChart() });
    models.forEach(({ title: name, family, chart }, place) => {
      layers[place].head.replaceChildren(familyMark(family), h('span', { class: 'n' }, name));
      layers[place].chart.show(chart);
    });
    if (slow.childElementCount !== models.length) slow.replaceChildren(...layers.slice(0, models.length).map(({ head, chart }) => h('div', {}, head, chart.node)));
  };
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
    if (!view || (now === 'accuracy' && !view.chart)) { stage.replaceChildren(); return; }
    if (now === 'layers') { drawLayers(view); stage.replaceChildren(slow); return; }
    if (stage.firstChild !== charts[now].node) stage.replaceChildren(charts[now].node);
    charts[now].show(view.chart);
  };
  return {
    node,
    show(views, running) { known = views || {}; busy = running; paintView(); },
    choose(id) { if (VIEWS.some(([one]) => one === id)) { now = id; node.open = true; } paintView(); },
    at: () => now,
  };
};
