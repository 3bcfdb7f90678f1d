/* How sure are we? One bar a pair: how many times as fast, its 95 % interval, and the margin that does not matter. */
const makeRatios = (margin) => {
  const chart = makeChart(), none = h('p', { class: 'sub empty' }), together = h('p', { class: 'sub together' });
  const node = h('section', { class: 'card ratios' }, h('h3', {}, 'How sure are we?'),
    h('p', { class: 'sub' }, `Bar = 95\u00a0% interval of the ratio. A verdict needs all of it on one side of 1\u00d7, outside the shaded ${Math.round(100 * margin)}\u00a0%, and 20 rounds.`), together, none, chart.node);
  return {
    node,
    picture: () => (chart.node.hidden ? null : chart.image()),
    show({ ratios, pairs_note: note, pairs_together: all }) {
      together.textContent = all || '';
      together.hidden = !all;
      none.textContent = note;
      none.hidden = Boolean(ratios);
      chart.node.hidden = !ratios;
      if (ratios) chart.show(ratios);
    },
  };
};
