/* Use it: what the new heads call the rail's photo; every class stands there, since there is no other answer. */
const said = h('p', { class: 'after-answer', 'aria-live': 'polite' }), must = h('p', { class: 'sub' }), cards = h('div', { class: 'used' });
const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;
const bar = (family) => ([name, share]) => h('div', { class: 'row', role: 'listitem' }, h('span', { class: 'l', title: name }, name),
  h('div', { class: 'track' }, h('div', { class: `fill ${family}`, style: `width:${100 * share}%` })), h('span', { class: 'v' }, percent(share)));
const after = makeAfter({
  nodes: [said, cards, must],
  begins: 'The new heads look at your photo',
  fresh() { said.textContent = must.textContent = ''; cards.replaceChildren(); },
  paint(sheet) {
    said.textContent = sheet.answer;
    must.textContent = sheet.must;
    cards.replaceChildren(...sheet.rows.map(({ title, family, says }) => h('figure', {}, h('figcaption', { class: `fam ${family}` }, familyMark(family), h('b', {}, title)),
      h('div', { class: 'rows', role: 'list' }, says.map(bar(family))))));
  },
});
withPhoto(props.tab, () => after.ask());
after.begin();
