/* An instrument of our own, no chart of plotly.js: it grows dot by dot while models race. The strip plot: one dot per run, a line at the median, names left and figures right (above their rows when narrow). */
const makeStrip = () => {
  const sub = h('span', { class: 'sub' });
  const badges = h('span', { class: 'badges' });
  const box = h('div', { class: 'strip-plot' });
  const node = h('section', { class: 'card strips' }, h('div', { class: 'strip-top' }, h('h3', {}, 'Every run is one dot'), sub, badges), box);
  let duel = null;
  /* A fixed scatter across the row, the same for every drawing: only the distance from the left means something. */
  const scatter = (index) => ((index * 37) % 31) - 15;
  const drawStrip = () => {
    if (!duel || !box.clientWidth) return;
    const rows = duel.racers, width = box.clientWidth, narrow = width < 560, each = narrow ? 74 : 58;
    const longest = 36 + 8.2 * Math.max(0, ...rows.map((row) => row.title.length)); // of the names, in pixels, about
    const left = narrow ? 10 : Math.min(0.28 * width, Math.max(158, longest)), right = narrow ? 12 : 150, top = 8, bottom = 44, high = top + rows.length * each + bottom;
    const shown = rows.flatMap((row) => row.ms), typical = Math.max(0, ...rows.map((row) => row.p90 ?? 0)) * 2.2;
    const farthest = Math.max(0.001, ...shown), most = typical ? Math.min(farthest, typical) : farthest;
    const ticks = niceTicks(most * 1.02, narrow ? 4 : Math.min(8, Math.max(4, Math.floor((width - left - right) / 90)))), end = Math.max(most * 1.02, ticks.at(-1));
    const x = (ms) => left + (Math.min(ms, end) / end) * (width - left - right);
    const base = top + rows.length * each;
    const parts = [ticks.map((value) => [svg('path', { class: 'grid', d: `M${x(value)} ${top}V${base}` }), svg('text', { x: x(value), y: base + 18, 'text-anchor': 'middle' }, tickText(value))])];
    rows.forEach((row, place) => {
      const hollow = hollowOf(rows, row), y = top + place * each + (narrow ? 14 : 26), centre = narrow ? y + 31 : y + 3;
      const figures = row.p50 === null ? [row.failed ? 'left out' : 'not measured yet', ''] : [row.p50_text, `90\u00a0% within ${row.p90_text}`];
      const name = svg('text', { class: 'ink b name', x: narrow ? 24 : 26, y }, shortened(row.title, narrow ? width - 232 : left - 30));
      name.append(svg('title', {}, row.title));
      if (narrow) parts.push(svg('rect', { class: 'veil', x: 0, y: y - 13, width, height: 19 }));
      parts.push(markOf(row, hollow, 2, y - 12), name);
      if (narrow) parts.push(svg('text', { x: width, y, 'text-anchor': 'end' }, svg('tspan', { class: 'ink b name' }, figures[0]), ` ${row.p50 === null ? '' : figures[1].replace('\u00a0ms', '')}`));
      else parts.push(svg('text', { x: 26, y: y + 17 }, row.engine_line), svg('text', { class: 'ink b name', x: width - right + 12, y }, figures[0]), svg('text', { x: width - right + 12, y: y + 17 }, figures[1]));
      const dots = svg('g', { class: `dots ${row.family}${hollow ? ' hollow' : ''}` });
      row.ms.forEach((ms, index) => {
        const dropped = duel.dropped.includes(index);
        const place = ms > end ? svg('path', { d: `M${x(end) - 4} ${centre + scatter(index) - 4}l7 4l-7 4z`, class: 'far' }) : svg('circle', { cx: x(ms).toFixed(1), cy: centre + scatter(index), r: 3.6, class: dropped ? 'dropped' : 'run' });
        place.append(svg('title', {}, `Run ${index + 1}: ${msText(ms)}${dropped ? ', disturbed' : ''}`));
        dots.append(place);
      });
      parts.push(dots);
      if (row.p50 !== null) parts.push(svg('path', { class: 'median', d: `M${x(row.p50)} ${centre - 21}V${centre + 21}` }));
    });
    box.replaceChildren(svg('svg', { width, height: high, role: 'img', 'aria-label': duel.described }, parts,
      svg('text', { x: width - right, y: high - 8, 'text-anchor': 'end' }, 'milliseconds, further left is faster')));
  };
  fitted(box, drawStrip);
  return {
    node,
    picture: () => drawingOf(box.firstChild),
    show(value) {
      duel = value;
      sub.textContent = value.picture;
      badges.replaceChildren(...value.badges.map(([kind, text]) => h('span', { class: `state ${kind}` }, text)));
      drawStrip();
    },
  };
};
