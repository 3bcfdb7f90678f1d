/* Change the photos: copies of the rail's photo as training would see them, each way by itself. */
let wanted = { magnitude: 9, seed: 0 };
const strip = h('div', { class: 'changed-copies' });
const magnitude = makeChoice('RandAugment\u2019s magnitude', props.magnitudes.map((value) => [value, String(value)]), (value) => { wanted = { ...wanted, magnitude: value }; after.ask(); });
const other = smallButton('Other draws', () => { wanted = { ...wanted, seed: (wanted.seed + 1) % 10000 }; after.ask(); });
const after = makeAfter({
  nodes: [h('div', { class: 'augment-bar' }, named('Magnitude', 'of RandAugment, 0 to 30', magnitude.node), other), strip, h('p', { class: 'sub' }, props.about)],
  begins: 'Changing the photo',
  about: () => wanted,
  paint({ rows }, asked) {
    magnitude.set(asked.magnitude);
    strip.replaceChildren(...rows.map(({ name, src, said }) => h('figure', {}, h('img', { src, alt: `Your photo: ${name}`, width: 160, height: 160 }), h('figcaption', {}, h('b', {}, name), h('span', { class: 'sub' }, said)))));
  },
});
magnitude.set(wanted.magnitude);
withPhoto(props.tab, () => after.ask());
after.begin();
