/* "Costs and order": bars of a bottleneck beside two plain 3 x 3 convolutions, and a block in either order. */
const head = makeHead(() => trigger('stop'));
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
/* A slider over a list of values. */
const listed = (label, help, name) => {
  const values = props.spec.find((one) => one.name === name).choices;
  const range = makeRange({ label, help, low: 0, high: values.length - 1, step: 1, format: (index) => values[index].toLocaleString('en') }, (index) => bench.change({ [name]: values[index] }, { bars: true }));
  return { node: range.node, set: (at) => range.set(values.indexOf(at), null) };
};
const sliders = { width: listed('Channels', 'in and out', 'width'), narrowed: listed('Narrowing', 'times fewer in the middle', 'narrowed'), side: listed('Map', 'pixels a side', 'side') };
const skip = makeChoice('Skip', [[false, 'Identity'], [true, 'Projection']], (value) => bench.change({ projection: value }, { bars: true }));
const weights = h('div', { class: 'costbars' }), work = h('div', { class: 'costbars' }), corrected = h('p', { class: 'sub' }), projection = h('p', { class: 'sub' });
const order = makeOrder(() => bench.anew({}), head.busy);
const bars = (node, rows, at, detail) => {
  const most = Math.max(1, ...rows.map((row) => row[at]));
  node.replaceChildren(...rows.map((row, index) => h('div', { class: 'costbar' }, h('span', {}, row.title), h('div', { class: 'costtrack' }, h('i', { class: index ? 'standard' : '', style: `width:${(100 * row[at]) / most}%` })), h('b', {}, row[`${at}_text`]), detail ? h('small', {}, row.formula) : null)));
};
const known = () => bench.shown().bars;
const barsOf = (at, what) => (width) => {
  const { rows } = known(), most = Math.max(...rows.map((row) => row[at])), longest = rows.find((row) => row[at] === most);
  return barsBlock(rows.map((row, index) => ({ title: row.title, text: row[`${at}_text`], share: row[at] / most, colour: index ? 'class-rest' : 'accent' })), width, { size: 17, scale: { ticks: [[0, '0'], [1, longest[`${at}_text`]]], text: what } });
};
const table = () => [`# ${JSON.stringify(bench.local)}`, 'kind,weights,multiply_adds', ...known().rows.map((row) => `"${row.title}",${row.weights},${row.work}`)].join('\n');
const taken = () => {
  const { answer } = bench.shown(), { width, narrowed, side, projection: projected } = bench.local;
  const tiles = () => [{ title: 'Weights', block: barsOf('weights', 'weights') }, { title: 'Multiply-adds for one photo', block: barsOf('work', 'multiply-adds') }];
  return { view: 'costs', how: 'Counted', answer, photo: null, models: [], across: 2, credit: `${width} channels, ${narrowed} times fewer in the middle, map ${side} x ${side}, skip: ${projected ? 'projection' : 'identity'}. ${known().corrected}`, tiles, onCard: tiles };
};
const foot = makeExports({ taken, photo: false, files: [smallButton('CSV', () => saveFile('bottleneck.csv', table(), 'text/csv'))], link: () => bench.link() });
foot.say('Costs are counted by formula; no network ran.');
root.append(head.node, h('div', { class: 'costs' },
  h('section', { class: 'card' }, h('h3', {}, 'Weights'), weights, h('h3', {}, 'Multiply-adds for one photo'), work),
  h('section', { class: 'card controls' }, Object.values(sliders).map((slider) => slider.node), named('Skip', 'as in most blocks, or where the map changes', skip.node))), h('section', { class: 'card' }, h('h3', {}, 'Is it 4 times?'), corrected, projection), why, order.node, foot.node);

const paint = (shown) => {
  const { rows, corrected: told, projection: added } = shown.bars;
  Object.entries(sliders).forEach(([name, slider]) => slider.set(bench.local[name]));
  skip.set(bench.local.projection);
  bars(weights, rows, 'weights', true);
  bars(work, rows, 'work', false);
  corrected.textContent = told;
  projection.textContent = added;
  if (shown.orders) order.show(shown.orders, bench.local);
};
/* The stored race comes when the view is first looked at. */
const wished = () => { if (bench.shown() && !bench.shown().orders) bench.look(); };
const bench = makeBench({ paint, drawn: order.busy, head, view: 'order', wished });
bench.begin();
