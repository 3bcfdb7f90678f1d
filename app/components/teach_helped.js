/* Does it help here? Trainings with and without changed copies, begun by a button only: they take a minute or more. */
let place = 0, way = props.ways[0][0], begun = null;
const said = h('p', { class: 'after-answer', 'aria-live': 'polite' }), networks = h('div', {});
const ways = makeChoice('Changed by', props.ways, (name) => { way = name; ways.set(way); });
let models = null, shown = null;
const table = smallButton('CSV', () => saveFile('augmentation-helps.csv', ['seed,right_without,right_with', ...shown.seeds.map((row, seed) => [seed + 1, ...row].join(','))].join('\n'), 'text/csv'));
table.hidden = true;
const measure = h('button', { type: 'button', class: 'btn primary', onclick: () => { begun = { place, name: way }; said.textContent = ''; after.ask(); } }, 'Measure');
const after = makeAfter({
  nodes: [networks, h('div', { class: 'augment-bar' }, ways.node, measure), said, h('p', { class: 'sub' }, props.how), h('div', { class: 'foot' }, h('span', { class: 'end' }, table))],
  begins: 'Preparing the trainings',
  about: () => begun,
  fresh(taught) {
    [place, begun] = [0, null];
    said.textContent = '';
    table.hidden = true;
    models = makeChoice('Network', taught.models.map(({ title }, number) => [number, title]), (number) => { place = number; models.set(place); });
    models.set(place);
    networks.replaceChildren(models.node);
    networks.hidden = taught.models.length < 2;
  },
  paint(sheet) { shown = sheet; said.textContent = sheet.answer; table.hidden = false; },
});
ways.set(way);
after.begin();
