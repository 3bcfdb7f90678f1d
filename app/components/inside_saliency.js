/* Saliency: each model's map over the photo, for one class or for one against another, with its checks beside it. */
const METHODS = [['gradcam', 'Grad-CAM'], ['gradcampp', 'Grad-CAM++'], ['layercam', 'LayerCAM'], ['eigencam', 'Eigen-CAM'], ['scorecam', 'Score-CAM']];
VIEWS.saliency = (tools) => {
  const fresh = { check: false, run: false };
  const method = makeChoice('Method', METHODS, (value) => tools.change({ method: value, ...fresh }));
  const field = (name, help, setting) => {
    const list = h('datalist', { id: `in-${setting}-${Math.random().toString(36).slice(2)}` });
    const input = h('input', { type: 'text', list: list.id, placeholder: help, 'aria-label': name, maxlength: 80, autocomplete: 'off' });
    let timer = null;
    const offer = async () => {
      const { classes } = await tools.ask({ classes: input.value.trim() });
      if (classes) list.replaceChildren(...classes.map((one) => h('option', { value: one })));
    };
    input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(offer, 150); });
    input.addEventListener('focus', offer);
    input.addEventListener('change', () => tools.change({ [setting]: input.value.trim(), ...fresh }));
    return { node: h('label', { class: 'in-choice' }, h('span', { class: 'name' }, name), input, list), input };
  };
  const target = field('Explain class', 'the predicted one', 'class'), rival = field('and not', 'none', 'not');
  const bar = h('div', { class: 'bar in-choices' }, namedChoice('Method', method), target.node, rival.node);
  const shared = h('p', { class: 'live', hidden: true }), cards = makeCards(() => makeCard());
  const node = h('div', { class: 'in-view' }, cards.node, shared, bar);

  const makeCard = () => {
    const card = { number: 0, title: h('div', {}) };
    card.stage = makeStage((down, right) => tools.tap(card.number, down, right));
    const scale = makeBar('share of the brightest place'), place = h('p', {}), notes = h('p', { class: 'sub' }), told = h('div', { class: 'in-checks' });
    const run = h('button', { type: 'button', class: 'btn sm primary', hidden: true, onclick: () => tools.change({ run: true }) });
    const checks = makeCurves();
    card.node = h('section', { class: 'card in-card' }, card.title, card.stage.node, scale.node, place, notes, told, run, checks.node);
    card.paint = () => {
      const { shown, number } = card, head = tools.heads()[number];
      card.stage.set({ picture: head.picture, size: head.size, map: shown.map, low: 0, high: 1, opacity: tools.opacity(), point: tools.points()[number],
        alt: `${head.title}. ${shown.rest}. ${shown.told.join(' ')}` });
      scale.node.hidden = !shown.map;
      scale.set(INFERNO, 0, 1);
    };
    card.show = (shown, number) => {
      Object.assign(card, { shown, number });
      card.title.replaceChildren(famHead(tools.heads()[number], shown.rest));
      place.textContent = shown.point || '';
      place.hidden = !shown.point;
      notes.textContent = [shown.grid ? `${shown.grid}.` : null, shown.what, ...(shown.notes || [])].filter(Boolean).join(' ');
      told.replaceChildren(...(shown.told.length ? shown.told : ['Checking this map \u2026']).map((text) => h('p', { class: text.startsWith('Careful') ? 'notice' : 'sub' }, text)));
      run.hidden = !shown.run;
      run.textContent = shown.run || '';
      checks.set(shown.checks);
    };
    return card;
  };
  return {
    node,
    repaint: cards.paint,
    draw(shown) {
      cards.show(shown);
      const now = tools.own();
      method.set(now.method, undefined, shown[0]?.offered);
      for (const [one, setting] of [[target, 'class'], [rival, 'not']]) if (document.activeElement !== one.input) one.input.value = now[setting];
      shared.hidden = !shown[0]?.shared;
      shared.textContent = shown[0]?.shared || '';
      cards.paint();
      if (!now.check && shown.some((one) => one.map && !one.checks)) setTimeout(() => tools.change({ check: true }, true, false), 0); // the map first, its checks at once after it
    },
    stages: () => cards.all().map((card) => card.stage),
  };
};
