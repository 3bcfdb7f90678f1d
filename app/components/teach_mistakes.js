/* Look at the mistakes: each class apart, a map of all photos where pointing shows the photo, and where the new head looked. */
let wanted = { place: 0, how: 'pca', photo: null };
const models = h('div', {}), how = makeChoice('Laid out by', [['pca', 'PCA'], ['tsne', 't-SNE']], (name) => choose({ how: name }));
const classes = makeChart(), map = makeChart(), about = h('p', { class: 'sub' });
const seen = h('div', { class: 'seen-photo', 'aria-live': 'polite' }, h('p', { class: 'sub' }, 'Point at a mark: its photo stands here.'));
const wrong = h('div', { class: 'thumbs' }), more = h('p', { class: 'sub' }), stage = makeStage(), rim = h('p', { class: 'sub' }), cover = h('p', {}), saidOf = h('p', {});
const heat = h('div', { class: 'heat', hidden: true }, stage.node, h('div', {}, saidOf, rim, cover));
const choose = (patch) => { wanted = { ...wanted, ...patch }; after.ask(); };
let asking = null;
const point = async (at) => {
  if (typeof at !== 'number' || asking === at) return;
  asking = at;
  let found = null;
  try { found = (await server.look({ key: props.value.key, settings: {}, photo: at }))?.photo; } catch (error) { console.warn('The photo did not come', error); }
  if (asking !== at) return;
  seen.replaceChildren(...(found ? [h('img', { src: found.src, alt: found.name, width: 112, height: 112 }), h('p', { class: 'sub' }, h('b', {}, found.is), `, ${found.name}, ${found.out ? 'held out' : 'learned from'}`)] : [h('p', { class: 'sub' }, 'The server does not keep this photo any more. Teach again.')]));
};
map.onPoint(point);
const drawMap = whenNew((chart) => map.show(chart)), drawClasses = whenNew((chart) => classes.show(chart));
let shown = null;
const csv = () => { const { columns, rows } = chartTable(shown.classes); return [columns, ...rows].map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n'); };
/* Charts only: photos of a class are nobody's to take away. */
const taken = () => shown && { view: 'mistakes', question: props.title, answer: shown.classes.answer, photo: null, models: [],
  tiles: async () => [{ title: 'Each class apart', image: await classes.image(), fine: true }, { title: 'All photos on a map', image: await map.image(), fine: true, caption: shown.about }] };
const foot = makeExports({ taken, card: false, photo: false, files: [smallButton('CSV', () => shown && saveFile('classes.csv', csv(), 'text/csv'))] });
const after = makeAfter({
  nodes: [models, h('div', { class: 'grid2' }, h('div', {}, h('h3', {}, 'Each class apart'), h('p', { class: 'sub' }, 'On held-out photos; bar = 95\u00a0% interval (Wilson).'), classes.node),
    h('div', {}, h('h3', {}, 'All photos on a map'), h('div', { class: 'bar' }, how.node), about, map.node, seen)),
  h('div', {}, h('h3', {}, 'Named wrongly'), h('p', { class: 'sub' }, 'A photo opens what speaks for the answer in it (Grad-CAM of the new head).'), wrong, more), heat, foot.node],
  begins: 'Looking at the mistakes',
  about: () => wanted,
  fresh(taught) {
    wanted = { place: 0, how: 'pca', photo: null };
    [asking, shown] = [null, null];
    heat.hidden = true;
    const choice = makeChoice('Network', taught.models.map(({ title }, place) => [place, title]), (place) => choose({ place, photo: null }));
    models.replaceChildren(choice.node);
    models.hidden = taught.models.length < 2;
    models.choice = choice;
  },
  paint(sheet, asked) {
    shown = sheet;
    models.choice.set(asked.place);
    how.set(asked.how);
    drawClasses(sheet.classes);
    drawMap(sheet.map);
    about.textContent = sheet.about;
    wrong.replaceChildren(...sheet.wrong.map((one) => h('button', { type: 'button', class: 'thumb', 'aria-pressed': String(asked.photo === one.at), 'aria-label': one.said, title: one.said, onclick: () => choose({ photo: one.at }) }, h('img', { src: one.src, alt: '', width: 56, height: 56 }))));
    more.textContent = sheet.more > 0 ? `${sheet.more} more are not shown.` : sheet.wrong.length ? '' : 'None: every held-out photo is named rightly.';
    heat.hidden = !sheet.heat;
    if (!sheet.heat) return;
    const { src, size, map: packed, said, rim: told, cover: covered } = sheet.heat;
    saidOf.textContent = said;
    rim.textContent = told;
    cover.textContent = covered;
    cover.className = covered.startsWith('Careful') ? 'notice' : 'sub';
    stage.set({ picture: src, size, map: packed, low: 0, high: packed.high, opacity: 0.6, alt: `${said} ${told}` });
  },
});
after.begin();
