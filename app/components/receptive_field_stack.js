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
const drawing = h('div', { class: 'cone' });
const code = h('pre', { tabindex: 0, 'aria-label': 'The stack in PyTorch' });
const copy = h('button', { type: 'button', class: 'btn sm', onclick: () => copyText(value.code, copy) }, 'Copy as PyTorch');
const link = h('button', { type: 'button', class: 'btn sm', onclick: () => copyText(address(), link) }, 'Copy link');
let value = props.value; // only this script changes it
const why = h('div', { class: 'why' }, h('b', {}, value.why_title), h('p', {}, value.why));
root.append(head.node, h('div', { class: 'bar' }, presets, h('label', { class: 'side-box' }, 'Picture', sideBox, 'px')),
  h('div', { class: 'stack-grid' },
    h('section', { class: 'card layers' }, h('h3', {}, 'Layers'), table, alert, h('div', { class: 'bar' }, add, totals)),
    h('section', { class: 'card' }, h('h3', {}, 'What one unit of the last row depends on'), drawing)),
  why, h('details', { class: 'more' }, h('summary', {}, 'The same in PyTorch'), code),
  h('div', { class: 'foot' }, h('span', { class: 'ran' }, 'Computed exactly from the rows; no network ran.'), h('span', { class: 'end' }, copy, link)));

let rows = [], side = 224, asking = false, waiting = false;
const compact = (row) => [row.kind[0], ...FIELDS.map(([name]) => row[name])].join('-');
const address = () => {
  const url = new URL(location.href);
  url.searchParams.set('view', 'field-stack');
  url.searchParams.set('stack', `${side}_${rows.map(compact).join('_')}`);
  return url.href;
};
const fromAddress = () => {
  const text = new URLSearchParams(location.search).get('stack');
  if (!text) return null;
  const [first, ...rest] = text.split('_'), kinds = { c: 'conv', m: 'max', a: 'average' };
  const found = rest.slice(0, 60).map((part) => { const [kind, ...numbers] = part.split('-'); return { kind: kinds[kind] || 'conv', ...Object.fromEntries(FIELDS.map(([name], index) => [name, numbers[index] === 'same' ? 'same' : Number(numbers[index])])) }; });
  return found.length ? { side: Number(first), rows: found } : null;
};
const ask = async () => {
  if (asking) { waiting = true; return; }
  asking = true;
  try {
    const answer = await server.stack({ rows, side });
    if (waiting) return;
    if (answer.error) complain(answer.error);
    else { value = { ...value, ...answer }; draw(); }
  } finally {
    asking = false;
    if (waiting) { waiting = false; ask(); }
  }
};
const complain = (text) => {
  alert.textContent = text || '';
  alert.hidden = !text;
  const bad = Number((/^Row (\d+):/.exec(text || '') || [])[1]);
  alert.remove();
  [...table.querySelectorAll('.stack-row')].forEach((node, index) => node.classList.toggle('bad', index + 1 === bad));
  if (table.children[bad]) table.children[bad].after(alert); // at the place of the fault
  else table.after(alert);
  root.classList.toggle('refused', Boolean(text));
};
const change = (index, name, text) => {
  rows = rows.map((row, place) => (place === index ? { ...row, [name]: name === 'kind' || text === 'same' ? text : text.trim() === '' ? text : Number(text) } : row));
  ask();
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
const drawRows = () => {
  const shape = rows.map((row) => row.kind).join();
  if (table.dataset.shape !== shape) {
    table.dataset.shape = shape;
    table.replaceChildren(h('div', { class: 'stack-head', role: 'row' }, ['', 'Layer', ...FIELDS.map(([, title]) => title), 'Sees', 'Output', 'Params', 'Mult-adds', ''].map((title) => h('span', { role: 'columnheader' }, title))),
      ...rows.map((row, index) => h('div', { class: 'stack-row', role: 'row' }, h('span', { class: 'no', role: 'cell' }, index + 1),
        h('select', { 'aria-label': `Row ${index + 1}, layer`, onchange: (event) => change(index, 'kind', event.target.value) }, KINDS.map(([kind, title]) => h('option', { value: kind, selected: kind === row.kind }, title))),
        FIELDS.map((field) => cell(row, index, field)), ['sees', 'output', 'parameters', 'multiply_adds'].map((name) => h('span', { class: `got ${name}`, role: 'cell' })),
        h('button', { type: 'button', class: 'x', 'aria-label': `Remove row ${index + 1}`, disabled: rows.length === 1, onclick: () => { rows = rows.toSpliced(index, 1); ask(); } }, '\u2715'))));
  }
  rows.forEach((row, index) => {
    fields(index).forEach((box, place) => { if (document.activeElement !== box && !box.disabled) box.value = row[FIELDS[place][0]]; });
    const level = value.levels[index], line = table.children[index + 1];
    line.querySelector('.sees').replaceChildren(`${level.sees} px`, ...(level.beyond ? [h('small', {}, ' beyond')] : []));
    for (const name of ['output', 'parameters', 'multiply_adds']) line.querySelector(`.${name}`).textContent = level[name];
  });
};
const draw = () => {
  ({ rows, side } = value);
  head.set({ question: value.question, answer: value.answer });
  complain(null);
  presets.replaceChildren(...value.presets.map((preset) => h('button', { type: 'button', 'aria-pressed': String(JSON.stringify(preset.rows) === JSON.stringify(rows)), onclick: () => { rows = preset.rows; ask(); } }, preset.title)));
  if (document.activeElement !== sideBox) sideBox.value = side;
  drawRows();
  totals.textContent = `Together ${value.totals[0]} parameters and ${value.totals[1]} multiply-adds.`;
  code.textContent = value.code;
  if (drawing.clientWidth) drawCone(drawing, value);
};
add.addEventListener('click', () => { rows = [...rows, { ...(rows.findLast((row) => row.kind === 'conv') || { kind: 'conv', kernel: 3, stride: 1, padding: 1, dilation: 1, groups: 1, channels: 64 }) }]; ask(); });
sideBox.addEventListener('input', () => { side = Number(sideBox.value); ask(); });
root.append(h('datalist', { id: 'same-padding' }, h('option', { value: 'same' })));
new ResizeObserver(() => { if (drawing.clientWidth) drawCone(drawing, value); }).observe(drawing);
draw();
const wanted = fromAddress();
if (wanted) { ({ rows, side } = wanted); ask(); }
