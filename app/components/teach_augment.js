/* Change the photos: copies of the rail's photo as training would see them, each way by itself. */
let wanted = { magnitude: 9, seed: 0 };
const strip = h('div', { class: 'changed-copies' });
const magnitude = makeChoice('RandAugment\u2019s magnitude', props.magnitudes.map((value) => [value, String(value)]), (value) => { wanted = { ...wanted, magnitude: value }; after.ask(); });
const other = smallButton('Other draws', () => { wanted = { ...wanted, seed: (wanted.seed + 1) % 10000 }; after.ask(); });
let shown = null;
const csv = () => ['way,what_changes', ...shown.rows.map(({ name, said }) => `${name},"${said}"`)].join('\n');
/* A copy that holds a photo of a set whose photos stay here is not in the picture. */
const taken = () => shown && { view: 'augmentation', question: props.title, answer: `Your photo, changed in ${shown.rows.length} ways.`, how: 'Drawn', photo: { name: shown.photo }, across: 4,
  credit: shown.rows.some(({ stays }) => stays) ? 'Copies that hold a photo of the set are not in this picture.' : '',
  tiles: () => Promise.all(shown.rows.filter(({ stays }) => !stays).map(async ({ name, src, said }) => ({ title: name, image: await loadPicture(src), caption: said }))) };
const foot = makeExports({ taken, card: false, files: [smallButton('CSV', () => shown && saveFile('augmentation.csv', csv(), 'text/csv'))] });
const after = makeAfter({
  nodes: [h('div', { class: 'augment-bar' }, named('Magnitude', 'of RandAugment, 0 to 30', magnitude.node), other), strip, h('p', { class: 'sub' }, props.about), foot.node],
  begins: 'Changing the photo',
  about: () => wanted,
  fresh() { shown = null; },
  paint(sheet, asked) {
    shown = sheet;
    const { rows } = sheet;
    magnitude.set(asked.magnitude);
    strip.replaceChildren(...rows.map(({ name, src, said }) => h('figure', {}, h('img', { src, alt: `Your photo: ${name}`, width: 160, height: 160 }), h('figcaption', {}, h('b', {}, name), h('span', { class: 'sub' }, said)))));
  },
});
magnitude.set(wanted.magnitude);
withPhoto(props.tab, () => after.ask());
after.begin();
