/* What a chart shows as a table, for eyes, screen readers and spreadsheets; drawn when it is opened, also without plotly.js. */
const ROWS_AT_MOST = 500;
/* Names come as Plotly has to read them; here they are text. */
const plainText = (name) => String(name ?? '').replace(/<[^>]*>/g, ' ').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const figureText = (value) => (typeof value === 'number' ? String(Number(value.toPrecision(4))) : value === null || value === undefined ? 'no number' : plainText(value));
const chartData = (chart) => chart.data.filter((trace) => trace.hoverinfo !== 'skip');
/* The same of traces with a value for each x and y. */
const solidTable = (traces, { meta = {} }) => ({
  columns: ['Series', ...['x', 'y', 'z'].map((name) => plainText(meta[name] || name))],
  rows: traces.flatMap(({ name, x, y, z }) => z.flatMap((row, down) => row.map((value, along) => [plainText(name), figureText(x[along]), figureText(y[down]), figureText(value)]))),
});
/* Columns and rows of texts: a series' name, x, y (bars and intervals that lie: y first), and the ends of an interval. */
const chartTable = (chart) => {
  if (chartData(chart).some((trace) => trace.z)) return solidTable(chartData(chart), chart.layout);
  const traces = chartData(chart), { layout } = chart, title = (name) => plainText(layout[`${name}axis`]?.title?.text || layout.meta?.[name] || name);
  const interval = (trace) => trace.error_x || trace.error_y, lie = traces.some((trace) => trace.orientation === 'h' || trace.error_x);
  const ends = traces.some(interval), several = traces.length > 1, turned = (x, y) => (lie ? [y, x] : [x, y]);
  const rows = traces.flatMap((trace) => trace.x.map((x, index) => {
    const y = trace.ids?.[index] ?? trace.y[index], bar = interval(trace), middle = trace.error_x ? x : trace.y[index];
    const reach = bar ? [middle - (bar.arrayminus || bar.array)[index], middle + bar.array[index]] : ['', ''];
    return [...(several ? [plainText(trace.name)] : []), ...turned(figureText(x), figureText(y)), ...(ends ? reach.map(figureText) : [])];
  }));
  return { columns: [...(several ? ['Series'] : []), ...turned(title('x'), title('y')), ...(ends ? ['from', 'to'] : [])], rows };
};
const makeValues = () => {
  const box = h('div', { class: 'chart-table', role: 'region', tabindex: 0 }), more = h('p', { class: 'sub', hidden: true });
  let chart = null;
  const copy = smallButton('Copy values', (event) => {
    const { columns, rows } = chartTable(chart);
    copyText([columns, ...rows].map((row) => row.join('\t')).join('\n'), event.currentTarget);
  });
  const fillTable = whenNew((columns, rows) => box.replaceChildren(h('table', {},
    h('thead', {}, h('tr', {}, columns.map((text) => h('th', { scope: 'col' }, text)))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((text, place) => h(place ? 'td' : 'th', place ? {} : { scope: 'row' }, text))))))));
  const node = h('div', { class: 'chart-values', hidden: true }, box, more, copy);
  const draw = () => {
    if (node.hidden || !chart) return;
    const { columns, rows } = chartTable(chart), left = rows.length - ROWS_AT_MOST;
    box.setAttribute('aria-label', `Values: ${chart.title}`);
    fillTable(columns, rows.slice(0, ROWS_AT_MOST));
    more.hidden = left <= 0;
    more.textContent = `${left.toLocaleString('en')} more rows are not listed; Copy values has all.`;
  };
  return { node, show(value) { chart = value; draw(); }, open(wanted) { node.hidden = !wanted; draw(); }, isOpen: () => !node.hidden };
};
