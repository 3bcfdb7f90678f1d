/* "Slide a kernel": which numbers meet at one place of the result, how the place moves, and what changes it all. */
const COLOURS = ['Red', 'Green', 'Blue'];
let place = [0, 0], hovered = null, pinned = false, channel = 0, drawn = null, timer = null;

/* The input cells that meet at one place of the result, and the kernel number that each meets: [u, v, row, column]. */
const meet = (value, [row, column]) => {
  const { taps, stride, dilation, padding, transposed, input } = value.grid, found = [];
  for (let u = 0; u < taps[0].length; u += 1) {
    for (let v = 0; v < taps[0].length; v += 1) {
      if (!transposed) { found.push([u, v, row * stride + u * dilation, column * stride + v * dilation]); continue; }
      const y = (row + padding - u * dilation) / stride, x = (column + padding - v * dilation) / stride;
      if (Number.isInteger(y) && Number.isInteger(x) && y >= 0 && x >= 0 && y < input.height && x < input.width) found.push([u, v, y, x]);
    }
  }
  return found;
};
/* The place of the result whose window lies around a cell of the input. */
const placeOf = (value, [row, column]) => {
  const { taps, stride, dilation, padding, transposed, output } = value.grid, half = (dilation * (taps[0].length - 1)) / 2;
  const back = (cell, count) => Math.min(count - 1, Math.max(0, Math.round(transposed ? cell * stride - padding + half : (cell - half) / stride)));
  return [back(row, output.height), back(column, output.width)];
};
const sumText = (value, [row, column]) => {
  const { taps, bias, groups, input, output } = value.grid, cells = meet(value, [row, column]);
  const out = output.values[groups === 3 ? channel : 0][row][column];
  const term = (c) => ([u, v, y, x]) => `${written(input.values[c][y][x])}×${taps[c][u][v] < 0 ? `(${written(taps[c][u][v])})` : written(taps[c][u][v])}`;
  const total = (c) => cells.reduce((sum, [u, v, y, x]) => sum + input.values[c][y][x] * taps[c][u][v], 0);
  const parts = [];
  if (taps.length === 1 || groups === 3) {
    const terms = cells.map(term(groups === 3 ? channel : 0));
    parts.push(...(terms.length > 9 ? [...terms.slice(0, 4), `… ${terms.length - 4} more`] : terms.length ? terms : ['0']));
  } else parts.push(...COLOURS.map((name, c) => `${name.toLowerCase()} ${written(Number(total(c).toFixed(3)))}`));
  if (bias) parts.push(`bias ${written(bias)}`);
  return [parts.join(' + ').replaceAll('+ \u2212', '\u2212 '), written(out)];
};

const inputGrid = makeGrid('Your photo', { hover: (cell) => point(cell && placeOf(bench.shown(), cell)), pick: (cell) => pin(placeOf(bench.shown(), cell)) });
const move = (rows, columns) => pin([place[0] + rows, place[1] + columns], true);
const keys = { ArrowUp: () => move(-1, 0), ArrowDown: () => move(1, 0), ArrowLeft: () => move(0, -1), ArrowRight: () => move(0, 1), Escape: () => { pinned = false; drawPlace(); }, ' ': () => play.click() };
const outputGrid = makeGrid('Result', {
  hover: (cell) => point(cell), pick: (cell) => pin(cell),
  key: (event) => { const act = keys[event.key]; if (act && bench.shown()) { event.preventDefault(); act(); } },
});
const numbers = makeNumbers((rows) => change({ kernel: 'own', own: rows }));
const channels = makeChoice('Colour', COLOURS.map((name, index) => [index, name]), (value) => { channel = value; drawPlace(); });
const back = h('button', { type: 'button', class: 'btn', 'aria-label': 'One place back' }, '\u25c0');
const play = h('button', { type: 'button', class: 'btn primary' }, 'Play');
const next = h('button', { type: 'button', class: 'btn', 'aria-label': 'One place on' }, '\u25b6');
const scrubber = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Place in the result' });
const where = h('output', {});
const sum = h('p', { class: 'sum' });
const hint = h('p', { class: 'sub' });
const stage = h('div', { class: 'bench' }, inputGrid.node, h('b', { class: 'sign', 'aria-hidden': 'true' }, '×'),
  h('div', { class: 'pair' }, channels.node, h('figure', {}, h('figcaption', {}, 'Kernel'), numbers.kernel), h('figure', {}, h('figcaption', {}, 'Under the window'), numbers.under)),
  h('b', { class: 'sign', 'aria-hidden': 'true' }, '='), outputGrid.node);
const seen = h('div', {}, stage, sum,
  h('div', { class: 'stepper' }, h('div', { class: 'player' }, back, play, next), scrubber, where), hint);
const pictureCard = h('section', { class: 'card bleed slidecard' }, steering, seen);

const current = () => hovered ?? place;
const size = () => [bench.shown().grid.output.height, bench.shown().grid.output.width];
const inside = ([row, column]) => [Math.min(size()[0] - 1, Math.max(0, row)), Math.min(size()[1] - 1, Math.max(0, column))];
const point = (cell) => { if (!bench.shown()) return; hovered = cell && inside(cell); drawPlace(); };
const pin = (cell, keep) => {
  if (!bench.shown()) return;
  const to = inside(cell), same = pinned && !keep && String(to) === String(place);
  stop(); place = to; pinned = !same; hovered = null; drawPlace();
};
const step = (by) => {
  const [rows, columns] = size(), index = (place[0] * columns + place[1] + by + rows * columns) % (rows * columns);
  place = [Math.floor(index / columns), index % columns]; pinned = false; hovered = null; drawPlace();
};
const stop = () => { clearInterval(timer); timer = null; play.textContent = 'Play'; };
back.addEventListener('click', () => { stop(); step(-1); });
next.addEventListener('click', () => { stop(); step(1); });
play.addEventListener('click', () => { if (timer) return stop(); play.textContent = 'Stop'; step(1); timer = setInterval(() => (root.isConnected && root.offsetParent ? step(1) : stop()), 600); });
scrubber.addEventListener('input', () => { stop(); place = [Math.floor(scrubber.value / size()[1]), scrubber.value % size()[1]]; pinned = hovered = null; drawPlace(); });

const drawPlace = () => {
  const value = bench.shown(), { input, output, padding, transposed, taps, groups, low, high, stride, dilation } = value.grid;
  const at = inside(current()), cells = meet(value, at), own = groups === 3 ? channel : 0, seen = taps.length > 1 ? channel : 0;
  const edge = !transposed && padding ? [{ row: padding, column: padding, height: input.height - 2 * padding, width: input.width - 2 * padding, kind: 'edge' }] : [];
  const span = dilation * (taps[0].length - 1) + 1;
  const frame = transposed ? [] : [{ row: at[0] * stride, column: at[1] * stride, height: span, width: span, kind: 'lit' }];
  inputGrid.mark([...edge, ...cells.map(([, , row, column]) => ({ row, column, kind: 'tap' })), ...frame, ...(transposed ? cells.map(([, , row, column]) => ({ row, column, kind: 'lit' })) : [])], pinned && !hovered);
  outputGrid.mark([{ row: at[0], column: at[1], kind: 'lit' }], pinned && !hovered);
  const under = taps[0].map((row) => row.map(() => null));
  cells.forEach(([u, v, y, x]) => { under[u][v] = input.values[seen][y][x]; });
  numbers.showKernel(taps[seen], value.settings.kernel !== 'learned');
  numbers.showWindow(under, low[seen], high[seen]);
  channels.node.hidden = taps.length === 1;
  channels.set(channel);
  const [left, right] = sumText(value, at);
  sum.replaceChildren(`${left} = `, h('b', {}, right));
  const count = output.height * output.width, index = at[0] * output.width + at[1];
  scrubber.max = count - 1; scrubber.value = index;
  scrubber.style.setProperty('--share', `${(100 * index) / Math.max(1, count - 1)}%`);
  where.textContent = `${(index + 1).toLocaleString('en')} of ${count.toLocaleString('en')}`;
  outputGrid.describe(`Result, ${output.height} by ${output.width}. Row ${at[0] + 1}, column ${at[1] + 1}: ${written(output.values[own][at[0]][at[1]])}.`);
  outputGrid.show({ src: output.src[Math.min(own, output.src.length - 1)], height: output.height, width: output.width });
};
