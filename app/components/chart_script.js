/* plotly.js comes once for the whole page, when a first answer stands and the browser has nothing else to do. */
const idle = () => new Promise((go) => { (window.requestIdleCallback || setTimeout)(go, { timeout: 400 }); });
const plotly = () => {
  window.cvPlotly ||= idle().then(() => new Promise((arrived, failed) => {
    const script = h('script', { src: document.querySelector('meta[name=cv-charts]').content, onload: () => arrived(window.Plotly),
      onerror: () => { window.cvPlotly = null; script.remove(); failed(new Error('The script that draws charts did not arrive')); } });
    document.head.append(script);
  }));
  return window.cvPlotly;
};
/* A figure's JSON with the dark twin of every colour, as `plots.dark` has it. */
const inDark = (value, key = '') => {
  if (Array.isArray(value)) return value.map((one) => inDark(one, key));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inDark(one, name)]));
  if (!key.includes('color') || typeof value !== 'string') return value;
  const { twins } = window.cvHouse, tint = value.match(/^rgba\((\d+),(\d+),(\d+),(.+)\)$/);
  if (!tint) return twins[value] || value;
  const twin = twins[`#${tint.slice(1, 4).map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`];
  return twin ? `rgba(${[1, 3, 5].map((at) => parseInt(twin.slice(at, at + 2), 16)).join(',')},${tint[4]})` : value;
};
/* The same with larger letters, and room for them: for Presenter. */
const enlarged = (value, k, within = '') => {
  if (Array.isArray(value)) return value.map((one) => enlarged(one, k, within));
  if (!value || typeof value !== 'object') return value;
  const grows = (name, one) => typeof one === 'number' && (within === 'margin' || (name === 'size' && within.endsWith('font')));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, grows(name, one) ? one * k : enlarged(one, k, name)]));
};
/* Data and layout of a chart at a width, in the page's theme, or in light colours for a file. A new `view` gives up what the visitor zoomed to. */
const dressed = (chart, width, view, more, always = false) => {
  const { template, narrow } = window.cvHouse, theme = !always && document.body.classList.contains('dark') ? inDark : structuredClone;
  const fits = width < narrow ? chart.narrow : {};
  return theme({ data: chart.data, layout: { ...chart.layout, ...fits, width, height: chart.height, uirevision: `${chart.title} ${view}`, ...more, template: { layout: template } } });
};
