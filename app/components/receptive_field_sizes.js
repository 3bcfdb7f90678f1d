/* The effective field against the input size: one line a model, a dot where it was measured. */
const makeSizes = (onMeasure) => {
  const chart = makeChart();
  const warning = h('p', { class: 'notice warn', hidden: true });
  const measure = h('button', { type: 'button', class: 'btn', onclick: onMeasure }, 'Measure at five sizes');
  const node = h('section', { class: 'card by-size' }, h('div', { class: 'bar' }, h('h3', {}, 'Does the input size change the answer?'), h('span', { class: 'end' }, measure)),
    h('p', { class: 'sub' }, 'Side of the solid square as a share of the photo\u2019s width, raw gradient, at this depth.'), chart.node, warning);
  return {
    node,
    show(sizes) {
      chart.show(sizes.chart);
      warning.textContent = sizes.warning || '';
      warning.hidden = !sizes.warning;
    },
  };
};
