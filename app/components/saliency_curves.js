/* Two falling curves and a rising one; the dashed line is half of the beginning. A part of a card of our own, no chart of plotly.js:
   140 px high, in each of up to four cards beside its sentences; `/saliency` returns its values. */
const drawCurves = (chart, { deletion, insertion, blob, fill: colour, share = 1 }) => {
  const width = Math.max(240, Math.min(420, chart.clientWidth || 320)), [height, left, bottom] = [140, 40, 22], top = Math.max(...deletion, ...insertion, ...blob, 1e-6);
  const x = (at) => left + (at / (deletion.length - 1)) * (width - left - 6), y = (value) => 8 + (1 - value / top) * (height - bottom - 8);
  const line = (values, kind) => svg('path', { class: `curve ${kind}`, d: `M${values.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('L')}` });
  const half = y(deletion[0] / 2), text = (content, place) => svg('text', place, content);
  chart.setAttribute('viewBox', `0 0 ${width} ${height}`);
  chart.setAttribute('height', height);
  chart.setAttribute('aria-label', `Probability of the class while pixels are hidden, replaced by ${colour}, or shown.`);
  chart.replaceChildren(
    svg('path', { class: 'axis', d: `M${left} ${y(0)}H${width - 6}` }), svg('path', { class: 'half', d: `M${left} ${half}H${width - 6}` }),
    line(blob, 'blob'), line(insertion, 'insertion'), line(deletion, 'deletion'),
    text(`${Math.round(100 * top)} %`, { x: left - 4, y: 14, 'text-anchor': 'end' }), text('0', { x: left - 4, y: y(0) + 4, 'text-anchor': 'end' }),
    text('0', { x: left, y: height - 4 }), text(`${share === 1 ? 100 : Number((100 * share).toPrecision(2))} % of the pixels`, { x: width - 6, y: height - 4, 'text-anchor': 'end' }));
};
const makeCurves = () => {
  const chart = svg('svg', { class: 'in-curves', role: 'img' }), filled = h('span', { class: 'filled' });
  const legend = h('p', { class: 'sub in-legend' }, h('span', { class: 'deletion' }, 'hiding'), h('span', { class: 'insertion' }, 'showing'), h('span', { class: 'blob' }, 'hiding a plain blob'), filled);
  const node = h('figure', { hidden: true }, chart, legend);
  return {
    node,
    set(checks) {
      node.hidden = !checks;
      if (!checks) return;
      requestAnimationFrame(() => drawCurves(chart, checks));
      filled.textContent = `hidden pixels get ${checks.fill}`;
    },
  };
};
