/* Teach: which photos, what was learned from them, and which it confuses. */
let training = false; // more layers: what stands already stays readable
const photos = makePhotos(() => {
  results.hidden = foot.node.hidden = !photos.stands();
  results.classList.toggle('stale', (Boolean(props.value.busy) && !training) || photos.stale());
  document.getElementById('tab-teach')?.classList.toggle('untaught', !photos.stands()); // the cards below, too
});
const claim = h('p', { class: 'sub' });
const ways = makeChart(), enough = makeChart(), confused = makeConfused(async (cell) => confused.photos((await bench.file({ cell })).cell));
const more = makeWays(() => bench.start('more', { live: null }));
const example = h('p', { class: 'sub', hidden: true });
const results = h('div', { class: 'taught' }, example,
  h('div', { class: 'grid2' },
    h('section', { class: 'card' }, h('h3', {}, 'Ways to learn, one test'), h('p', { class: 'sub' }, props.overlap), ways.node),
    h('section', { class: 'card' }, h('h3', {}, 'How many photos are enough?'), h('p', { class: 'sub' }, 'The probe, taught with fewer photos. Band: one standard deviation of ten draws.'), enough.node, claim)),
  more.node,
  h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why)),
  h('section', { class: 'card' }, h('h3', {}, 'Which ones does it confuse?'), h('p', { class: 'sub' }, 'Rows are what a photo is, columns what the probe calls it. A cell opens its photos.'), confused.node));
const table = () => {
  const { ways: chart } = bench.shown().sheet, rows = chart.data.map((trace) => [`"${trace.name}"`, trace.x[0], trace.x[0] - trace.error_x.arrayminus[0], trace.x[0] + trace.error_x.array[0]].join(','));
  return ['way,right_percent,ci95_low,ci95_high', ...rows].join('\n');
};
const taken = () => {
  const { answer, title, split: told } = bench.shown() || {};
  if (!answer) return null;
  const first = async () => ({ title: 'Ways to learn, one test: 95\u00a0% intervals', image: await ways.image(), fine: true });
  return { view: '', answer, photo: null, models: [], credit: `${title[0].toUpperCase()}${title.slice(1)}. ${told}`, onCard: async () => [await first()],
    tiles: async () => [await first(), { title: 'How many photos are enough?', image: await enough.image(), fine: true }] };
};
const foot = makeExports({ taken, photo: false, files: [smallButton('CSV', () => saveFile('teach.csv', table(), 'text/csv'))], link: () => bench.link() });
root.append(photos.node, results, foot.node);
/* Tells the cards below, which stand by themselves, what was taught. */
const tell = ({ key }, classes, taught) => {
  if (window.cvTaught?.key === key) return;
  window.cvTaught = { key, classes: classes.map((one) => one.name), models: taught.map(({ model, title, family }) => ({ model, title, family })) };
  document.dispatchEvent(new CustomEvent('cv:taught'));
};
const bench = makeBench({
  catchUp: null,
  wished: () => {},
  paint(shown) {
    const { sheet } = shown;
    photos.paint(shown, sheet.classes);
    ways.show(sheet.ways);
    enough.show(sheet.enough);
    claim.textContent = sheet.claim || '';
    more.draw(sheet.training);
    confused.show(sheet.confused, sheet.classes.map((one) => one.name));
    tell(shown, sheet.classes, sheet.confused);
    example.hidden = !shown.stored;
    example.textContent = `A stored example, on ${sheet.confused.map((one) => one.title).join(' and ')}. \u201cTeach here\u201d asks the networks that are chosen above.`;
    foot.say(`${shown.title[0].toUpperCase()}${shown.title.slice(1)}. ${shown.source ? `From ${shown.source}. ` : ''}${shown.stored ? `Measured on ${shown.stored.machine}, ${shown.stored.date}.` : 'Measured here just now.'}`);
  },
  drawn(value) {
    const trained = more.follow(value);
    training = Boolean(trained);
    if (trained) ways.show(trained);
    photos.drawn(value);
  },
});
bench.begin();
