/* Build a stack: rows of settings, what each comes to beside them, a drawing, and the same stack as code. */
const FIELDS = [['kernel', 'Kernel'], ['stride', 'Stride'], ['padding', 'Padding'], ['dilation', 'Dilation'], ['groups', 'Groups'], ['channels', 'Channels']];
const KINDS = [['conv', 'Conv'], ['max', 'Max-pool'], ['average', 'Avg-pool']];
const head = makeHead(() => {});
const presets = h('div', { class: 'seg', role: 'group', 'aria-label': 'Ready stacks' });
const sideBox = h('input', { type: 'number', min: 1, max: 4096, 'aria-label': 'Side of the picture in pixels' });
const table = h('div', { class: 'rows-table', role: 'table', 'aria-label': 'Rows of the stack' });
const alert = h('p', { class: 'alert', role: 'alert', hidden: true });
const add = h('button', { type: 'button', class: 'btn' }, '+ Add a row');
const totals = h('p', { class: 'sub' });
/* Where the rows do not fit side by side each is closed until it is tapped, and only the first few show: the style decides. */
const FIRST = 4;
const rest = h('button', { type: 'button', class: 'btn rest', hidden: true, onclick: () => showAll(true) });
let all = false;
const showAll = (on) => { all = on; table.classList.toggle('all', all); rest.hidden = all || table.querySelectorAll('.stack-row').length <= FIRST; };
const openRow = (node, on = !node.classList.contains('open')) => { node.classList.toggle('open', on); node.querySelector('.brief').setAttribute('aria-expanded', String(on)); };
const drawing = h('div', { class: 'cone' });
const code = h('pre', { tabindex: 0, 'aria-label': 'The stack in PyTorch' });
const copyCode = smallButton('Copy as PyTorch', () => copyText(bench.shown().code, copyCode));
const compact = (row) => [row.kind[0], ...FIELDS.map(([name]) => row[name])].join('-');
const link = () => bench.link({ stack: `${bench.local.side}_${bench.local.rows.map(compact).join('_')}` });
const taken = () => {
  if (!drawn) return null;
  const { answer, settings: { rows }, totals: [parameters, products] } = drawn, whole = async () => [{ image: await drawingOf(drawing.firstChild), fine: true, title: 'What one unit of the last row depends on' }];
  const told = rows.map((row, place) => `${place + 1}: ${KINDS.find(([kind]) => kind === row.kind)[1]} ${row.kernel} x ${row.kernel}, stride ${row.stride}, sees ${drawn.levels[place].sees} px`);
  return { view: 'stack', how: 'Computed', answer, photo: null, models: [], tiles: whole, onCard: whole, credit: `Rows ${told.join('; ')}. Together ${parameters} parameters and ${products} multiply-adds.` };
};
const foot = makeExports({ taken, photo: false, files: [copyCode], link });
foot.say('Computed exactly from the rows; no network ran.');
root.append(head.node, h('div', { class: 'bar' }, presets, h('label', { class: 'side-box' }, 'Picture', sideBox, 'px')),
  h('div', { class: 'stack-grid' },
    h('section', { class: 'card layers' }, h('h3', {}, 'Layers'), table, alert, h('div', { class: 'bar' }, rest, add, totals)),
    h('section', { class: 'card' }, h('h3', {}, 'What one unit of the last row depends on'), drawing)),
  h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why)), h('details', { class: 'more' }, h('summary', {}, 'The same in PyTorch'), code), foot.node);

const fromAddress = () => {
  const [first, ...rest] = (address.get('stack') || '').split('_'), kinds = { c: 'conv', m: 'max', a: 'average' };
  const rows = rest.slice(0, 60).map((part) => { const [kind, ...numbers] = part.split('-'); return { kind: kinds[kind] || 'conv', ...Object.fromEntries(FIELDS.map(([name], index) => [name, numbers[index] === 'same' ? 'same' : Number(numbers[index])])) }; });
  return rows.length ? { side: Number(first), rows } : {};
};
const complain = (text) => {
  alert.textContent = text || '';
  alert.hidden = !text;
  const bad = Number((/^Row (\d+):/.exec(text || '') || [])[1]);
  alert.remove();
  [...table.querySelectorAll('.stack-row')].forEach((node, index) => node.classList.toggle('bad', index + 1 === bad));
  if (table.children[bad]) {
    table.children[bad].after(alert); // at the place of the fault
    openRow(table.children[bad], true);
    if (bad > FIRST) showAll(true);
  }
  else table.after(alert);
  root.classList.toggle('refused', Boolean(text));
};
const change = (index, name, text) => {
  const rows = bench.local.rows.map((row, place) => (place === index ? { ...row, [name]: name === 'kind' || text === 'same' ? text : text.trim() === '' ? text : Number(text) } : row));
  bench.change({ rows });
};
const cell = (row, index, [name, title]) => {
  const off = row.kind !== 'conv' && (name === 'groups' || name === 'channels');
  const box = h('input', { type: 'text', inputmode: 'numeric', value: off ? '–' : row[name], disabled: off, 'aria-label': `Row ${index + 1}, ${title.toLowerCase()}`, list: name === 'padding' ? 'same-padding' : null, oninput: () => change(index, name, box.value) });
  box.addEventListener('keydown', (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by || !Number.isFinite(Number(box.value))) return;
    event.preventDefault();
    box.value = Math.max(0, Number(box.value) + by);
    change(index, name, box.value);
  });
  return h('div', { class: 'num', role: 'cell' }, h('span', {}, title), box);
};
/* The rows themselves are built anew only when their number or kinds change, so that typing keeps its place. */
const fields = (index) => [...table.children[index + 1].querySelectorAll('input')];
const drawRows = ({ levels, settings: { rows } }) => {
  const shape = rows.map((row) => row.kind).join();
  if (table.dataset.shape !== shape) {
    const open = [...table.children].slice(1).flatMap((line, index) => (line.classList.contains('open') ? [index] : []));
    table.dataset.shape = shape;
    table.replaceChildren(h('div', { class: 'stack-head', role: 'row' }, ['', 'Layer', ...FIELDS.map(([, title]) => title), 'Sees', 'Output', 'Params', 'Mult-adds', ''].map((title) => h('span', { role: 'columnheader' }, title))),
      ...rows.map((row, index) => h('div', { class: 'stack-row', role: 'row' }, h('span', { class: 'no', role: 'cell' }, index + 1),
        h('div', { class: 'briefly', role: 'cell' }, h('button', { type: 'button', class: 'brief', 'aria-expanded': 'false', onclick: (event) => openRow(event.currentTarget.closest('.stack-row')) }, h('span', {}), h('b', {}))),
        h('select', { 'aria-label': `Row ${index + 1}, layer`, onchange: (event) => change(index, 'kind', event.target.value) }, KINDS.map(([kind, title]) => h('option', { value: kind, selected: kind === row.kind }, title))),
        FIELDS.map((field) => cell(row, index, field)), ['sees', 'output', 'parameters', 'multiply_adds'].map((name) => h('span', { class: `got ${name}`, role: 'cell' })),
        h('button', { type: 'button', class: 'x', 'aria-label': `Remove row ${index + 1}`, disabled: rows.length === 1, onclick: () => bench.change({ rows: bench.local.rows.toSpliced(index, 1) }) }, '\u2715'))));
    open.forEach((index) => { if (table.children[index + 1]) openRow(table.children[index + 1], true); });
    rest.textContent = `Show all ${rows.length} rows`;
    showAll(all);
  }
  rows.forEach((row, index) => {
    fields(index).forEach((box, place) => { if (document.activeElement !== box && !box.disabled) box.value = row[FIELDS[place][0]]; });
    const level = levels[index], line = table.children[index + 1];
    const [what, sees] = line.querySelector('.brief').children, size = `${row.kernel} × ${row.kernel}`, steps = [row.stride > 1 && `stride ${row.stride}`, row.dilation > 1 && `dilation ${row.dilation}`].filter(Boolean);
    what.textContent = [`${KINDS.find(([kind]) => kind === row.kind)[1]} ${size}`, ...steps].join(', ');
    sees.textContent = `sees ${level.sees}\u00a0px`;
    line.querySelector('.sees').replaceChildren(`${level.sees} px`, ...(level.beyond ? [h('small', {}, ' beyond')] : []));
    for (const name of ['output', 'parameters', 'multiply_adds']) line.querySelector(`.${name}`).textContent = level[name];
  });
};
const drawTo = (width) => { if (width && drawn) drawCone(drawing, { ...drawn, ...drawn.settings }); };
let drawn = null; // a refused row leaves it on screen, and what the visitor types in its boxes
const paint = (shown) => {
  complain(shown.error);
  if (shown.error || shown === drawn) return;
  drawn = shown;
  const { rows, side } = shown.settings;
  presets.replaceChildren(...shown.presets.map((preset) => h('button', { type: 'button', 'aria-pressed': String(JSON.stringify(preset.rows) === JSON.stringify(rows)), onclick: () => { showAll(false); bench.change({ rows: preset.rows }); } }, preset.title)));
  if (document.activeElement !== sideBox) sideBox.value = side;
  drawRows(shown);
  totals.textContent = `Together ${shown.totals[0]} parameters and ${shown.totals[1]} multiply-adds.`;
  code.textContent = shown.code;
  drawTo(drawing.clientWidth);
};
add.addEventListener('click', () => { const { rows } = bench.local; if (rows.length >= FIRST) showAll(true); bench.change({ rows: [...rows, { ...(rows.findLast((row) => row.kind === 'conv') || { kind: 'conv', kernel: 3, stride: 1, padding: 1, dilation: 1, groups: 1, channels: 64 }) }] }); });
sideBox.addEventListener('input', () => bench.change({ side: Number(sideBox.value) }));
root.append(h('datalist', { id: 'same-padding' }, h('option', { value: 'same' })));
new ResizeObserver(() => drawTo(drawing.clientWidth)).observe(drawing);
const bench = makeBench({ paint, head, view: 'field-stack' });
if (bench.linked) Object.assign(bench.local, fromAddress());
bench.begin();
