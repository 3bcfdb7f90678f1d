/* Claims: one row each, under its topic; those that a lab measures have a button, and the sentence of their figures. */
const head = makeHead(() => trigger('stop'));
const list = h('div', { class: 'claim-topics' }), fault = h('p', { class: 'alert', role: 'alert', hidden: true });
const WORDS = { measured: 'can be measured', corrected: 'corrected', 'not here': 'not here' };
const HOLDS = { true: 'holds as worded', false: 'does not hold as worded', null: 'too close to call' };
let buttons = [];
const measure = (id) => { asked = id; bench.start('measure', { measuring: id }); };
let asked = null;
const claim = (one) => {
  const button = one.state === 'measured' ? smallButton(one.found ? 'Measure again' : one.button, () => measure(one.id)) : null;
  if (button) { button.setAttribute('aria-label', `${button.textContent}: ${one.text}`); buttons.push(button); }
  return h('article', { class: 'claim-row', id: `claim-${one.id}` },
    h('p', { class: 'claim-text' }, `\u201c${one.text}\u201d`),
    h('span', { class: `state claim-state ${one.found ? String(one.agrees) : one.state.replace(' ', '-')}` }, one.found ? HOLDS[one.agrees] : WORDS[one.state]),
    one.found ? h('p', { class: 'claim-found' }, one.found, h('small', {}, ` At ${one.when}, ${bench.shown().machine}.`)) : null,
    h('p', {}, one.sentence), one.needs ? h('p', { class: 'sub' }, `To measure it: ${one.needs}.`) : null,
    h('p', { class: 'sub claim-foot' }, button, h('span', {}, `Source: ${one.source}. `, h('a', { href: `?tab=${one.tab}${one.view ? `&view=${one.view}` : ''}` }, 'See it in its lab'))));
};
const fillClaims = whenNew((rows) => {
  buttons = [];
  list.replaceChildren(...props.topics.map((topic) => h('section', { class: 'card' }, h('h3', {}, topic), rows.filter((one) => one.topic === topic).map(claim))));
  if (asked) { document.querySelector(`#claim-${asked} button`)?.focus({ preventScroll: true }); asked = null; }
});
const table = () => ['id,state,holds,claim,sentence,source', ...bench.shown().claims.map((one) => [one.id, one.state, one.found ? HOLDS[one.agrees] : '', one.text, one.found || one.sentence, one.source].map((text) => `"${text.replaceAll('"', '""')}"`).join(','))].join('\n');
const foot = makeExports({ taken: () => null, card: false, photo: false, files: [smallButton('CSV', () => saveFile('claims.csv', table(), 'text/csv'))], link: () => bench.link() });
foot.node.querySelectorAll('button')[0].remove(); // a list is no picture
root.append(head.node, fault, list, foot.node);
const paint = (shown) => {
  fillClaims(shown.claims);
  foot.say('What is measured runs the lab\u2019s own function on starter photos, never on yours.');
};
const drawn = (value) => {
  buttons.forEach((button) => {
    const busy = Boolean(value.busy), own = button.closest('article').id === `claim-${asked}`;
    button.disabled = busy;
    button.dataset.text ||= button.textContent;
    button.textContent = busy && own ? 'Measuring' : button.dataset.text; // the list is long: its progress stands far above
  });
  fault.hidden = !value.fault;
  fault.textContent = value.fault || '';
};
const bench = makeBench({ paint, drawn, head, view: 'claims', wished: () => {} });
bench.begin();
if (location.hash.startsWith('#claim-')) setTimeout(() => document.getElementById(location.hash.slice(1))?.scrollIntoView(), 300);
