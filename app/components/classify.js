/* The Classify tab: an answer card a model, bars of one scale; how peaked they are, how much they agree, what ran. */
const answers = h('div', { class: 'answers' });
const axis = () => h('div', { class: 'axis', 'aria-hidden': 'true' }, h('span'),
  h('div', {}, ['0', '25', '50', '75', '100\u00a0%'].map((tick) => h('span', {}, tick))), h('span'));
const light = (label, on) => answers.querySelectorAll('.row').forEach((row) =>
  row.classList.toggle('lit', on && row.dataset.label === label));
const bar = (row) => h('div', {
  class: 'row', role: 'listitem', 'data-label': row.label, tabindex: -1,
  onmouseenter: () => light(row.label, true), onmouseleave: () => light(row.label, false),
}, h('span', { class: row.first ? 'l first' : 'l', title: row.label }, row.label),
h('div', { class: 'track' }, h('div', { class: `fill ${row.rank ? `class-${row.rank}` : 'only'}`, style: `width:${100 * row.share}%` })),
h('span', { class: 'v' }, row.text));
const facts = (pairs) => h('dl', { class: 'facts' }, pairs.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
/* The photo with a frame around what was seen. Of a photo longer than three times its width only the part around that
   shows, or the frame would be a speck, or the picture as high as the page. */
const LONGEST = 3;
const crop = ({ box, ratio, src, alt, text, warn }) => {
  const shown = Math.min(Math.max(ratio, 1 / LONGEST), LONGEST), wide = Math.max(1, ratio / shown), high = Math.max(1, shown / ratio);
  const start = (low, top, times) => -100 * Math.min(Math.max(times * (low + top) / 2 - 0.5, 0), times - 1);
  const [x0, y0, x1, y1] = box, percent = (...values) => values.map((one) => `${100 * one}%`);
  const [left, top, width, height] = percent(x0, y0, x1 - x0, y1 - y0);
  const frame = h('span', { class: 'crop-frame', style: `left:${left};top:${top};width:${width};height:${height}` });
  const all = h('div', { class: 'crop-all', style: `left:${start(x0, x1, wide)}%;top:${start(y0, y1, high)}%;width:${100 * wide}%;height:${100 * high}%` }, h('img', { src, alt }), frame);
  return h('figure', {}, h('div', { class: 'crop', style: `--ratio:${shown}` }, all), h('figcaption', { class: warn ? 'warn' : null }, text));
};
const seen = (value) => h('figure', {}, h('div', { class: 'seen' }, h('img', { src: value.src, alt: value.alt })),
  h('figcaption', {}, 'what it saw'));
const wide = matchMedia('(min-width: 640px)');
const details = (card) => {
  const box = h('details', { class: 'more open-wide' }, h('summary', {}, 'What it saw, size and speed'),
    h('div', { class: 'saw' }, crop(card.crop), seen(card.seen), facts(card.facts)),
    h('details', { class: 'about' }, h('summary', {}, 'About this model'), facts(card.about)));
  box.open = wide.matches;
  return box;
};
const answerCard = (card) => h('section', { class: 'card', 'data-model': card.model, 'aria-label': `${card.family_word}, ${card.title}` },
  h('h3', { class: 'fam' }, familyMark(card.family), h('span', { class: 'n', title: card.title }, h('span', { class: `${card.family}` }, card.family_word), ` · ${card.title}`),
    h('span', { class: 'state' }, card.sees)),
  card.notice ? h('p', { class: 'notice warn' }, card.notice) : null,
  h('div', { class: 'rows', role: 'list' }, card.rows.map(bar)), axis(), details(card));
const missingCard = (card) => h('section', { class: 'card missing', 'data-model': card.model, role: 'alert' },
  h('h3', { class: 'fam' }, familyMark(card.family), h('span', { class: 'n', title: card.title }, h('span', { class: `${card.family}` }, card.family_word), ` · ${card.title}`)),
  h('p', {}, card.reason),
  h('div', { class: 'btns' },
    card.fetch ? h('button', { type: 'button', class: 'btn primary', onclick: () => fetchFor(card.model) }, card.fetch) : null,
    card.suggestion ? h('button', { type: 'button', class: 'btn soft', onclick: () => bench.use(card.model, card.suggestion.name) }, `Use ${card.suggestion.title}`) : null,
    card.fetch ? null : h('button', { type: 'button', class: 'btn', onclick: () => anew() }, 'Try again')));
/* Where a card shows the same model and as many rows as before, move its bars instead of building it anew. */
const moveBars = (node, card) => {
  const rows = [...node.querySelectorAll('.row')];
  if (node.dataset.model !== card.model || node.classList.contains('missing') || rows.length !== card.rows.length
    || node.dataset.photo !== card.photo) return false;
  rows.forEach((row, index) => {
    const value = card.rows[index];
    row.dataset.label = value.label;
    row.children[0].textContent = row.children[0].title = value.label;
    row.querySelector('.fill').className = `fill ${value.rank ? `class-${value.rank}` : 'only'}`;
    row.querySelector('.fill').style.width = `${100 * value.share}%`;
    row.children[2].textContent = value.text;
  });
  return true;
};
const drawCards = (cards) => {
  const old = [...answers.children];
  answers.replaceChildren(...cards.map((card, index) => {
    if (!card.reason && old[index] && moveBars(old[index], card)) return old[index];
    const node = card.reason ? missingCard(card) : answerCard(card);
    node.dataset.photo = card.photo || '';
    return node;
  }));
};
wide.addEventListener('change', () => answers.querySelectorAll('.open-wide').forEach((box) => { box.open = wide.matches; }));

const temperature = makeRange({ label: 'Temperature', help: 'lower sharpens, higher flattens', low: 0.2, high: 5, step: 0.1 }, (value) => bench.change({ temperature: value }));
const topK = makeRange({ label: 'Lines per model', help: 'top-k', low: 1, high: 10, step: 1 }, (value) => bench.change({ top_k: value }));
/* What is typed counts from the next run on: Enter asks for one. */
const own = h('textarea', { rows: 1, maxlength: 600, onkeydown: (event) => { if (event.key === 'Enter') { event.preventDefault(); anew(); } } }, props.value.settings.labels);
const anew = () => bench.anew({ labels: own.value });
const fetchFor = (model) => { bench.set({ labels: own.value }); bench.fetch(model); };
const agreement = h('div', { class: 'card' });
/* Whether a word is in the models' lists, asked with each letter; and why a softmax cannot say "none of these". */
const told = h('ul', { class: 'told', 'aria-live': 'polite' });
const tell = (sentences) => told.replaceChildren(...sentences.map((sentence) => h('li', {}, sentence)));
const askList = makeAsk((search) => bench.file(search), (answer) => tell(answer.found || (answer.error ? [answer.error] : [])));
const lookFor = () => { if (bench.shown()?.json) askList({ search: word.value }); };
const word = h('input', { type: 'search', maxlength: 60, placeholder: 'toucan', oninput: lookFor });
const doubts = h('ul', {});
const scope = h('div', { class: 'card scope' }, h('label', {}, h('span', {}, 'Is it in the list?'), word), told,
  h('details', { class: 'more' }, h('summary', {}, props.none[0]), h('p', {}, props.none[1]), doubts));
/* What the starter photos show of the pair that the page opens with, for the rail. */
const sameModels = (models) => models.split(',').sort().join() === [...props.lessons.pair].sort().join();
const tellLessons = whenNew((photos) => document.dispatchEvent(new CustomEvent('cv:lessons', { detail: photos })));
let listed = '';
const drawScope = ({ doubts: sentences, models, key }) => {
  doubts.replaceChildren(...sentences.map((sentence) => h('li', {}, sentence)));
  if (word.value && listed !== `${models} ${key}`) lookFor();
  listed = `${models} ${key}`;
  tellLessons(sameModels(models) ? props.lessons.photos : null);
};
const json = smallButton('Copy as JSON', (event) => copyText(bench.shown().json, event.currentTarget));
/* Each model's answers, as they stand on its card; the share card has the first answer of two. */
const BAR_SCALE = { ticks: PERCENT_TICKS, text: 'probability' };
const barOf = ({ label, share, text, rank }) => ({ title: label, share, text, colour: rank ? `class-${rank}` : 'class-rest' });
const taken = () => {
  const { name, src, answer, cards, json: there } = bench.shown() || {}, rows = (cards || []).filter((card) => card.rows), { temperature } = bench.local;
  if (!there || !rows.length) return null;
  return {
    view: '', answer, photo: { name, src }, models: rows, across: 2,
    credit: temperature === 1 ? '' : `Temperature ${temperature.toFixed(1)}: not the answers as the models give them.`,
    bars: rows.map((card) => ({ ...barOf(card.rows[0]), title: card.title, family: card.family, label: card.rows[0].label })), barScale: BAR_SCALE,
    tiles: async () => [{ image: await loadPicture(src), title: 'The photo' }, ...rows.map(({ title, family, sees, notice, rows: guesses }) => ({
      title, family, caption: [sees, notice].filter(Boolean).join('. '), block: (width) => barsBlock(guesses.map(barOf), width, { size: 16, scale: BAR_SCALE }) }))],
  };
};
/* The trainings behind the note: how many photos the small pair needs. */
const photosCard = ({ title, answer: said, chart, limits, about }) => {
  const drawing = makeChart(), box = h('details', { class: 'more data-curve' }, h('summary', {}, title), h('div', { class: 'card' },
    h('p', {}, said), drawing.node, h('p', { class: 'sub' }, limits), h('p', { class: 'sub' }, about)));
  box.addEventListener('toggle', () => { if (box.open) drawing.show(chart); }, { once: true });
  if (location.hash === '#data-curve') { // a step of the lesson leads here, once the answers above have their place
    box.open = true;
    document.addEventListener('cv:photo', () => setTimeout(() => box.scrollIntoView({ block: 'center' }), 1500), { once: true });
  }
  return box;
};
const foot = makeExports({ taken, files: [json], link: () => bench.link({ models: bench.shown().models }) });
root.append(h('div', { class: 'classify-body' }, answers,
  h('div', { class: 'grid2' }, h('div', { class: 'card peaked' }, h('h3', {}, 'How peaked are the answers?'), temperature.node, topK.node), agreement),
  scope,
  h('div', { class: 'why' }, h('b', {}, props.why_title), props.why),
  props.curve ? photosCard(props.curve) : null,
  h('details', { class: 'more' }, h('summary', {}, 'More settings'), h('div', { class: 'card' },
    h('label', { class: 'own-labels' }, h('span', {}, 'Your own labels, separated by commas'), h('small', {}, 'For SigLIP, which compares the photo with any words'), own))),
  foot.node));

const often = makeInfo(HOW_OFTEN);
const paint = (shown) => {
  const { cards, figures, sentence, know, ran, classes, json: copied } = shown;
  drawCards(cards);
  drawScope(shown);
  temperature.set(bench.local.temperature, sentence);
  topK.set(bench.local.top_k, null);
  agreement.replaceChildren(h('h3', {}, figures.title),
    h('div', { class: 'metrics' }, figures.figures.map(([figure, what]) => h('div', { class: 'm' }, h('b', {}, figure), h('span', {}, what)))),
    h('p', { class: 'sub' }, figures.sentence));
  often.set(ran);
  foot.say(...[know && h('b', {}, `${know[0]} `), know && `${know[1]} `, ran && often.node, classes && h('details', {}, h('summary', {}, 'See the list'), h('p', {}, classes.join(', ')))].filter(Boolean));
  foot.offer(Boolean(copied));
};
const drawn = (value) => { for (const part of [answers, agreement]) part.classList.toggle('stale', !value.busy && bench.stale()); };
const bench = makeBench({ paint, drawn, wished: (value) => { if (!value?.begins) anew(); }, result: ['labels'] });
paint(props.empty);
bench.begin();
