/* What became of all candidates: funnel or precision against recall, and boxes kept against the IoU limit. */
const makeCharts = () => {
  const title = h('h3', {});
  const funnel = h('div', { class: 'funnel' });
  const cap = h('p', { class: 'sub' });
  const precision = h('div', { class: 'curve' });
  const table = h('table', { class: 'outcomes' });
  const truth = h('div', { class: 'truth' }, precision, table);
  const curve = h('div', { class: 'curve' });
  const node = h('section', { class: 'card charts' }, title, funnel, truth, cap, h('h3', {}, 'Boxes kept against the IoU limit'), curve);
  let last = null, wide = 340; // asking for a width lays the whole page out anew: the observer brings it

  const drawFunnel = (rows) => {
    const most = Math.max(1, ...rows.map(([, count]) => count));
    funnel.replaceChildren(...rows.map(([name, count]) => h('div', { class: 'funnel-row' }, h('span', {}, name),
      h('div', { class: 'funnel-track' }, h('i', { style: `width:${(100 * count) / most}%` })), h('b', {}, count.toLocaleString('en')))));
  };
  const drawCurve = ({ thresholds, kept }, now) => {
    const width = Math.max(220, wide), height = 166, left = 38, right = 12, top = 18, bottom = 40;
    const most = Math.max(1, ...kept);
    const x = (value) => left + ((value - 0.05) / 0.9) * (width - left - right), y = (value) => height - bottom - (value / most) * (height - top - bottom);
    const ticks = [...new Set([0, Math.round(most / 2), most])];
    const path = kept.map((count, index) => (index ? `H${x(thresholds[index])}V${y(count)}` : `M${x(thresholds[0])} ${y(count)}`)).join('');
    const here = kept[thresholds.reduce((best, value, index) => (Math.abs(value - now) < Math.abs(thresholds[best] - now) ? index : best), 0)];
    curve.replaceChildren(svg('svg', { width, height, role: 'img', 'aria-label': `At an IoU limit of ${now.toFixed(2)}, ${here} boxes are kept; at 0.95 it would be ${kept.at(-1)}.` },
      ticks.map((value) => [svg('path', { class: 'grid', d: `M${left} ${y(value)}H${width - right}` }), svg('text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, String(value))]),
      [0.05, 0.5, 0.95].map((value) => svg('text', { x: x(value), y: height - 22, 'text-anchor': value > 0.9 ? 'end' : 'middle' }, String(value))),
      svg('text', { x: (left + width - right) / 2, y: height - 4, 'text-anchor': 'middle' }, 'IoU limit'),
      svg('path', { class: 'now', d: `M${x(now)} ${top}V${height - bottom}` }), svg('path', { class: 'graph', d: path }),
      svg('circle', { class: 'dot', cx: x(now), cy: y(here), r: 5 }),
      svg('text', { class: 'here', x: x(now) + (now > 0.6 ? -9 : 9), y: y(here) - 9, 'text-anchor': now > 0.6 ? 'end' : 'start' }, `${here} kept at ${now.toFixed(2)}`)));
  };
  const drawPrecision = ({ curve: points, point, sentence }) => {
    const width = Math.max(220, wide), height = 170, left = 40, right = 12, top = 12, bottom = 38;
    const x = (value) => left + value * (width - left - right), y = (value) => height - bottom - value * (height - top - bottom);
    const path = points.map(([recall, right_], index) => `${index ? 'L' : 'M'}${x(recall)} ${y(right_)}`).join('');
    precision.replaceChildren(svg('svg', { width, height, role: 'img', 'aria-label': `Precision against recall. ${sentence}` },
      [0, 0.5, 1].map((value) => [svg('path', { class: 'grid', d: `M${left} ${y(value)}H${width - right}` }), svg('text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, String(value)),
        svg('text', { x: x(value), y: height - 20, 'text-anchor': value === 1 ? 'end' : 'middle' }, String(value))]),
      svg('text', { x: x(0.5), y: height - 4, 'text-anchor': 'middle' }, 'recall (up: precision)'),
      svg('path', { class: 'graph', d: path }), point ? svg('circle', { class: 'dot', cx: x(point[0]), cy: y(point[1]), r: 5 }) : null));
  };
  const drawTable = (rows) => {
    const shares = (value) => (value === null ? '\u2013' : `${(100 * value).toFixed(1)} %`);
    table.replaceChildren(h('tr', {}, ['Class', '\u2713 found', '\u2717 false', '? missed', 'AP@50'].map((text) => h('th', { scope: 'col' }, text))),
      ...rows.map(([label, found, wrong, missed, ap]) => h('tr', {}, h('th', { scope: 'row' }, label), [found, wrong, missed, shares(ap)].map((text) => h('td', {}, String(text))))));
  };
  const show = (pane, iou, named) => {
    last = [pane, iou, named];
    const what = pane.truth ? 'Precision against recall' : 'From windows to boxes';
    title.textContent = named ? `${what}: ${pane.title}` : what;
    cap.textContent = pane.truth ? `${pane.truth.details} ${pane.truth.average}` : pane.cap || '';
    cap.hidden = !cap.textContent;
    funnel.hidden = Boolean(pane.truth);
    truth.hidden = !pane.truth;
    drawFunnel(pane.funnel);
    if (pane.truth) { drawPrecision(pane.truth); drawTable(pane.truth.classes); }
    drawCurve(pane.curve, iou);
  };
  new ResizeObserver(([{ contentRect }]) => { wide = contentRect.width || wide; if (last) show(...last); }).observe(curve);
  return { node, show };
};
