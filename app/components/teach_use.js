/* Use it: what the new heads call the rail's photo; every class stands there, since there is no other answer. */
const said = h('p', { class: 'after-answer', 'aria-live': 'polite' }), must = h('p', { class: 'sub' }), cards = h('div', { class: 'used' });
const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;
const bar = (family) => ([name, share]) => h('div', { class: 'row', role: 'listitem' }, h('span', { class: 'l', title: name }, name),
  h('div', { class: 'track' }, h('div', { class: `fill ${family}`, style: `width:${100 * share}%` })), h('span', { class: 'v' }, percent(share)));
let shown = null;
const csv = () => ['network,class,probability', ...shown.rows.flatMap(({ title, says }) => says.map(([name, share]) => `"${title}","${name.replaceAll('"', '""')}",${share}`))].join('\n');
const taken = () => shown && { view: 'use', question: props.title, answer: shown.answer, photo: { name: shown.photo }, models: shown.rows, across: 2,
  tiles: async () => shown.rows.map(({ title, family, says }) => ({ title, family, block: (width) => barsBlock(says.map(([name, share]) => ({ title: name, share, text: percent(share), colour: family })), width, { size: 16, scale: { ticks: PERCENT_TICKS, text: 'probability' } }) })) };
const foot = makeExports({ taken, card: false, files: [smallButton('CSV', () => shown && saveFile('used.csv', csv(), 'text/csv'))] });
const after = makeAfter({
  nodes: [said, cards, must, foot.node],
  begins: 'The new heads look at your photo',
  fresh() { shown = null; said.textContent = must.textContent = ''; cards.replaceChildren(); },
  paint(sheet) {
    shown = sheet;
    said.textContent = sheet.answer;
    must.textContent = sheet.must;
    cards.replaceChildren(...sheet.rows.map(({ title, family, says }) => h('figure', {}, h('figcaption', { class: `fam ${family}` }, familyMark(family), h('b', {}, title)),
      h('div', { class: 'rows', role: 'list' }, says.map(bar(family))))));
  },
});
withPhoto(props.tab, () => after.ask());
after.begin();
