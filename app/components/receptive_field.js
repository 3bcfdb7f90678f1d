/* The Receptive field tab: pictures side by side, the growth chart that is the depth slider, and the rest of the settings. */
const SHARES = [0.2, 0.5, 0.95];
const asked = new URLSearchParams(location.search);
const local = { ...props.value.settings };
const restore = () => {
  const depth = Number(asked.get('depth')), side = Number(asked.get('side'));
  if (asked.get('depth') !== null && depth >= 0 && depth <= 1) local.depth = depth;
  if (side >= 64 && side <= 512 && side % 32 === 0) local.side = side;
  if (SHARES.includes(Number(asked.get('share')))) local.share = Number(asked.get('share'));
  for (const [name, word] of [['log', 'log'], ['shortest', 'shortest'], ['random', 'random']]) if (asked.get('field') && asked.get('field').split(',').includes(word)) local[name] = true;
};
restore();

const cards = new Map();
const eyes = h('div', { class: 'eyes' });
const notice = h('div', { class: 'notices' });
const copiesText = h('span', { role: 'status' });
const copiesBar = h('i', {});
const copiesButton = h('button', { type: 'button', class: 'btn sm' }, 'Stop');
const copies = h('div', { class: 'copies', hidden: true }, h('span', { class: 'busy-track' }, copiesBar), copiesText, copiesButton);
const growth = makeGrowth(copies, (depth) => change({ depth }));
const beyond = h('div', { class: 'beyonds' });
growth.node.append(beyond);
const randomWords = h('p', { class: 'sub', hidden: true }, props.random_words);
const why = h('div', {}, h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why)), h('p', { class: 'sub' }, props.not_saliency), randomWords);
const scale = segments('Heat', [[false, 'Raw gradient'], [true, 'Log-scaled']], (log) => change({ log }, true));
const path = segments('Path', [[false, 'Longest path'], [true, 'Shortest path']], (shortest) => change({ shortest }));
const weights = segments('Weights', [[false, 'Trained'], [true, 'Random']], (random) => anew({ random }));
const sideRange = makeRange({ label: 'Input size', help: 'pixels a side', low: 64, high: 512, step: 32 }, (side) => { clearTimeout(sideRange.timer); sideRange.timer = setTimeout(() => anew({ side }), 350); });
const shareSwitch = makeSwitch('.field-share', () => local.share, (share) => { if (Number(share) !== local.share) change({ share: Number(share) }); });
const sizes = makeSizes(() => { keep(); trigger('sweep'); });
const named = (name, help, control) => h('div', { class: 'named-control' }, h('span', { class: 'name' }, name, h('small', {}, ` ${help}`)), control);
const more = h('details', { class: 'more' }, h('summary', {}, 'More settings'), h('div', { class: 'card field-settings' },
  named('Heat', 'log-scaled exaggerates the faint rim', scale.node), named('Theoretical square', 'longest path through convolutions, or shortest through skips', path.node),
  named('Weights', 'trained where they are on this machine', weights.node), sideRange.node), sizes.node);
const table = h('button', { type: 'button', class: 'btn sm' }, 'CSV'), png = h('button', { type: 'button', class: 'btn sm' }, 'PNG'), link = h('button', { type: 'button', class: 'btn sm' }, 'Copy link');
const ran = h('span', { class: 'ran' });
const foot = h('div', { class: 'foot' }, ran, h('span', { class: 'end' }, table, png, link));
const body = h('div', { class: 'field-body' }, notice, eyes, h('div', { class: 'field-low' }, growth.node, why), more, foot);
root.append(body);

/* What is on screen: the last answer of the server; its depth, share and scale are always those in ``local``. */
let shown = null, moves = 0;
const say = (busy) => {
  const value = props.value, answer = shown && !(value.message && !value.key) ? shown.answer : value.message;
  props.value = { ...value, head: { question: value.question, answer, marked: null, busy: busy ?? null } };
  trigger('said');
};
const tapped = (row, column) => {
  const { crop } = shown;
  if (!crop) return;
  const place = (at, from) => Math.round(from + at * crop.width - 0.5);
  document.dispatchEvent(new CustomEvent('cv:point', { detail: [place(row, crop.top), place(column, crop.left)] }));
};
const fetchOne = (model) => { props.value = { ...props.value, fetching: model, settings: { ...local } }; trigger('fetch'); };
const paint = () => {
  const { cards: rows, curves } = shown;
  eyes.dataset.count = rows.length;
  for (const card of rows) {
    if (!cards.has(card.model)) cards.set(card.model, makeCard(tapped, fetchOne));
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
  sideRange.set(local.side, null);
  shareSwitch.mark();
  sizes.show(shown.sizes, local.side);
  ran.textContent = `${shown.ran} Slider moves since: ${moves}; they run no network.`;
};
const drawCopies = (value) => {
  const refined = shown?.refined, still = stopped(value);
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

/* One question at a time; while one is under way only the newest waits, so the last value always wins. */
let asking = false, waiting = false, wanting = false;
const look = async (curves = false) => {
  wanting = wanting || curves;
  if (!shown) return;
  if (asking) { waiting = true; return; }
  asking = true;
  const wanted = wanting;
  wanting = false;
  try {
    const answer = await server.look({ key: shown.key, settings: local, curves: wanted });
    if (answer.gone) trigger('again');
    else if (answer.key === shown.key && !answer.error) { shown = { ...shown, ...answer }; paint(); say(); }
  } finally {
    asking = false;
    if (waiting) { waiting = false; look(); }
  }
};
const keep = () => { props.value = { ...props.value, settings: { ...local } }; };
const change = (settings, curves = false) => {
  Object.assign(local, settings);
  moves += 1;
  keep();
  if (shown) { paint(); look(curves); }
};
let tries = 0;
const ask = () => { keep(); trigger('again'); };
const anew = (settings) => {
  Object.assign(local, settings);
  tries = 3;
  ask();
};
const refineSoon = () => setTimeout(() => { keep(); trigger('refine'); }, 0);
/* The picture whose refinement the visitor stopped: an answer that was on its way does not start it again. */
let halted = null, haltedAt = 0;
const stopped = (value) => Boolean(value.stopped) || (halted !== null && halted === shown?.key);
copiesButton.addEventListener('click', () => {
  if (!stopped(props.value)) { halted = shown.key; haltedAt = Date.now(); trigger('stop'); drawCopies(props.value); return; }
  halted = null;
  props.value = { ...props.value, stopped: false };
  refineSoon();
});
const download = (name, url) => h('a', { href: url, download: name }).click();
table.addEventListener('click', async () => {
  const { csv } = await server.look({ key: shown.key, settings: local, csv: true });
  if (csv) download('receptive-field.csv', `data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`);
});
png.addEventListener('click', async () => download('receptive-field.png', await paintStages(shown.cards, shown.answer, `${shown.name}. ${copiesText.textContent} ${shown.ran}`)));
link.addEventListener('click', () => {
  const url = new URL(location.href), flags = ['log', 'shortest', 'random'].filter((name) => local[name]);
  const values = { tab: 'receptive-field', depth: local.depth.toFixed(3), share: local.share, side: local.side, models: shown.curves.map((row) => row.model).join(','), field: flags.join(',') };
  for (const [name, value] of Object.entries(values)) if (value !== '') url.searchParams.set(name, value); else url.searchParams.delete(name);
  copyText(url.href, link);
});

/* What refining yields may belong to a picture that is gone: a click came in between. */
let drawnHead = '', begun = null, wish = 0;
const stale = (value) => (value.from === 'refine' || value.from === 'sweep') && shown && value.key !== shown.key;
const take = (value) => {
  if (value.key && shown?.key !== value.key) {
    shown = value;
    moves = 0;
    paint();
    if (['depth', 'share', 'log', 'shortest'].some((name) => value.settings[name] !== local[name])) look(true);
  } else if (value.key && value.from === 'sweep') {
    shown = { ...shown, sizes: value.sizes };
    sizes.show(shown.sizes, local.side);
    if (!value.busy && !shown.refined.done && !stopped(value)) refineSoon();
  } else if (value.key && value.refined.seen > shown.refined.seen) {
    shown = { ...shown, curves: value.curves, refined: value.refined, ran: value.ran };
    paint();
    look();
  }
  if (value.key && value.from === 'run' && begun !== value.run && !value.refined.done && !stopped(value)) { // each run ends what refined before
    begun = value.run;
    refineSoon();
  }
};
const draw = () => {
  const value = props.value;
  if (!value) return;
  if (stale(value)) { props.value = { ...value, ...shown, from: 'run', settings: { ...local } }; return; }
  if ((value.wish || 0) > wish) {
    wish = value.wish;
    setTimeout(() => anew({}), 60); // Gradio takes over the new point a moment later
  }
  if (value.from === 'refine' && halted === value.key && !value.stopped && Date.now() - haltedAt > 2000) { // it began after the click
    haltedAt = Date.now();
    trigger('stop');
  }
  drawNotices(value);
  take(value);
  // A run that waited starts with what the one before it left behind, which may be older settings: so ask again.
  const older = value.from === 'run' && !value.busy && ['side', 'random'].some((name) => value.settings[name] !== local[name]);
  if (older && tries > 0) { tries -= 1; setTimeout(ask, 50); }
  body.classList.toggle('stale', Boolean(value.busy && shown && value.from !== 'sweep'));
  body.hidden = !shown;
  drawCopies(value);
  const now = JSON.stringify([value.key, value.message, value.busy, shown?.answer]);
  if (now !== drawnHead) { drawnHead = now; say(value.busy); }
};
watch('value', draw);
draw();
/* Refining is not for nobody: it rests while another tab is open. */
document.addEventListener('cv:tab', (event) => {
  if (event.detail !== 'receptive-field' && shown && !shown.refined.done && !stopped(props.value)) trigger('stop');
});
withPhoto('receptive-field', () => anew({}));
