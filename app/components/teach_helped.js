/* Does it help here? Trainings with and without changed copies, begun by a button only: they take a minute or more. */
let place = 0, way = props.ways[0][0], begun = null;
const said = h('p', { class: 'after-answer', 'aria-live': 'polite' }), networks = h('div', {});
const ways = makeChoice('Changed by', props.ways, (name) => { way = name; ways.set(way); });
let models = null;
const measure = h('button', { type: 'button', class: 'btn primary', onclick: () => { begun = { place, name: way }; said.textContent = ''; after.ask(); } }, 'Measure');
const after = makeAfter({
  nodes: [networks, h('div', { class: 'augment-bar' }, ways.node, measure), said, h('p', { class: 'sub' }, props.how)],
  begins: 'Preparing the trainings',
  about: () => begun,
  fresh(taught) {
    [place, begun] = [0, null];
    said.textContent = '';
    models = makeChoice('Network', taught.models.map(({ title }, number) => [number, title]), (number) => { place = number; models.set(place); });
    models.set(place);
    networks.replaceChildren(models.node);
    networks.hidden = taught.models.length < 2;
  },
  paint({ answer }) { said.textContent = answer; },
});
ways.set(way);
after.begin();
