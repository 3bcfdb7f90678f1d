/* What became of all candidates: funnel or precision against recall, and boxes kept against the IoU limit. */
const makeCharts = () => {
  const title = h('h3', {});
  const funnel = h('div', { class: 'funnel' });
  const cap = h('p', { class: 'sub' });
  const precision = makeChart();
  const table = h('table', { class: 'outcomes' });
  const truth = h('div', { class: 'truth' }, precision.node, table);
  const kept = makeChart();
  const node = h('section', { class: 'card charts' }, title, funnel, truth, cap, h('h3', {}, 'Boxes kept against the IoU limit'), kept.node);

  const drawFunnel = (rows) => {
    const most = Math.max(1, ...rows.map(([, count]) => count));
    funnel.replaceChildren(...rows.map(([name, count]) => h('div', { class: 'funnel-row' }, h('span', {}, name),
      h('div', { class: 'funnel-track' }, h('i', { style: `width:${(100 * count) / most}%` })), h('b', {}, count.toLocaleString('en')))));
  };
  const drawTable = (rows) => {
    const shares = (value) => (value === null ? '\u2013' : `${(100 * value).toFixed(1)} %`);
    table.replaceChildren(h('tr', {}, ['Class', '\u2713 found', '\u2717 false', '? missed', 'AP@50'].map((text) => h('th', { scope: 'col' }, text))),
      ...rows.map(([label, found, wrong, missed, ap]) => h('tr', {}, h('th', { scope: 'row' }, label), [found, wrong, missed, shares(ap)].map((text) => h('td', {}, String(text))))));
  };
  const show = (pane, named) => {
    const what = pane.truth ? 'Precision against recall' : 'From windows to boxes';
    title.textContent = named ? `${what}: ${pane.title}` : what;
    cap.textContent = pane.truth ? `${pane.truth.details} ${pane.truth.average}` : pane.cap || '';
    cap.hidden = !cap.textContent;
    funnel.hidden = Boolean(pane.truth);
    truth.hidden = !pane.truth;
    drawFunnel(pane.funnel);
    if (pane.truth) { precision.show(pane.truth.chart); drawTable(pane.truth.classes); }
    kept.show(pane.curve);
  };
  return { node, show };
};
