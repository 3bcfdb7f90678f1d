/* Choose: the sentence, the answer, three cards, the frontier with its limit, and the rules. */
const head = makeHead(() => trigger('stop'));
const listed = (values, none, text) => ({ rows: values.map((value) => [value, value ? text(value) : none]), text });
const offered = {
  task: { rows: props.tasks, text: String }, domain: { rows: props.domains, text: String }, licence: { rows: props.licences, text: String },
  photos: listed(props.counts, 'none labelled by me', (value) => `about ${value.toLocaleString('en')} of each class`),
  milliseconds: listed([...props.times, 0], 'any time', (value) => `${value.toLocaleString('en')}\u00a0ms a photo here`),
  max_mb: listed([0, ...props.sizes], 'weights of any size', (value) => `at most ${value.toLocaleString('en')}\u00a0MB of weights`),
};
const sentence = makeSentence(offered, (patch) => bench.change(patch));
const measure = h('button', { type: 'button', class: 'btn primary', onclick: () => bench.start('measure', { measuring: null }) });
const nearest = smallButton('', () => bench.change({ milliseconds: bench.shown().set }));
const fault = h('p', { class: 'alert', role: 'alert', hidden: true });
const said = h('div', { class: 'choosing-said' });
const link = (one, text) => h('a', { href: `?tab=${one.tab}${one.view ? `&view=${one.view}` : ''}` }, text);
/* The limit as a slider over powers of two in tenths; its right end is no limit. A limit of the sentence keeps its digits. */
const LOWEST = 0, HIGHEST = 12;
const asLimit = (step) => {
  const now = bench?.local.milliseconds || 0;
  if (step >= HIGHEST) return 0;
  return now && Math.abs(Math.log2(now) - step) < 0.05 ? now : Number((2 ** step).toPrecision(2));
};
const asText = (value) => (value ? `${value.toLocaleString('en')}\u00a0ms` : 'any time');
let bench = null;
const limit = makeRange({ label: 'Time limit', help: 'for one photo here', low: LOWEST, high: HIGHEST, step: 0.1, format: (step) => asText(asLimit(step)) }, (step) => bench.change({ milliseconds: asLimit(step) }));
const frontier = makeChart();
let along = null;
const grip = makeGrip({ chart: frontier, title: 'Drag the limit', text: (value) => (value ? `${value.toLocaleString('en')}\u00a0${along === 'max_mb' ? 'MB' : 'ms'}` : 'no limit'), act: (value) => bench.change({ [along]: value }) });
const none = h('p', { class: 'sub' }, 'No published figure compares these, so there is no chart.');
const chartCard = h('section', { class: 'card choosing-frontier' }, h('h3', {}), none, frontier.node, limit.node);
const cards = h('ol', { class: 'choosing-cards' }), near = h('div', { class: 'choosing-missed' });
const cardsCard = h('section', { class: 'card' }, h('h3', {}, 'In this order'), cards, near);
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const body = h('tbody', {});
const rules = h('section', { class: 'card choosing-rules' }, h('h3', {}, 'The lesson\u2019s rules'), h('p', { class: 'sub' }, 'A prior: figures overrule it wherever there are any. Tinted: says something to your sentence.'),
  h('div', { class: 'choosing-scroll', role: 'region', tabindex: 0, 'aria-label': 'The lesson\u2019s rules' }, h('table', {}, h('thead', {}, h('tr', {}, ['When', 'The rule says', 'What holds here'].map((text) => h('th', { scope: 'col' }, text)))), body)));
const production = makeProduction((row) => bench.start('measure', { measuring: row }));
const file = (kind, name, type) => smallButton({ md: 'Markdown', csv: 'CSV' }[kind], async () => { const answer = await bench.file({ file: kind }); if (answer?.text) saveFile(name, answer.text, type); });
const taken = () => {
  const shown = bench.shown();
  if (!shown) return null;
  const drawn = async () => { const image = shown.chart && await frontier.image(); return image ? [{ title: shown.chart.title, image, fine: true }] : []; };
  return { view: 'choose', answer: shown.answer, photo: null, how: 'Chosen', models: shown.cards.map(({ title, family }) => ({ title, family, random: false })), credit: sentence.text(), onCard: drawn, tiles: drawn };
};
const foot = makeExports({ taken, photo: false, files: [file('csv', 'networks.csv', 'text/csv'), file('md', 'recommendation.md', 'text/markdown')], link: () => bench.link() });
const content = h('div', { class: 'choosing-body' }, h('div', { class: 'choosing-top' }, chartCard, cardsCard), why, production.node, rules, h('p', { class: 'sub' }, props.legal));
root.append(head.node, sentence.node, fault, h('div', { class: 'bar choosing-acts' }, measure, nearest), said, content, foot.node);

const card = (one, place) => h('li', {}, h('b', { class: 'choosing-place' }, place === null ? '\u2013' : String(place + 1)), h('div', {},
  h('div', { class: 'fam' }, h('span', { class: one.family }, familyMark(one.family)), h('span', { class: 'n' }, one.title), one.fits ? h('span', { class: `state ${one.fits === 'fits' ? 'ok' : ''}` }, one.fits) : null),
  one.reasons.map((reason) => h('p', { title: `Source: ${reason.source}` }, `${reason.text} `, reason.link ? link(reason, reason.link) : null))));
const fillCards = whenNew((rows) => cards.replaceChildren(...rows.map(card)));
const fillMissed = whenNew((missed, changes) => near.replaceChildren(
  ...(missed.length ? [h('h3', {}, 'Just missed'), ...missed.map((one) => h('p', {}, h('b', {}, one.title), ` ${one.text}`))] : []),
  ...(changes.length ? [h('h3', {}, 'What would change this'), ...changes.map((one) => h('p', {}, `${one.text} `, smallButton('Try it', () => bench.change({ [one.setting]: one.to }))))] : [])));
const fillRules = whenNew((rows) => body.replaceChildren(...rows.map((row) => h('tr', { class: row.applies ? 'applies' : '' }, h('th', { scope: 'row' }, row.when), h('td', {}, row.says), h('td', {}, row.held)))));
const fillSaid = whenNew((rows) => said.replaceChildren(...rows.map((row) => h('p', {}, row))));
const paint = (shown) => {
  const { milliseconds } = bench.local;
  sentence.set(bench.local);
  fillCards(shown.cards);
  fillMissed(shown.missed, shown.changes);
  fillRules(shown.rules);
  production.show(shown.production);
  fillSaid(shown.said);
  measure.textContent = shown.untimed ? shown.button : shown.button.replace('Measure', 'Measure again:');
  measure.classList.toggle('primary', shown.untimed);
  nearest.hidden = !shown.set;
  nearest.textContent = shown.set ? `Set ${shown.set.toLocaleString('en')}\u00a0ms` : '';
  cardsCard.hidden = !shown.cards.length && !shown.missed.length && !shown.changes.length;
  chartCard.firstChild.textContent = shown.chart ? shown.chart.title : 'Accuracy and time';
  none.hidden = Boolean(shown.chart);
  frontier.node.hidden = !shown.chart;
  if (shown.chart) frontier.show(shown.chart);
  ({ along } = shown);
  grip.set(along ? bench.local[along] : null);
  limit.set(milliseconds ? Math.log2(milliseconds) : HIGHEST, shown.chart?.answer);
  fault.hidden = !shown.error;
  fault.textContent = shown.error || '';
  foot.say(shown.timed);
};
const drawn = (value) => {
  measure.disabled = Boolean(value.busy);
  production.busy(Boolean(value.busy));
  if (value.fault) { fault.hidden = false; fault.textContent = value.fault; }
};
bench = makeBench({ paint, drawn, head, view: 'choose', wished: () => {} });
bench.begin();
