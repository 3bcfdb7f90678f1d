/* Skips, Inside a block: shortcut, branch and sum of one block as maps; lengths and directions at every depth. */
const notice = h('div', {}), cards = h('div', { class: 'part-cards' });
const ratios = makeChart(), cosines = makeChart();
const depth = makeRange({ label: 'Block', help: 'from the first to the last', low: 0, high: 1, step: 0.01, format: (value) => `${Math.round(100 * value)}\u00a0%` }, (value) => bench.change({ depth: value }));
const pointed = (share) => { if (share !== undefined && Math.abs(share - bench.local.depth) > 0.005) bench.change({ depth: Math.round(100 * share) / 100 }); };
ratios.onPoint(pointed);
cosines.onPoint(pointed);
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const scale = (top) => { const bar = h('i', { 'aria-hidden': 'true' }); bar.style.background = `linear-gradient(90deg, ${props.viridis.join(',')})`; return h('div', { class: 'part-scale' }, '0', bar, top); };
const card = () => h('section', { class: 'card part-card' }, h('h3', { class: 'fam' }), h('p', { class: 'sub' }), h('ol', { class: 'part-chain', 'aria-label': 'Blocks' }), h('div', { class: 'part-maps' }), h('div', {}), h('p', { class: 'live' }));
const drawChain = (node, { chain, place }) => {
  const now = chain.map(({ name }) => name).join();
  if (node.dataset.built !== now) {
    node.replaceChildren(...chain.map(({ number, label, name }, at) => h('li', {}, h('button', { type: 'button', title: `${label} (${name})`, 'aria-label': `Block ${number}, ${label}`, onclick: () => bench.change({ depth: at / Math.max(1, chain.length - 1) }) }, String(number)))));
    node.dataset.built = now;
  }
  [...node.children].forEach((one, at) => one.firstChild.setAttribute('aria-pressed', String(at === place)));
};
const drawParts = (node, one) => {
  const [title, block, chain, maps, colours, said] = node.children;
  drawChain(chain, one);
  title.replaceChildren(familyMark(one.family), h('span', { class: 'n' }, one.title));
  block.textContent = one.block;
  if (maps.children.length !== one.maps.length) maps.replaceChildren(...one.maps.map(() => h('figure', {}, h('img', {}), h('figcaption', {}))));
  one.maps.forEach((map, place) => {
    const [picture, caption] = maps.children[place].children;
    picture.src = map.src;
    picture.alt = `${map.title} of ${one.block}`;
    caption.textContent = map.title;
  });
  colours.replaceChildren(scale(one.top));
  said.textContent = one.said;
};
const taken = () => {
  const shown = bench.shown();
  if (!shown) return null;
  const maps = () => Promise.all(shown.cards.flatMap((one) => one.maps.map(async ({ title, src }) => ({ title: `${one.title}: ${title}`, image: await loadPicture(src), whole: true, caption: one.block }))));
  const drawn = async (chart, title) => { const image = await chart.image(); return image ? [{ title, image, fine: true, row: true }] : []; };
  return { view: 'block', answer: shown.answer, photo: { name: shown.name, src: shown.src }, models: shown.cards, across: 3, credit: shown.cards.map(({ said }) => said).join(' '),
    onCard: async () => (await maps()).slice(0, 2), tiles: async () => [...await maps(), ...await drawn(ratios, 'Length of the branch'), ...await drawn(cosines, 'Direction of the branch')] };
};
const table = () => ['model,block,branch_over_shortcut,cosine', ...bench.shown().cards.flatMap((one) => one.rows.map((row) => [`"${one.title}"`, ...row].join(',')))].join('\n');
const foot = makeExports({ taken, files: [smallButton('CSV', () => saveFile('inside-blocks.csv', table(), 'text/csv'))], link: () => bench.link() });
const body = h('div', { class: 'surgery-body' }, h('section', { class: 'card' }, depth.node), cards, h('div', { class: 'grid2' }, h('section', { class: 'card' }, h('h3', {}, 'Length of the branch'), ratios.node), h('section', { class: 'card' }, h('h3', {}, 'Direction of the branch'), cosines.node)), why, foot.node);
root.append(notice, body);
const paint = (shown) => {
  depth.set(bench.local.depth, null);
  while (cards.children.length > shown.cards.length) cards.lastChild.remove();
  shown.cards.forEach((one, place) => drawParts(cards.children[place] || cards.appendChild(card()), one));
  ratios.show(shown.ratios);
  cosines.show(shown.cosines);
  foot.say(`Slider moves since: ${bench.moves()}; they run no network.`);
};
const drawn = (value) => {
  drawMissing(notice, value.missing);
  body.hidden = !bench.shown();
  body.classList.toggle('stale', bench.stale());
};
const bench = makeBench({ paint, drawn, view: 'block' });
document.addEventListener('cv:block', ({ detail }) => { if (detail.tab === props.tab) bench.change({ depth: detail.depth }); }); // Surgery names one
bench.begin();
