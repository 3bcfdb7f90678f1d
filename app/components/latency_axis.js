/* Ticks that people read easily, and the marks by which two models of one family are told apart. */
const niceTicks = (most, about) => {
  const rough = most / about, size = 10 ** Math.floor(Math.log10(rough)), unit = [1, 2, 2.5, 5, 10].find((one) => one * size >= rough) * size;
  return Array.from({ length: Math.floor(most / unit + 1.0001) }, (_, index) => index * unit);
};
const tickText = (value) => (value >= 1000 ? value.toLocaleString('en') : String(Number(value.toPrecision(3))));
const msText = (value) => `${value >= 99.95 ? Math.round(value).toLocaleString('en') : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)}\u00a0ms`;
const hollowOf = (rows, row) => rows.findIndex((other) => other.family === row.family) !== rows.indexOf(row);
const markOf = (row, hollow, x, y) => svg('g', { class: `mark ${row.family}${hollow ? ' hollow' : ''}`, transform: `translate(${x} ${y})` }, svg('path', { d: MARKS[row.family] || MARKS.classical }));
const fitted = (box, draw) => { new ResizeObserver(draw).observe(box); };
/* Shortens a name to what its column holds. */
const shortened = (text, width) => (text.length * 7.4 > width ? `${text.slice(0, Math.max(3, Math.floor(width / 7.4) - 1))}\u2026` : text);
