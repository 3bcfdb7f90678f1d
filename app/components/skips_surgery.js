/* Skips, Surgery: switch blocks of a trained network off, one by one or many, and read what its answer becomes. */
/* Another model has other blocks: what was switched in one stays as it was there. */
const here = (kind) => bench.local[kind].filter((name) => bench.shown().blocks.some((block) => name === (kind === 'swapped' ? block.module : block.name)));
const flip = (names, name) => (names.includes(name) ? names.filter((one) => one !== name) : [...names, name].sort());
const chain = makeChain((kind, name) => bench.change({ [kind]: flip(bench.local[kind], name) }), (module) => bench.change({ swapped: flip(bench.local.swapped, module) }), (name) => lookInside(name));
/* Opens the view "Inside a block" at a block of the model that is shown: as deep among its blocks that have a shortcut. */
const lookInside = (name) => {
  const { model, blocks } = bench.shown(), inside = blocks.filter(({ reason }) => !reason).map((one) => one.name);
  const detail = { tab: props.tab, view: 'block', models: [model], depth: inside.indexOf(name) / Math.max(1, inside.length - 1) };
  for (const event of ['cv:chips', 'cv:block']) document.dispatchEvent(new CustomEvent(event, { detail }));
  setTimeout(() => document.dispatchEvent(new CustomEvent('cv:open', { detail })), 60); // Gradio takes over the choice a moment later
};
const bars = makeChart(), curve = makeChart();
const done = h('p', { class: 'live', 'aria-live': 'polite' }), fault = h('p', { class: 'alert', hidden: true }), notice = h('div', {});
const allOn = smallButton('All on', () => bench.change({ off: [], cut: [], swapped: [] }));
const more = h('button', { type: 'button', class: 'btn', onclick: () => bench.change({ several: !bench.local.several }) });
const curveCard = h('section', { class: 'card' }, h('h3', {}, 'Several blocks at random'), h('p', { class: 'sub curve-said' }), curve.node);
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const folder = makeFolder();
const barsSaid = h('p', { class: 'sub' });
const aboutBars = (blocks) => `One block left out at a time; the dashed line is the whole network.${blocks.some(({ reason }) => reason) ? ' A block without a shortcut has no bar.' : ''} Keys 1 to 8 switch the first branches.`;
const barCard = h('section', { class: 'card' }, h('h3', {}, 'The answer without each block'), barsSaid, bars.node, folder.node);
const chainCard = h('section', { class: 'card chain-card' },
  h('div', { class: 'bar' }, h('h3', {}, 'Switch blocks'), h('span', { class: 'end bar' }, allOn, more)), done, fault, chain.node);
const table = () => ['number,name,label,shortcut,probability_without,answer_without,photos,answer_stays', ...bench.shown().blocks.map((one, place) => [place + 1, one.name, `"${one.label}"`, one.shortcut || 'none', one.chance ?? '', `"${String(one.says ?? bench.shown().label).replaceAll('"', '""')}"`, one.stays?.[1] ?? '', one.stays?.[0] ?? ''].join(','))].join('\n');
const taken = () => {
  const shown = bench.shown();
  if (!shown) return null;
  const drawn = async (chart, title) => { const image = await chart.image(); return image ? [{ title, image, fine: true }] : []; };
  return { view: 'surgery', answer: shown.answer, photo: { name: shown.name, src: shown.src }, models: [{ title: shown.title, family: shown.family, random: shown.weights === 'random' }], credit: shown.done,
    onCard: () => drawn(bars, 'The answer without each block'),
    tiles: async () => [...await drawn(bars, 'The answer without each block'), ...(shown.curve ? await drawn(curve, 'Several blocks at random') : [])] };
};
const foot = makeExports({ taken, files: [smallButton('CSV', () => saveFile('blocks.csv', table(), 'text/csv'))], link: () => bench.link(Object.fromEntries(['off', 'cut', 'swapped'].map((kind) => [kind, bench.shown() ? here(kind).join() : '']))) });
const body = h('div', { class: 'surgery-body' }, barCard, chainCard, curveCard, why, foot.node);
root.append(notice, body);

const paint = (shown) => {
  const { local } = bench;
  chain.show(shown.blocks, local);
  bars.show(shown.bars);
  barsSaid.textContent = aboutBars(shown.blocks);
  folder.show(shown.many);
  done.textContent = shown.done;
  allOn.disabled = !['off', 'cut', 'swapped'].some((kind) => here(kind).length);
  more.textContent = local.several ? 'Hide the curve' : 'Drop several at random';
  more.setAttribute('aria-pressed', String(local.several));
  curveCard.hidden = !local.several || !shown.curve;
  if (shown.curve) { curve.show(shown.curve); curveCard.querySelector('.curve-said').textContent = shown.curve.answer; }
  fault.hidden = !shown.error;
  fault.textContent = shown.error || '';
  foot.say(shown.ran);
};
const drawn = (value) => {
  drawMissing(notice, value.missing);
  folder.drawn();
  body.hidden = !bench.shown();
  body.classList.toggle('stale', bench.stale() && bench.shown().key !== value.key);
};
const bench = makeBench({ paint, drawn, view: 'surgery' });
if (bench.linked) for (const name of ['off', 'cut', 'swapped']) bench.local[name] = (address.get(name) || '').split(',').filter(Boolean).slice(0, 200).sort();
document.addEventListener('keydown', (event) => {
  const shown = bench.shown(), number = Number(event.key);
  if (!shown || event.ctrlKey || event.metaKey || event.altKey || !root.offsetParent || event.target.closest?.('input:not([type=range],[type=radio]),textarea,select')) return;
  const block = number >= 1 && number <= 8 ? shown.blocks[number - 1] : null;
  if (!block) return;
  event.preventDefault();
  if (!block.reason) bench.change({ off: flip(bench.local.off, block.name) });
});
bench.begin();
