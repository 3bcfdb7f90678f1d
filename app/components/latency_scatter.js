/* Accuracy that others published over the time measured here; a line joins the models that nobody beats in both. */
const makeScatter = () => {
  const box = h('div', { class: 'lines-plot' });
  let view = null;
  const drawScatter = () => {
    if (!view || !box.clientWidth) return;
    const rows = view.points, width = box.clientWidth, narrow = width < 560, high = 280, left = 52, right = 20, top = 26, bottom = 40;
    if (!rows.length) { box.replaceChildren(); return; }
    const log = Math.log2, times = rows.map((row) => row.ms), marks = rows.map((row) => row.accuracy);
    const x0 = log(Math.min(...times)) - 0.4, x1 = log(Math.max(...times)) + (narrow ? 0.6 : 1), low = Math.floor(Math.min(...marks) - 2), top1 = Math.ceil(Math.max(...marks) + 2);
    const x = (ms) => left + ((log(ms) - x0) / (x1 - x0)) * (width - left - right), y = (value) => high - bottom - ((value - low) / (top1 - low)) * (high - top - bottom);
    const powers = [];
    for (let power = Math.ceil(x0); power <= x1; power += 1) powers.push(2 ** power);
    const step = top1 - low > 15 ? 5 : 2, levels = Array.from({ length: Math.floor((top1 - low) / step) + 1 }, (_, index) => Math.ceil(low / step) * step + index * step).filter((value) => value <= top1);
    const front = rows.filter((row) => row.best).sort((a, b) => a.ms - b.ms);
    const taken = [];
    box.replaceChildren(svg('svg', { width, height: high, role: 'img', 'aria-label': rows.map((row) => row.said).join(' ') },
      svg('text', { x: 0, y: 13 }, 'published top-1, %'),
      levels.map((value) => [svg('path', { class: 'grid', d: `M${left} ${y(value)}H${width - right}` }), svg('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, String(value))]),
      powers.map((value) => svg('text', { x: x(value), y: high - bottom + 18, 'text-anchor': 'middle' }, tickText(value))),
      svg('text', { x: width - right, y: high - 4, 'text-anchor': 'end' }, 'milliseconds here, doubling scale'),
      svg('path', { class: 'front', d: front.map((row, index) => `${index ? 'L' : 'M'}${x(row.ms)} ${y(row.accuracy)}`).join('') }),
      rows.map((row) => {
        const px = x(row.ms), py = y(row.accuracy), left = px > width * 0.72;
        let ty = py + 4;
        while (taken.some(([tx, other]) => Math.abs(other - ty) < 14 && Math.abs(tx - px) < 150)) ty += 14;
        taken.push([px, ty]);
        return svg('g', { class: row.family }, svg('title', {}, `${row.said}`), markOf(row, !row.best, px - 7, py - 7), svg('text', { class: 'b ink', x: left ? px - 12 : px + 12, y: ty, 'text-anchor': left ? 'end' : 'start' }, row.title));
      })));
  };
  fitted(box, drawScatter);
  return { node: box, show(value) { view = value; drawScatter(); } };
};
