/* "Costs": bars of weights and multiply-adds for three kinds of convolution. */
const head = makeHead(() => {});
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
let value = props.value; // only this script changes it
const change = (shape) => { value = { ...value, shape: { ...value.shape, ...shape } }; ask({ shape: value.shape }); };
/* A slider over a list of values. */
const choices = (label, help, name) => {
  const values = props.choices[name];
  const range = makeRange({ label, help, low: 0, high: values.length - 1, step: 1, format: (index) => values[index].toLocaleString('en') }, (index) => change({ [name]: values[index] }));
  return { node: range.node, set: (at) => range.set(values.indexOf(at), null) };
};
const sliders = {
  inputs: choices('Channels in', '', 'inputs'), outputs: choices('Channels out', '', 'outputs'),
  size: choices('Kernel', 'numbers a side', 'size'), side: choices('Map', 'pixels a side', 'side'),
};
const weights = h('div', { class: 'costbars' }), work = h('div', { class: 'costbars' });
const note = h('p', { class: 'sub' });
const link = h('button', { type: 'button', class: 'btn sm' }, 'Copy link');
const table = h('button', { type: 'button', class: 'btn sm' }, 'Save CSV');
root.append(head.node, h('div', { class: 'costs' },
  h('section', { class: 'card' }, h('h3', {}, 'Weights'), weights, h('h3', {}, 'Multiply-adds for one photo'), work, note),
  h('section', { class: 'card controls' }, Object.values(sliders).map((slider) => slider.node))), why,
h('div', { class: 'foot' }, h('span', { class: 'ran' }, 'Counted by formula; no network ran.'), h('span', { class: 'end' }, table, link)));

const ask = makeAsk((question) => server.price(question), (answer, more) => {
  if (!answer.error) value = { ...value, ...answer, shape: more ? value.shape : answer.shape };
  else if (!more) value = { ...value, shape: value.made_for }; // refused ones are not kept
  draw();
});
const bars = (node, rows, at, detail) => {
  const most = Math.max(1, ...rows.map((row) => row[at]));
  node.replaceChildren(...rows.map((row, index) => h('div', { class: 'costbar' }, h('span', {}, row.title), h('div', { class: 'costtrack' }, h('i', { class: index ? '' : 'standard', style: `width:${(100 * row[at]) / most}%` })), h('b', {}, row[`${at}_text`]), detail ? h('small', {}, row.formula) : null)));
};
const draw = () => {
  head.set({ question: value.question, answer: value.answer });
  Object.entries(sliders).forEach(([name, slider]) => slider.set(value.shape[name]));
  bars(weights, value.rows, 'weights', true);
  bars(work, value.rows, 'work', false);
  note.textContent = value.sentence;
};
link.addEventListener('click', () => copyText(linkTo({ tab: 'convolution', view: 'costs', ...value.shape }), link));
table.addEventListener('click', () => saveText('costs.csv', [`# ${JSON.stringify(value.shape)}`, 'kind,weights,multiply_adds', ...value.rows.map((row) => `${row.title},${row.weights},${row.work}`)].join('\n')));
draw();
let wanted = address.get('view') === 'costs' ? Object.fromEntries(Object.keys(sliders).filter((name) => address.has(name)).map((name) => [name, Number(address.get(name))])) : {};
makePane('costs', () => { if (Object.keys(wanted).length) change(wanted); wanted = {}; });
