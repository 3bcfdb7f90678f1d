/* The Receptive field tab: pictures side by side, the growth chart that is the depth slider, and the rest of the settings. */
const SHARES = [0.2, 0.5, 0.95];
const cards = new Map();
const eyes = h('div', { class: 'eyes' });
const notice = h('div', { class: 'notices' });
const copiesText = h('span', { role: 'status' });
const copiesBar = h('i', {});
const copiesButton = h('button', { type: 'button', class: 'btn sm' }, 'Stop');
const copies = h('div', { class: 'copies', hidden: true }, h('span', { class: 'busy-track' }, copiesBar), copiesText, copiesButton);
const share = makeChoice('Solid square holds', SHARES.map((one) => [one, `${100 * one}\u00a0%`]), (one) => bench.change({ share: one }));
const growth = makeGrowth(h('div', { class: 'bar held' }, h('span', { class: 'sub' }, 'Solid square holds'), share.node, copies), (depth) => bench.change({ depth }));
const beyond = h('div', { class: 'beyonds' });
growth.node.append(beyond);
const randomWords = h('p', { class: 'sub', hidden: true }, props.random_words);
const why = h('div', { class: 'field-why' }, h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why)), h('p', { class: 'sub' }, props.not_saliency), randomWords);
const scale = makeChoice('Heat', [[false, 'Raw gradient'], [true, 'Log-scaled']], (log) => bench.change({ log }, { curves: true }));
const path = makeChoice('Path', [[false, 'Longest path'], [true, 'Shortest path']], (shortest) => bench.change({ shortest }));
const weights = makeChoice('Weights', [[false, 'Trained'], [true, 'Random']], (random) => bench.anew({ random }));
/* The leftmost place stands for none: each model's own size. */
const OWN = 32, ownSize = (side) => (side === OWN ? 'each its own' : String(side));
const sideRange = makeRange({ label: 'Input size', help: 'pixels a side', low: OWN, high: 512, step: 32, format: ownSize }, (side) => { clearTimeout(sideRange.timer); sideRange.timer = setTimeout(() => bench.anew({ side: side === OWN ? null : side }), 350); });
const sizes = makeSizes(() => { bench.keep(); trigger('sweep'); });
const more = h('details', { class: 'more' }, h('summary', {}, 'More settings'), h('div', { class: 'card field-settings' },
  sideRange.node, named('Heat', 'log-scaled exaggerates the faint rim', scale.node), named('Theoretical square', 'longest path through convolutions, or shortest through skips', path.node),
  named('Weights', 'trained where they are on this machine', weights.node)), sizes.node);
const taken = () => {
  const { name, src, answer, cards: rows, ran } = bench.shown() || {}, { log } = bench.local;
  if (!rows) return null;
  const some = (count) => Promise.all(rows.slice(0, count).map((card) => fieldTile(card, log)));
  return { view: 'photo', answer, photo: { name, src }, models: rows, across: Math.min(3, rows.length), credit: `Dashed: could see. Solid: holds ${Math.round(100 * bench.local.share)}\u00a0% of the influence. ${copiesText.textContent} ${ran}`, tiles: () => some(rows.length), onCard: () => some(2) };
};
const foot = makeExports({ taken, link: () => bench.link({ models: bench.shown().curves.map((row) => row.model).join(',') }), files: [
  smallButton('CSV', async () => { const { csv } = await bench.file({ csv: true }); if (csv) saveFile('receptive-field.csv', csv, 'text/csv'); })] });
const body = h('div', { class: 'field-body' }, notice, h('div', { class: 'field-top' }, eyes, growth.node), more, why, foot.node);
root.append(body);

const tapped = (row, column) => {
  const { crop } = bench.shown();
  if (!crop) return;
  const place = (at, from) => Math.round(from + at * crop.width - 0.5);
  document.dispatchEvent(new CustomEvent('cv:point', { detail: [place(row, crop.top), place(column, crop.left)] }));
};
const often = makeInfo(HOW_OFTEN);
const paint = (shown) => {
  const { cards: rows, curves } = shown, { local } = bench;
  eyes.dataset.count = eyes.parentElement.dataset.count = rows.length;
  for (const card of rows) {
    if (!cards.has(card.model)) cards.set(card.model, makeCard(tapped, bench.fetch));
    cards.get(card.model).show(card, local.log);
  }
  const nodes = rows.map((card) => cards.get(card.model).node);
  if (nodes.length !== eyes.children.length || nodes.some((node, index) => node !== eyes.children[index])) eyes.replaceChildren(...nodes);
  growth.show(curves, local.depth, SHARES.indexOf(local.share), local.shortest);
  beyond.replaceChildren(...curves.filter((row) => row.beyond).map((row) => h('p', { class: 'sub' }, row.beyond)));
  randomWords.hidden = !curves.some((row) => row.random);
  scale.set(local.log);
  path.set(local.shortest);
  weights.set(local.random);
  sideRange.set(local.side ?? OWN, null);
  share.set(local.share);
  sizes.show(shown.sizes);
  const [times, ...spent] = shown.ran.split('. ');
  often.set(`${times}. Slider moves since: ${bench.moves()}; they run no network.`);
  foot.say(`${spent.join('. ')} `, often.node);
};
const drawCopies = (value) => {
  const refined = bench.shown()?.refined, still = stopped(value);
  copies.hidden = !refined;
  if (!refined) return;
  copiesText.textContent = still && !refined.done ? `${refined.text}. Stopped.` : `${refined.text}.`;
  copiesBar.style.width = `${(100 * refined.copies) / refined.of}%`;
  copiesButton.hidden = refined.done;
  copiesButton.textContent = still ? 'Go on' : 'Stop';
};
const drawNotices = ({ missing, note, error }) => notice.replaceChildren(
  ...[note, error].filter(Boolean).map((text) => h('p', { class: 'notice' }, text)),
  ...(missing || []).map((gone) => h('p', { class: 'alert' }, `${gone.title}: ${gone.text}`)));

const refineSoon = () => setTimeout(() => { bench.keep(); trigger('refine'); }, 0);
/* The picture whose refinement the visitor stopped: an answer that was on its way does not start it again. */
let halted = null, haltedAt = 0;
const stopped = (value) => Boolean(value.stopped) || (halted !== null && halted === bench.shown()?.key);
copiesButton.addEventListener('click', () => {
  if (!stopped(props.value)) { halted = bench.shown().key; haltedAt = Date.now(); trigger('stop'); drawCopies(props.value); return; }
  halted = null;
  props.value = { ...props.value, stopped: false };
  refineSoon();
});
/* What refining yields may belong to a picture that is gone: a click came in between. */
let begun = null;
const arrived = (value) => {
  const shown = bench.shown();
  if ((value.from === 'refine' || value.from === 'sweep') && value.key !== shown.key) {
    props.value = { ...value, ...shown, from: 'run', settings: { ...bench.local } };
    return true;
  }
  if (value.key !== shown.key) return false;
  if (value.from === 'sweep') {
    bench.show({ sizes: value.sizes });
    if (!value.busy && !shown.refined.done && !stopped(value)) refineSoon();
  } else if (value.refined.seen > shown.refined.seen) {
    bench.show({ curves: value.curves, refined: value.refined, ran: value.ran });
    bench.look();
  }
  return false;
};
const drawn = (value) => {
  if (value.from === 'refine' && halted === value.key && !value.stopped && Date.now() - haltedAt > 2000) { // it began after the click
    haltedAt = Date.now();
    trigger('stop');
  }
  drawNotices(value);
  if (value.key && value.from === 'run' && begun !== value.run && !value.refined.done && !stopped(value)) { // each run ends what refined before
    begun = value.run;
    refineSoon();
  }
  body.classList.toggle('stale', bench.stale() && value.from !== 'sweep');
  body.hidden = !bench.shown();
  drawCopies(value);
};
const bench = makeBench({ paint, arrived, drawn, result: ['side', 'random'], catchUp: { curves: true } });
/* Refining is not for nobody: it rests while another tab is open. */
document.addEventListener('cv:tab', (event) => {
  if (event.detail !== props.tab && bench.shown() && !bench.shown().refined.done && !stopped(props.value)) trigger('stop');
});
bench.begin();
