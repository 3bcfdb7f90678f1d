/* Parts of the feature-map cards: a channel's histogram, the weights of a first layer, the table of layers. */
const drawHistogram = (chart, { histogram, low, high }) => {
  const top = Math.max(...histogram, 1), step = 240 / histogram.length;
  chart.setAttribute('aria-label', `Histogram of its values from ${figure3(low)} to ${figure3(high)}`);
  chart.replaceChildren(...histogram.map((count, index) => {
    const height = (60 * Math.sqrt(count)) / Math.sqrt(top);
    return svg('rect', { x: index * step + 0.5, y: 62 - height, width: step - 1, height });
  }), svg('path', { d: 'M0 63H240', class: 'base' }));
};
const drawWeights = (canvas, { side, rgb }) => {
  Object.assign(canvas, { width: side, height: side });
  const pen = canvas.getContext('2d'), image = pen.createImageData(side, side);
  rgb.forEach((colour, index) => image.data.set([...colour, 255], 4 * index));
  pen.putImageData(image, 0, 0);
};
const makeTable = (tools) => {
  const body = h('tbody', {}), note = h('p', { class: 'sub', hidden: true });
  const head = ['Layer', 'Map', 'Parameters', 'Multiply-adds', 'Share'];
  const table = h('table', { class: 'in-table' }, h('thead', {}, h('tr', {}, head.map((text) => h('th', { scope: 'col' }, text)))), body);
  const node = h('details', { class: 'more' }, h('summary', {}, 'All layers of this model'), note, h('div', { class: 'in-scroll', role: 'group', tabindex: 0, 'aria-label': 'All layers of this model' }, table));
  let number = 0, shown = null, known = null, rows = [];
  const mark = () => rows.forEach((row) => row.node.classList.toggle('now', row.label === shown.layer));
  const load = async () => {
    const key = `${shown.model} ${tools.heads()[number].random}`;
    if (known === key || !node.open) return;
    known = key;
    note.hidden = false;
    note.textContent = 'Counting';
    const answer = await tools.ask({ table: shown.model });
    if (!answer.table) { known = null; note.textContent = answer.error || 'Choose the photo again.'; return; }
    note.hidden = true;
    tools.runs(answer.runs);
    rows = answer.table.map((row) => {
      const name = row.stop === null ? row.label : h('button', { type: 'button', class: 'linkish', onclick: () => tools.toDepth(number, row.stop) }, row.label);
      return { label: row.label, node: h('tr', {}, h('th', { scope: 'row' }, name), [row.shape, row.parameters, row.multiply_adds, row.share].map((text) => h('td', {}, text))) };
    });
    body.replaceChildren(...rows.map((row) => row.node));
    mark();
  };
  node.addEventListener('toggle', load);
  return { node, set(index, card) { number = index; shown = card; mark(); load(); } };
};
