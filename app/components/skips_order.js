/* A block drawn in either order, as a column of parts with the skip beside them; time goes down. */
const PARTS = { post: ['convolution', 'norm', 'ReLU', 'convolution', 'norm', '+', 'ReLU'], pre: ['norm', 'ReLU', 'convolution', 'norm', 'ReLU', 'convolution', '+'] };
const BOX = [104, 26], STEP = 36, WAY = 24;
const blockDrawing = (order, title) => {
  const parts = PARTS[order], width = 160, height = 2 * WAY + parts.length * STEP, middle = 56, skip = 154;
  const at = (place) => WAY + 8 + place * STEP, sum = at(parts.indexOf('+')) + BOX[1] / 2;
  const line = (...points) => svg('polyline', { class: 'way', points: points.map((one) => one.join(',')).join(' ') });
  const boxes = parts.map((part, place) => {
    const y = at(place);
    if (part === '+') return [svg('circle', { class: 'sum-mark', cx: middle, cy: y + BOX[1] / 2, r: 13 }), svg('text', { class: 'sum-text', x: middle, y: y + BOX[1] / 2 + 6 }, '+')];
    return [svg('rect', { class: `part ${part}`, x: middle - BOX[0] / 2, y, width: BOX[0], height: BOX[1], rx: 5 }), svg('text', { x: middle, y: y + 18 }, part)];
  });
  const label = `${title}: ${parts.join(', ').replace('+', 'the sum with what came in')}.`;
  return svg('svg', { class: 'block-drawing', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label },
    line([middle, 2], [middle, height - 2]), line([middle, 14], [skip, 14], [skip, sum], [middle + 15, sum]), boxes, svg('text', { x: skip - 6, y: (14 + sum) / 2, class: 'skip-text' }, 'skip'));
};
/* The card on the order: both drawings, the training, and which model has which. */
const makeOrder = (train, busy) => {
  const { title, why, corrected, starts } = props.order;
  const depth = makeChoice('Layers', [[8, '8'], [20, '20'], [56, '56']], (value) => { bench.set({ depth: value }); depth.set(value); });
  const start = h('button', { type: 'button', class: 'btn primary', onclick: train }, `Train both orders, ${starts} starts each`);
  const said = h('p', { class: 'order-said', role: 'status' }), where = h('p', { class: 'sub' }), loss = makeChart(), body = h('tbody', {});
  const figures = ['post', 'pre'].map((order) => {
    const name = order === 'post' ? 'Post-activation' : 'Pre-activation';
    return h('figure', {}, h('figcaption', {}, name), blockDrawing(order, name));
  });
  const fault = h('p', { class: 'alert', role: 'alert', hidden: true });
  const curves = h('div', { class: 'order-curves' }, h('div', { class: 'order-start' }, named('Layers', 'of each net', depth.node), start), h('div', { class: 'order-now' }, busy), fault, said, loss.node, where);
  const table = h('div', { class: 'order-table', role: 'region', tabindex: 0, 'aria-label': 'Which models have which order' }, h('table', {},
    h('thead', {}, h('tr', {}, ['Order', 'Read from the model', 'Models'].map((text) => h('th', { scope: 'col' }, text)))), body));
  const node = h('section', { class: 'card order' }, h('h3', {}, title), h('div', { class: 'order-top' }, h('div', { class: 'order-blocks' }, figures), curves),
    h('div', { class: 'why' }, h('p', {}, why)), h('h3', {}, 'Which model has which?'), table, h('p', {}, corrected));
  const fillTable = whenNew((rows) => body.replaceChildren(...rows.map((row) => h('tr', {}, h('th', { scope: 'row' }, row.name), h('td', {}, row.about), h('td', {}, row.models.join(', '))))));
  return {
    node, drawings: () => figures.map((one) => ({ title: one.firstChild.textContent, drawing: one.lastChild })), loss,
    show(told, local) {
      depth.set(local.depth);
      fillTable(told.table);
      said.textContent = told.said;
      where.textContent = told.where;
      loss.node.hidden = !told.chart;
      if (told.chart) loss.show(told.chart);
    },
    busy(value) {
      start.disabled = Boolean(value.busy);
      for (const one of [said, loss.node, where]) one.classList.toggle('stale', Boolean(value.busy));
      fault.hidden = !value.fault;
      fault.textContent = value.fault || '';
    },
  };
};
