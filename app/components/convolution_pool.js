/* "Pool or stride": the photo, halved some times in four ways, while it can be moved pixel by pixel. */
const head = makeHead(() => {});
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const times = makeRange({ label: 'Halvings', help: 'one after another', low: 1, high: 5, step: 1 }, (value) => bench.change({ times: value }));
const shift = makeRange({ label: 'Move the photo', help: 'pixels to the right', low: 0, high: 8, step: 1 }, (value) => bench.change({ shift: value }));
const panels = h('div', { class: 'pools' });
const fault = h('p', { class: 'alert', hidden: true });
const table = () => [`# ${JSON.stringify(bench.local)}`, 'way,change_levels,brightness_levels', ...bench.shown().panels.map((panel) => `${panel.title},${panel.flicker},${panel.brightness}`)].join('\n');
/* The first two pictures stand on the share card. */
const tiles = () => Promise.all(bench.shown().panels.map(async ({ title, what, src, figures: told }) => ({ title, image: await loadPicture(src), whole: true, caption: `${what}. ${told}` })));
const taken = () => {
  const { name, src, answer } = bench.shown(), { times: halvings, shift: moved } = bench.local, credit = `${halvings} halving${halvings === 1 ? '' : 's'}, the photo moved ${moved} px to the right.`;
  return { view: 'pool', how: 'Computed', answer, photo: { name, src }, models: [], across: 2, credit, tiles, onCard: async () => (await tiles()).slice(0, 2) };
};
const foot = makeExports({ taken, files: [smallButton('CSV', () => saveFile('pooling.csv', table(), 'text/csv'))], link: () => bench.link() });
const pictures = h('section', { class: 'card bleed' }, panels);
root.append(head.node, h('div', { class: 'poolbench' }, pictures, h('section', { class: 'card controls' }, times.node, shift.node, fault)), why, foot.node);

const drawSettings = (value) => {
  times.set(bench.local.times, null);
  shift.set(bench.local.shift, value.live || null);
  fault.hidden = !value.error;
  fault.textContent = value.error || '';
};
const paint = (value) => {
  drawSettings(value);
  const kept = [...panels.children];
  value.panels.forEach((panel, index) => {
    const node = kept[index] || panels.appendChild(h('figure', {}, h('figcaption', {}, h('b', {}, panel.title), h('span', { class: 'sub' }, ` ${panel.what}`)), h('img', { alt: '' }), h('p', {})));
    node.querySelector('img').src = panel.src;
    node.querySelector('img').alt = `${panel.title}: ${panel.figures}`;
    node.querySelector('p').textContent = panel.figures;
  });
  foot.say(value.ran);
};
const bench = makeBench({
  paint, head, view: 'pool',
  drawn(value) {
    pictures.hidden = foot.node.hidden = !value.key;
    if (!bench.shown()) drawSettings(value);
  },
});
bench.begin();
