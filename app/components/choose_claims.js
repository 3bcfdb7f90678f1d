/* Claims: one row each, under its topic. */
const head = makeHead(() => trigger('stop'));
const list = h('div', { class: 'claim-topics' });
root.append(head.node, list);
const WORDS = { measured: 'measured here', corrected: 'corrected', 'not here': 'not here' };
const claim = (one) => h('article', { class: 'claim-row', id: `claim-${one.id}` },
  h('p', { class: 'claim-text' }, `\u201c${one.text}\u201d`), h('span', { class: `state claim-state ${one.state.replace(' ', '-')}` }, WORDS[one.state]),
  h('p', { class: 'claim-said' }, one.sentence), one.needs ? h('p', { class: 'sub' }, `To measure it: ${one.needs}.`) : null,
  h('p', { class: 'sub' }, `Source: ${one.source}. `, h('a', { href: `?tab=${one.tab}${one.view ? `&view=${one.view}` : ''}` }, 'See it in its lab')));
const fillClaims = whenNew((rows) => list.replaceChildren(...props.topics.filter((topic) => rows.some((one) => one.topic === topic))
  .map((topic) => h('section', { class: 'card' }, h('h3', {}, topic), rows.filter((one) => one.topic === topic).map(claim)))));
const paint = (shown) => fillClaims(shown.claims);
const bench = makeBench({ paint, head, view: 'claims' });
bench.begin();
