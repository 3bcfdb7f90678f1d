/* One chart on a page of its own; tests show others in its place. */
window.charted = makeChart();
root.append(h('section', { class: 'card', style: 'max-width:640px' }, window.charted.node));
const bench = makeBench({ paint(shown) { window.charted.show(shown.chart); window.first = shown.chart; }, catchUp: null });
bench.begin();
