/* The Convolution tab's first view: draws the server's reply, asks it again at each change. */
const head = makeHead(() => {});
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const flagged = (on) => (on ? 1 : null);
const link = () => {
  const { kernel, own, model, filter, colour, transposed, flip, groups } = bench.local, learned = kernel === 'learned';
  return bench.link({
    own: kernel === 'own' ? own.map((row) => row.join(',')).join(';') : null, model: learned ? model : null, filter: learned ? filter : null,
    colour: flagged(colour), transposed: flagged(transposed), flip: flagged(flip), groups: groups === 3 ? 3 : null,
  });
};
const taken = () => {
  const value = bench.shown(), tiles = () => pictures(value, sum.textContent);
  return value?.grid ? { view: 'slide', how: 'Computed', answer: value.answer, photo: { name: value.name, src: value.src }, models: [], across: 3, tiles, onCard: async () => (await tiles()).slice(2) } : null;
};
const foot = makeExports({ taken, files: [smallButton('CSV', () => saveFile('convolution.csv', csv(bench.shown()), 'text/csv'))], link });
root.append(head.node, pictureCard, h('div', { class: 'grid2 below' }, controls, responseCard), why, foot.node);

const paint = (value) => {
  drawSettings(value);
  for (const card of [seen, responseCard]) card.classList.toggle('stale', Boolean(value.error));
  const { input, output, transposed } = value.grid;
  inputGrid.show(input);
  inputGrid.caption(value.captions[0]);
  outputGrid.caption(value.captions[1]);
  inputGrid.describe(value.captions[0]);
  const layout = [value.key, output.height, output.width, transposed].join();
  if (drawn !== layout) { place = value.grid.start; pinned = false; hovered = null; stop(); drawn = layout; }
  drawPlace();
  drawResponse(value);
  foot.say(value.ran);
  hint.textContent = value.hint;
};
const bench = makeBench({
  paint, head, view: 'slide',
  drawn(value) {
    seen.hidden = responseCard.hidden = foot.node.hidden = !value.key;
    if (!bench.shown()) drawSettings(value);
  },
});
const change = bench.change;
if (bench.linked && address.has('model')) bench.local.model = address.get('model').slice(0, 80);
if (bench.linked && address.has('own')) {
  const own = address.get('own').split(';').map((row) => row.split(',').map(Number));
  if (own.length <= 7 && own.every((row) => row.length === own.length && row.every((value) => Math.abs(value) <= 1000))) bench.local.own = own;
}
bench.begin();
