/* "Pool or stride": the photo, halved some times in four ways, while it can be moved pixel by pixel. */
const head = makeHead(() => {});
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const picture = makeChoice('Picture', [['stripes', 'Stripes'], ['photo', 'Your photo']], (value) => bench.change({ picture: value }));
const times = makeRange({ label: 'Halvings', help: 'one after another', low: 1, high: 5, step: 1 }, (value) => bench.change({ times: value }));
const shift = makeRange({ label: 'Move it', help: 'pixels to the right', low: 0, high: 8, step: 1 }, (value) => bench.change({ shift: value }));
const before = h('img', { alt: 'Before' }), size = h('span', { class: 'sub' });
const original = h('figure', {}, h('figcaption', {}, h('b', {}, 'Before'), size), before);
const panels = h('div', { class: 'pools' }, original);
const live = h('p', { class: 'sub', 'aria-live': 'polite' });
const fault = h('p', { class: 'alert', hidden: true });
const table = () => [`# ${JSON.stringify(bench.local)}`, 'way,change_levels,brightness_levels', ...bench.shown().panels.map((panel) => `${panel.title},${panel.flicker},${panel.brightness}`)].join('\n');
/* The first two pictures stand on the share card. */
const tiles = () => Promise.all(bench.shown().panels.map(async ({ title, what, src, figures: told }) => ({ title, image: await loadPicture(src), whole: true, caption: `${what}. ${told}` })));
const taken = () => {
  const { name, src, answer } = bench.shown(), { times: halvings, shift: moved, picture: of } = bench.local, credit = `${of === 'stripes' ? 'Drawn stripes, ' : ''}${halvings} halving${halvings === 1 ? '' : 's'}, moved ${moved} px to the right.`;
  return { view: 'pool', how: 'Computed', answer, photo: of === 'stripes' ? null : { name, src }, models: [], across: 2, credit, tiles, onCard: async () => (await tiles()).slice(0, 2) };
};
const foot = makeExports({ taken, files: [smallButton('CSV', () => saveFile('pooling.csv', table(), 'text/csv'))], link: () => bench.link() });
const pictures = h('section', { class: 'card bleed poolbench' }, h('div', { class: 'controls steering two' }, picture.node, times.node, shift.node), live, fault, panels);
root.append(head.node, pictures, why, foot.node);

const drawSettings = (value) => {
  times.set(bench.local.times, null);
  shift.set(bench.local.shift, null);
  picture.set(bench.local.picture);
  live.textContent = value.live || '';
  fault.hidden = !value.error;
  fault.textContent = value.error || '';
};
const paint = (value) => {
  drawSettings(value);
  before.src = value.before.src;
  panels.style.setProperty('--ratio', value.before.ratio);
  size.textContent = value.before.what;
  const kept = [...panels.children].slice(1);
  value.panels.forEach((panel, index) => {
    const node = kept[index] || panels.appendChild(h('figure', {}, h('figcaption', {}, h('b', {}, panel.title), h('span', { class: 'sub' }, ` ${panel.what}`)), h('img', { alt: '' }), h('p', {})));
    node.querySelector('img').src = panel.src;
    node.querySelector('img').alt = `${panel.title}: ${panel.figures}`;
    node.querySelector('p').textContent = panel.figures;
  });
  foot.say(value.ran);
};
/* A photo that the visitor chooses is what is looked at from then on. */
let photo = null;
const bench = makeBench({
  paint, head, view: 'pool',
  drawn(value) {
    pictures.hidden = foot.node.hidden = !value.key;
    if (value.key && photo && value.key !== photo && bench.local.picture === 'stripes') bench.change({ picture: 'photo' });
    photo = value.key || photo;
    if (!bench.shown()) drawSettings(value);
  },
});
/* Older links mean the photo. */
if (bench.linked && !address.has('picture') && ['times', 'shift'].some((name) => address.has(name))) bench.local.picture = 'photo';
bench.begin();
