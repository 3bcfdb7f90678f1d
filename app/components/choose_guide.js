/* Choose: the sentence, the answer, and the table of rules. */
const head = makeHead(() => trigger('stop'));
const listed = (values, none, text) => ({ rows: values.map((value) => [value, value ? text(value) : none]), text });
const offered = {
  task: { rows: props.tasks, text: String }, domain: { rows: props.domains, text: String }, licence: { rows: props.licences, text: String },
  photos: listed(props.counts, 'no photos of my own', (value) => `about ${value.toLocaleString('en')} of each class`),
  milliseconds: listed([...props.times, 0], 'any time', (value) => `${value.toLocaleString('en')}\u00a0ms a photo here`),
  max_mb: listed([0, ...props.sizes], 'any size', (value) => `at most ${value.toLocaleString('en')}\u00a0MB of weights`),
};
const sentence = makeSentence(offered, (patch) => bench.change(patch));
const body = h('tbody', {});
const rules = h('section', { class: 'card choosing-rules' }, h('h3', {}, 'The lesson\u2019s rules'), h('p', { class: 'sub' }, 'A prior: figures overrule it wherever there are any. Tinted: says something to your sentence.'),
  h('div', { class: 'choosing-scroll', role: 'region', tabindex: 0, 'aria-label': 'The lesson\u2019s rules' }, h('table', {}, h('thead', {}, h('tr', {}, ['When', 'The rule says', 'What holds here'].map((text) => h('th', { scope: 'col' }, text)))), body)));
root.append(head.node, sentence.node, rules);
const fillRules = whenNew((rows) => body.replaceChildren(...rows.map((row) => h('tr', { class: row.applies ? 'applies' : '' }, h('th', { scope: 'row' }, row.when), h('td', {}, row.says), h('td', {}, row.held)))));
const paint = (shown) => {
  sentence.set(bench.local);
  fillRules(shown.rules);
};
const bench = makeBench({ paint, head, view: 'choose' });
bench.begin();
