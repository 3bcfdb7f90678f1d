/* "Loss surface": two surfaces on one scale, turned together; one of them can be computed here. */
const head = makeHead(() => trigger('stop'));
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const AWAY = 2, ABOVE = 0.9; // as surface_charts.py has it
const eyeAt = (degrees) => ({ x: AWAY * Math.cos((degrees * Math.PI) / 180), y: AWAY * Math.sin((degrees * Math.PI) / 180), z: ABOVE });
const surfaces = makeChart(), fault = h('p', { class: 'alert', role: 'alert', hidden: true });
const turn = makeRange({ label: 'Turn', help: coarse.matches ? 'around the upright axis' : 'or drag a surface', low: -180, high: 180, step: 5, format: (value) => `${value}\u00b0` }, (value) => { bench.set({ turn: value }); surfaces.turn(eyeAt(value)); });
surfaces.onTurn(({ x, y }) => {
  const degrees = 5 * Math.round((Math.atan2(y, x) * 36) / Math.PI);
  bench.set({ turn: degrees });
  turn.set(degrees, null);
});
const net = makeChoice('Which surface', [['with', 'With skips'], ['without', 'Without']], (value) => { bench.set({ net: value }); net.set(value); });
const draws = h('select', { 'aria-label': 'Pair of directions', onchange: () => bench.set({ draw: Number(draws.value) }) }, [...Array(10).keys()].map((value) => h('option', { value }, `Pair ${value}`)));
const start = h('button', { type: 'button', class: 'btn primary', onclick: () => bench.anew({}) }, `Compute here, ${props.side} \u00d7 ${props.side}`);
const hollows = h('p', { class: 'sub' }), where = h('p', { class: 'sub' });
const sheet = () => bench.shown().sheet;
const table = () => {
  const { columns, rows } = chartTable(sheet().chart);
  return [columns, ...rows].map((row) => row.map((one) => (one.includes(',') ? `"${one}"` : one)).join(',')).join('\n');
};
const taken = () => {
  const { answer, sheet: known } = bench.shown() || {};
  if (!known) return null;
  const tiles = async () => [{ image: await surfaces.image(), fine: true }];
  return { view: 'surface', how: 'Drawn', answer, photo: null, models: [], credit: `${sheet().where.join(' ')} ${sheet().hollows}`, tiles, onCard: tiles };
};
const foot = makeExports({ taken, photo: false, files: [smallButton('CSV', () => saveFile('loss-surfaces.csv', table(), 'text/csv'))], link: () => bench.link() });
const picture = h('section', { class: 'card picture' }, surfaces.node, hollows);
const controls = h('section', { class: 'card controls' }, turn.node, named('Compute anew', 'trained and measured here', net.node), h('label', { class: 'named-control' }, h('span', { class: 'name' }, 'Directions ', h('small', {}, 'random, around the same weights')), draws), start, head.busy, fault);
root.append(head.node, h('div', { class: 'surface-body' }, picture, controls), why, where, foot.node);

const paint = (shown) => {
  turn.set(bench.local.turn, null);
  net.set(bench.local.net);
  draws.value = bench.local.draw;
  if (!shown.sheet) return;
  const told = shown.sheet;
  surfaces.show(told.chart);
  hollows.textContent = told.hollows;
  where.textContent = told.where.join(' ');
};
const drawn = (value) => {
  const busy = Boolean(value.busy);
  start.disabled = busy;
  picture.classList.toggle('stale', busy);
  fault.hidden = !value.fault;
  fault.textContent = value.fault || '';
  foot.offer(Boolean(value.key));
  foot.say('Turning runs no network.');
};
/* The stored surfaces come when they are first looked at. */
const wished = () => { if (bench.shown() && !bench.shown().sheet) bench.look(); };
const bench = makeBench({ paint, drawn, head, view: 'surface', wished });
bench.begin();
