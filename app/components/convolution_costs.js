/* "Costs": bars of weights and multiply-adds for three kinds of convolution. */
const head = makeHead(() => {});
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
/* A slider over a list of values. */
const choices = (label, help, name) => {
  const values = props.spec.find((one) => one.name === name).choices;
  const range = makeRange({ label, help, low: 0, high: values.length - 1, step: 1, format: (index) => values[index].toLocaleString('en') }, (index) => bench.change({ [name]: values[index] }));
  return { node: range.node, set: (at) => range.set(values.indexOf(at), null) };
};
const sliders = {
  inputs: choices('Channels in', '', 'inputs'), outputs: choices('Channels out', '', 'outputs'),
  size: choices('Kernel', 'numbers a side', 'size'), side: choices('Map', 'pixels a side', 'side'),
};
const weights = h('div', { class: 'costbars' }), work = h('div', { class: 'costbars' });
const note = h('p', { class: 'sub' });
const table = () => [`# ${JSON.stringify(bench.local)}`, 'kind,weights,multiply_adds', ...bench.shown().rows.map((row) => `${row.title},${row.weights},${row.work}`)].join('\n');
const barsOf = (at, what) => (width) => {
  const { rows } = bench.shown(), most = Math.max(1, ...rows.map((row) => row[at])), longest = rows.find((row) => row[at] === most);
  return barsBlock(rows.map((row) => ({ title: row.title, text: row[`${at}_text`], share: row[at] / most, colour: row === rows[0] ? 'class-rest' : 'accent' })), width, { size: 17, scale: { ticks: [[0, '0'], [1, longest?.[`${at}_text`] || '1']], text: what } });
};
const taken = () => {
  const { local } = bench, { answer, sentence } = bench.shown(), set = `${local.inputs} channels in, ${local.outputs} out, kernel ${local.size} x ${local.size}, map ${local.side} x ${local.side}.`;
  const tiles = () => [{ title: 'Weights', block: barsOf('weights', 'weights') }, { title: 'Multiply-adds for one photo', block: barsOf('work', 'multiply-adds') }];
  return { view: 'costs', how: 'Counted', answer, photo: null, models: [], across: 2, credit: `${set} ${sentence}`, tiles, onCard: tiles };
};
const foot = makeExports({ taken, photo: false, files: [smallButton('CSV', () => saveFile('costs.csv', table(), 'text/csv'))], link: () => bench.link() });
foot.say('Counted by formula; no network ran.');
root.append(head.node, h('div', { class: 'costs' },
  h('section', { class: 'card' }, h('h3', {}, 'Weights'), weights, h('h3', {}, 'Multiply-adds for one photo'), work, note),
  h('section', { class: 'card controls' }, Object.values(sliders).map((slider) => slider.node))), why, foot.node);

const bars = (node, rows, at, detail) => {
  const most = Math.max(1, ...rows.map((row) => row[at]));
  node.replaceChildren(...rows.map((row, index) => h('div', { class: 'costbar' }, h('span', {}, row.title), h('div', { class: 'costtrack' }, h('i', { class: index ? '' : 'standard', style: `width:${(100 * row[at]) / most}%` })), h('b', {}, row[`${at}_text`]), detail ? h('small', {}, row.formula) : null)));
};
const paint = ({ rows, sentence }) => {
  Object.entries(sliders).forEach(([name, slider]) => slider.set(bench.local[name]));
  bars(weights, rows, 'weights', true);
  bars(work, rows, 'work', false);
  note.textContent = sentence;
};
const bench = makeBench({ paint, head, view: 'costs' });
bench.begin();
