/* What all views share under the picture: depth, opacity, why; and more settings. */
const makeControls = (views, on) => {
  const percent = (value) => `${Math.round(100 * value)}\u00a0%`;
  const depth = makeRange({ label: 'Depth', help: 'of each model\u2019s layers', low: 0, high: 1, step: 0.01, format: percent }, (value) => on.depth(value));
  const opacity = makeRange({ label: 'Heat opacity', help: 'over the photo', low: 0, high: 1, step: 0.01, format: percent }, (value) => on.opacity(value));
  const why = h('div', { class: 'why' }, h('b', {}, 'What does this show?'), h('p', {}));
  const side = makeChoice('DINOv2 input', [[224, '224 px'], [518, '518 px']], (value) => on.anew({ side: value }));
  const weights = makeChoice('Weights', [[false, 'Trained'], [true, 'Random']], (value) => on.anew({ random: value }));
  const more = h('details', { class: 'more' }, h('summary', {}, 'More settings'),
    h('div', { class: 'card bar in-choices' }, namedChoice('Weights', weights), namedChoice('DINOv2 looks at', side)));
  return {
    node: h('div', { class: 'in-low' }, h('div', { class: 'in-sliders' }, depth.node, opacity.node), why, more),
    set(local, layers) {
      depth.node.hidden = !views.find((view) => view.id === local.view).depth;
      depth.set(local.depth, layers);
      opacity.set(local.opacity, null);
      why.lastElementChild.textContent = views.find((view) => view.id === local.view).why;
      side.set(local.side);
      weights.set(local.random);
    },
  };
};
