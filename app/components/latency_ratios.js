/* How many times as fast: one bar a pair, its 95 % interval, on a doubling scale with a line at 1 and the margin that does not matter. */
const makeRatios = (margin) => {
  const box = h('div', { class: 'ratio-plot' }), together = h('p', { class: 'sub together' });
  const node = h('section', { class: 'card ratios' }, h('h3', {}, 'How sure are we?'),
    h('p', { class: 'sub' }, `Bar = 95\u00a0% interval of the ratio. A verdict needs all of it on one side of 1\u00d7, outside the shaded ${Math.round(100 * margin)}\u00a0%, and 20 rounds.`), together, box);
  let duel = null;
  const drawRatios = () => {
    if (!duel || !box.clientWidth) return;
    const rows = duel.pairs, width = box.clientWidth, narrow = width < 420, each = 42, left = narrow ? 112 : 150, room = 122;
    if (!rows.length) { box.replaceChildren(h('p', { class: 'sub empty' }, duel.pairs_note)); return; }
    const low = Math.min(0.8, ...rows.map((row) => row.low)), high = Math.max(1.5, ...rows.map((row) => row.high));
    const log = Math.log2, from = log(low) - 0.08, to = log(high) + 0.12, place = (right) => (ratio) => left + ((log(ratio) - from) / (to - from)) * (width - left - right);
    /* The words stand beside their bar; where a bar leaves no room on either side, all words get a column of their own. */
    const beside = rows.every((row) => place(14)(row.high) + 10 + room < width || place(14)(row.low) - 10 - room > left), right = beside ? 14 : room + 4, x = place(right);
    const all = [1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32, 64, 128], ticks = all.filter((value) => log(value) >= from && log(value) <= to);
    const base = 8 + rows.length * each, total = base + 44;
    const parts = [svg('rect', { class: 'margin', x: x(1 - margin), y: 4, width: x(1 + margin) - x(1 - margin), height: base - 4 }), svg('path', { class: 'one', d: `M${x(1)} 4V${base}` }),
      ticks.map((value) => svg('text', { x: x(value), y: base + 18, 'text-anchor': 'middle' }, `${value >= 1 ? value : `1/${1 / value}`}\u00d7`))];
    rows.forEach((row, index) => {
      const y = 26 + index * each, kind = row.verdict === 'too close to call' || row.verdict === null ? 'close' : 'sure';
      const start = !beside || x(row.high) + 10 + room < width, at = !beside ? width - room : start ? x(row.high) + 10 : x(row.low) - 10, anchor = start ? 'start' : 'end';
      parts.push(svg('text', { class: 'ink b', x: 0, y: y - 3 }, shortened(row.a, left - 8)), svg('text', { x: 0, y: y + 13 }, shortened(`${narrow ? 'vs' : 'against'} ${row.b}`, left - 4)),
        svg('g', { class: kind }, svg('rect', { x: x(row.low), y: y - 7, width: Math.max(2, x(row.high) - x(row.low)), height: 14, rx: 3 }), svg('path', { d: `M${x(row.ratio)} ${y - 9}V${y + 9}` }),
          svg('text', { class: 'b', x: at, y: y - 2, 'text-anchor': anchor }, row.said)),
        svg('text', { x: at, y: y + 13, 'text-anchor': anchor }, row.interval));
    });
    box.replaceChildren(svg('svg', { width, height: total, role: 'img', 'aria-label': duel.pairs_described }, parts, svg('text', { x: width - right, y: total - 6, 'text-anchor': 'end' }, 'times as fast, doubling scale')));
  };
  fitted(box, drawRatios);
  return { node, show(value) { duel = value; together.textContent = value?.pairs_together || ''; together.hidden = !together.textContent; drawRatios(); } };
};
