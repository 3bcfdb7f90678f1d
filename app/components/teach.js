/* Teach: which photos, what was learned from them, and which it confuses. */
const zipFile = h('input', { type: 'file', accept: '.zip,application/zip', hidden: true });
const zipButton = h('button', { type: 'button', class: 'btn', onclick: () => zipFile.click() }, 'Your own: a zip, one folder a class');
const sets = makeChoice('Photos', props.sets, (photos) => { if (photos !== bench.local.photos || !bench.shown()) bench.anew({ photos }); });
const teach = h('button', { type: 'button', class: 'btn primary', onclick: () => bench.anew({}) }, 'Teach');
const fault = h('p', { class: 'alert', role: 'alert', hidden: true });
const classes = h('div', { class: 'classes' }), split = h('p', { class: 'sub' });
const ways = makeChart(), enough = makeChart(), confused = makeConfused(async (cell) => confused.photos((await bench.file({ cell })).cell));
const more = makeWays(() => { bench.keep({ live: null }); setTimeout(() => trigger('more'), 60); });
const results = h('div', { class: 'taught' },
  h('div', { class: 'grid2' },
    h('section', { class: 'card' }, h('h3', {}, 'Ways to learn, one test'), h('p', { class: 'sub' }, props.overlap), ways.node),
    h('section', { class: 'card' }, h('h3', {}, 'How many photos are enough?'), h('p', { class: 'sub' }, 'The probe, taught with fewer photos. Band: one standard deviation of ten draws.'), enough.node)),
  more.node,
  h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why)),
  h('section', { class: 'card' }, h('h3', {}, 'Which ones does it confuse?'), h('p', { class: 'sub' }, 'Rows are what a photo is, columns what the probe calls it. A cell opens its photos.'), confused.node));
const table = () => {
  const { ways: chart } = JSON.parse(bench.shown().sheet), rows = chart.data.map((trace) => [`"${trace.name}"`, trace.x[0], trace.x[0] - trace.error_x.arrayminus[0], trace.x[0] + trace.error_x.array[0]].join(','));
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
root.append(h('section', { class: 'card photos' }, h('div', { class: 'bar' }, h('span', { class: 'name' }, 'Photos'), sets.node, zipButton, zipFile, teach), fault, classes, split), results, foot.node);

const card = ({ name, count, held_out: out, photos }) => h('div', { class: 'class-card' }, h('b', { title: name }, name), h('span', { class: 'sub' }, `${count} photo${count === 1 ? '' : 's'}, ${out} held out`),
  h('div', { class: 'thumbs' }, photos.map((one) => h('img', { src: one.src, alt: one.out ? 'held out' : '', title: one.out ? 'Held out for the test' : 'Learned from', class: one.out ? 'out' : null, width: 40, height: 40 })), count > photos.length ? h('span', { class: 'more' }, `+${count - photos.length}`) : null));
const drawClasses = whenNew((rows) => classes.replaceChildren(...rows.map(card)));
const complain = (sentence) => { fault.hidden = !sentence; fault.textContent = sentence || ''; };
const take = async (chosen) => {
  if (!chosen) return;
  if (chosen.size > props.zip_bytes) { complain(`${(chosen.size / 1e6).toFixed(0)} MB is too much; the limit is ${props.zip_bytes / 1e6} MB.`); return; }
  zipButton.disabled = true;
  try {
    const { path } = await upload(new File([chosen], 'photos.zip'));
    complain(null);
    bench.keep({ zip: path });
    bench.anew({ photos: 'own' });
  } catch (error) {
    console.warn('The zip could not be sent', error);
    complain('The zip did not reach the server. Check the connection, then try again.');
  } finally { zipButton.disabled = false; }
};
zipFile.addEventListener('change', () => { take(zipFile.files[0]); zipFile.value = ''; });
root.addEventListener('dragover', (event) => event.preventDefault());
root.addEventListener('drop', (event) => { if (event.dataTransfer.files.length) { event.preventDefault(); take(event.dataTransfer.files[0]); } });
const bench = makeBench({
  catchUp: null,
  wished: () => {},
  paint(shown) {
    const sheet = JSON.parse(shown.sheet);
    drawClasses(sheet.classes);
    split.textContent = `${shown.split} Dashed: held out, never used for learning.`;
    ways.show(sheet.ways);
    enough.show(sheet.enough);
    more.draw(sheet.training);
    confused.show(sheet.confused, sheet.classes.map((one) => one.name));
    foot.say(`${shown.title[0].toUpperCase()}${shown.title.slice(1)}. ${shown.source ? `From ${shown.source}. ` : ''}${shown.stored ? `Measured on ${shown.stored.machine}, ${shown.stored.date}.` : 'Measured here just now.'}`);
  },
  drawn(value) {
    complain(value.fault);
    sets.set(value.busy || !bench.shown() ? bench.local.photos : value.settings.photos);
    teach.disabled = Boolean(value.busy);
    teach.textContent = value.key && !value.stored ? 'Teach again' : 'Teach here';
    results.hidden = foot.node.hidden = classes.hidden = split.hidden = !bench.shown();
    const trained = more.follow(value);
    if (trained) ways.show(trained);
    results.classList.toggle('stale', Boolean(value.busy) && !trained);
  },
});
bench.begin();
