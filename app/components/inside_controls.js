/* What all views share: depth, views and more settings, which stick under the chips, so that a slider and the picture
   that it changes are on screen together; and why, under the picture. */
const PLAY_MS = 600;
const makeViews = (views, choose) => {
  const name = `in-views-${Math.random().toString(36).slice(2)}`;
  const rows = views.map(({ id, title }) => {
    const input = h('input', { type: 'radio', name, value: id, onchange: () => choose(id) });
    return { id, input, label: h('label', {}, input, h('span', {}, title)) };
  });
  const menu = h('select', { class: 'in-menu', 'aria-label': 'View', onchange: () => choose(menu.value) }, views.map(({ id, title }) => h('option', { value: id }, title)));
  return {
    nodes: [h('div', { class: 'segmented inside-switch', role: 'radiogroup', 'aria-label': 'View' }, h('div', { class: 'wrap' }, rows.map((row) => row.label))), menu],
    set(view) {
      for (const { id, input, label } of rows) { input.checked = id === view; label.classList.toggle('selected', id === view); }
      menu.value = view;
    },
  };
};
/* Steps through the layers of the first model, from where the slider stands, or from the first one again. */
const makePlay = (stepOn) => {
  let timer = null;
  const button = h('button', { type: 'button', class: 'btn sm in-play' });
  const stop = () => { clearInterval(timer); timer = null; mark(); };
  const mark = () => {
    button.setAttribute('aria-label', timer ? 'Stop playing' : 'Play through the layers');
    button.replaceChildren(h('span', { 'aria-hidden': 'true' }, timer ? '\u25a0' : '\u25b6'), h('span', { class: 'wide' }, timer ? 'Stop' : 'Play'));
  };
  const step = (again) => { if (!stepOn(again)) stop(); };
  button.addEventListener('click', () => {
    if (timer) { stop(); return; }
    timer = setInterval(() => step(false), PLAY_MS);
    mark();
    step(true);
  });
  mark();
  return { node: button, stop };
};
const makeControls = (views, on) => {
  const percent = (value) => `${Math.round(100 * value)}\u00a0%`;
  const play = makePlay(on.stepOn);
  const depth = makeRange({ label: 'Depth', low: 0, high: 1, step: 0.01, format: percent }, (value) => { play.stop(); on.depth(value); });
  const opacity = makeRange({ label: 'Heat opacity', help: 'over the photo', low: 0, high: 1, step: 0.01, format: percent }, (value) => on.opacity(value));
  const layers = h('span', { class: 'sub in-at' }), last = h('p', { class: 'sub in-last', hidden: true }, 'Made from the last layer, whatever the depth.');
  const side = makeChoice('DINOv2 input', [[224, '224 px'], [518, '518 px']], (value) => on.anew({ side: value }));
  const weights = makeChoice('Weights', [[false, 'Trained'], [true, 'Random']], (value) => on.anew({ random: value }));
  const panel = h('div', { class: 'card bar in-panel', hidden: true }, opacity.node, namedChoice('Weights', weights), namedChoice('DINOv2 looks at', side));
  const more = h('button', { type: 'button', class: 'btn sm in-more', 'aria-expanded': 'false', 'aria-label': 'More settings' }, h('span', { class: 'wide' }, 'More'), h('span', { class: 'narrow', 'aria-hidden': 'true' }, '\u22ef'));
  more.addEventListener('click', () => { panel.hidden = !panel.hidden; more.setAttribute('aria-expanded', String(!panel.hidden)); });
  const open = makeViews(views, (view) => { play.stop(); on.view(view); });
  const why = h('div', { class: 'why' }, h('b', {}), h('p', {}));
  const deep = h('div', { class: 'in-depth' }, depth.node, layers, play.node);
  return {
    node: h('div', { class: 'in-sticky' }, h('div', { class: 'in-line' }, deep, last, ...open.nodes, more), panel),
    why,
    stop: play.stop,
    mark: (view) => open.set(view),
    set(local, names, told) {
      const view = views.find((one) => one.id === local.view);
      deep.hidden = !view.depth;
      last.hidden = view.depth;
      depth.set(local.depth, null);
      layers.textContent = names.join(' \u00b7 ');
      layers.title = layers.textContent;
      opacity.set(local.opacity, null);
      why.firstElementChild.textContent = view.why_title;
      why.children[1].textContent = told;
      side.set(local.side);
      weights.set(local.random);
      open.set(local.view);
    },
  };
};
