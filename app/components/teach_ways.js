/* Train more layers, too: the button, curves while it runs and after, and what should be frozen. */
const makeWays = (start) => {
  const button = h('button', { type: 'button', class: 'btn', onclick: start }, 'Train more layers, too');
  const said = h('p', { class: 'sub', role: 'status' }), loss = makeChart(), right = makeChart(), scratch = h('p', {}), told = h('div', {});
  const curves = h('div', { class: 'grid2 curves', hidden: true }, h('div', {}, h('h4', {}, 'Loss'), loss.node), h('div', {}, h('h4', {}, 'Accuracy'), right.node));
  const freeze = h('div', { class: 'why', hidden: true }, h('b', {}, props.ways.freeze), told, h('p', { class: 'sub' }, props.ways.line));
  const node = h('section', { class: 'card ways' }, h('div', { class: 'bar' }, h('h3', {}, 'Train more layers'), button),
    h('p', { class: 'sub' }, `Last stages, all layers, and the same network from random weights: private copies, at most ${props.seconds}\u00a0s of work each. The curves show photos that are only watched, a fifth of those to learn from; the held\u2011out ones are read once, at the end.`), said, curves, scratch, freeze);
  const draw = (training) => {
    curves.hidden = !training;
    scratch.textContent = training?.scratch || '';
    freeze.hidden = !training?.advice.length;
    if (!training) return;
    loss.show(training.loss);
    right.show(training.right);
    told.replaceChildren(...training.advice.map((sentence) => h('p', {}, sentence)));
  };
  return {
    node,
    draw,
    /* What a value of the server says of a training that runs or was stopped; returns its chart of ways, if any. */
    follow(value) {
      const { live } = value;
      button.disabled = Boolean(value.busy);
      said.textContent = live && !value.busy ? live.stopped : '';
      if (!live) return null;
      draw(live.training);
      return live.ways;
    },
  };
};
