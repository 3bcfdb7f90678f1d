const axis = () => h('div', { class: 'cv-axis', 'aria-hidden': 'true' }, h('span'),
  h('div', {}, ['0', '25', '50', '75', '100\u00a0%'].map((tick) => h('span', {}, tick))), h('span'));
const light = (label, on) => root.querySelectorAll('.cv-row').forEach((row) =>
  row.classList.toggle('cv-lit', on && row.dataset.label === label));
const bar = (row) => h('div', {
  class: 'cv-row', role: 'listitem', 'data-label': row.label, tabindex: -1,
  onmouseenter: () => light(row.label, true), onmouseleave: () => light(row.label, false),
}, h('span', { class: row.first ? 'cv-l cv-first' : 'cv-l', title: row.label }, row.label),
h('div', { class: 'cv-track' }, h('div', { class: `cv-fill ${row.rank ? `cv-class-${row.rank}` : 'cv-only'}`, style: `width:${100 * row.share}%` })),
h('span', { class: 'cv-v' }, row.text));
const facts = (pairs) => h('dl', { class: 'cv-facts' }, pairs.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
const crop = (value) => {
  const [x0, y0, x1, y1] = value.box.map((share) => `${100 * share}%`);
  const frame = h('span', { class: 'cv-crop-frame', style: `left:${x0};top:${y0};width:calc(${x1} - ${x0});height:calc(${y1} - ${y0})` });
  return h('figure', {}, h('div', { class: 'cv-crop' }, h('img', { src: value.src, alt: value.alt }), frame),
    h('figcaption', { class: value.warn ? 'cv-warn' : null }, value.text));
};
const seen = (value) => h('figure', {}, h('div', { class: 'cv-seen' }, h('img', { src: value.src, alt: value.alt })),
  h('figcaption', {}, 'what it saw'));
const wide = matchMedia('(min-width: 640px)');
const details = (card) => {
  const box = h('details', { class: 'cv-more cv-open-wide' }, h('summary', {}, 'What it saw, size and speed'),
    h('div', { class: 'cv-saw' }, crop(card.crop), seen(card.seen), facts(card.facts)),
    h('details', { class: 'cv-about' }, h('summary', {}, 'About this model'), facts(card.about)));
  box.open = wide.matches;
  return box;
};
const answerCard = (card) => h('section', { class: 'cv-card', 'data-model': card.model, 'aria-label': `${card.family_word}, ${card.title}` },
  h('h3', { class: 'cv-fam' }, familyMark(card.family), h('span', { class: 'cv-n', title: card.title }, h('span', { class: `cv-${card.family}` }, card.family_word), ` · ${card.title}`),
    h('span', { class: 'cv-state' }, card.sees)),
  card.random ? h('p', { class: 'cv-note cv-warn' }, card.random) : null,
  h('div', { class: 'cv-rows', role: 'list' }, card.rows.map(bar)), axis(), details(card));
const missingCard = (card) => h('section', { class: 'cv-card cv-missing', 'data-model': card.model, role: 'alert' },
  h('h3', { class: 'cv-fam' }, familyMark(card.family), h('span', { class: 'cv-n', title: card.title }, h('span', { class: `cv-${card.family}` }, card.family_word), ` · ${card.title}`)),
  h('p', {}, card.reason),
  h('div', { class: 'cv-btns' },
    card.fetch ? h('button', { type: 'button', class: 'cv-btn cv-primary', onclick: () => trigger('fetch', { model: card.model }) }, card.fetch) : null,
    card.suggestion ? h('button', { type: 'button', class: 'cv-btn cv-soft', onclick: () => trigger('use', { model: card.model, instead: card.suggestion.name }) }, `Use ${card.suggestion.title}`) : null,
    card.fetch ? null : h('button', { type: 'button', class: 'cv-btn', onclick: () => trigger('again', { model: card.model }) }, 'Try again')));
/* Where a card shows the same model and as many rows as before, move its bars instead of building it anew. */
const moveBars = (node, card) => {
  const rows = [...node.querySelectorAll('.cv-row')];
  if (node.dataset.model !== card.model || node.classList.contains('cv-missing') || rows.length !== card.rows.length
    || node.dataset.photo !== card.photo) return false;
  rows.forEach((row, index) => {
    const value = card.rows[index];
    row.dataset.label = value.label;
    row.children[0].textContent = row.children[0].title = value.label;
    row.querySelector('.cv-fill').className = `cv-fill ${value.rank ? `cv-class-${value.rank}` : 'cv-only'}`;
    row.querySelector('.cv-fill').style.width = `${100 * value.share}%`;
    row.children[2].textContent = value.text;
  });
  return true;
};
const draw = () => {
  const value = props.value;
  if (!value) return;
  root.classList.toggle('cv-updating', Boolean(value.updating));
  const old = [...root.children];
  const nodes = value.cards.map((card, index) => {
    if (!card.reason && old[index] && moveBars(old[index], card)) return old[index];
    const node = card.reason ? missingCard(card) : answerCard(card);
    node.dataset.photo = card.photo || '';
    return node;
  });
  root.replaceChildren(...nodes);
};
wide.addEventListener('change', () => root.querySelectorAll('.cv-open-wide').forEach((box) => { box.open = wide.matches; }));
watch('value', draw);
draw();
