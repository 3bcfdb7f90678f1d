/* Saliency: each model's map over the photo, for one class or for one against another, with its checks beside it. */
const METHODS = [['gradcam', 'Grad-CAM'], ['gradcampp', 'Grad-CAM++'], ['layercam', 'LayerCAM'], ['eigencam', 'Eigen-CAM'], ['scorecam', 'Score-CAM']];
/* Two falling curves and a rising one, drawn at the size they are shown; the dashed line is half of the beginning. */
const drawCurves = (chart, { deletion, insertion, blob, fill: colour }) => {
  const width = Math.max(240, Math.min(420, chart.clientWidth || 320)), [height, left, bottom] = [140, 40, 22], top = Math.max(...deletion, ...insertion, ...blob, 1e-6);
  const x = (at) => left + (at / (deletion.length - 1)) * (width - left - 6), y = (value) => 8 + (1 - value / top) * (height - bottom - 8);
  const line = (values, kind) => svg('path', { class: `curve ${kind}`, d: `M${values.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('L')}` });
  const half = y(deletion[0] / 2), text = (content, place) => svg('text', place, content);
  chart.setAttribute('viewBox', `0 0 ${width} ${height}`);
  chart.setAttribute('height', height);
  chart.setAttribute('aria-label', `Probability of the class while pixels are hidden, replaced by ${colour}, or shown.`);
  chart.replaceChildren(
    svg('path', { class: 'axis', d: `M${left} ${y(0)}H${width - 6}` }), svg('path', { class: 'half', d: `M${left} ${half}H${width - 6}` }),
    line(blob, 'blob'), line(insertion, 'insertion'), line(deletion, 'deletion'),
    text(`${Math.round(100 * top)} %`, { x: left - 4, y: 14, 'text-anchor': 'end' }), text('0', { x: left - 4, y: y(0) + 4, 'text-anchor': 'end' }),
    text('0', { x: left, y: height - 4 }), text('100 % of the pixels', { x: width - 6, y: height - 4, 'text-anchor': 'end' }));
};
VIEWS.saliency = (tools) => {
  const fresh = { check: false, run: false };
  const method = choices('Method', METHODS, (value) => tools.change({ method: value, ...fresh }));
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
  const shared = h('p', { class: 'live', hidden: true }), pair = h('div', { class: 'in-pair' });
  const node = h('div', { class: 'in-view' }, pair, shared, bar), cards = new Map();
  let last = [];

  const makeCard = () => {
    const card = { number: 0, title: h('div', {}) };
    card.stage = makeStage((down, right) => tools.tap(card.number, down, right));
    const scale = makeBar('share of the brightest place'), notes = h('p', { class: 'sub' }), told = h('div', { class: 'in-checks' });
    const run = h('button', { type: 'button', class: 'btn sm primary', hidden: true, onclick: () => tools.change({ run: true }) });
    const chart = svg('svg', { class: 'in-curves', role: 'img' });
    const legend = h('p', { class: 'sub in-legend' }, h('span', { class: 'deletion' }, 'hiding'), h('span', { class: 'insertion' }, 'showing'), h('span', { class: 'blob' }, 'hiding a plain blob'), h('span', { class: 'filled' }));
    const checks = h('figure', { hidden: true }, chart, legend);
    card.node = h('section', { class: 'card in-card' }, card.title, card.stage.node, scale.node, notes, told, run, checks);
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
      notes.textContent = [shown.grid ? `${shown.grid}.` : null, shown.what, ...(shown.notes || [])].filter(Boolean).join(' ');
      told.replaceChildren(...(shown.told.length ? shown.told : ['Checking this map \u2026']).map((text) => h('p', { class: text.startsWith('Careful') ? 'notice' : 'sub' }, text)));
      run.hidden = !shown.run;
      run.textContent = shown.run || '';
      checks.hidden = !shown.checks;
      if (shown.checks) { requestAnimationFrame(() => drawCurves(chart, shown.checks)); legend.lastElementChild.textContent = `hidden pixels get ${shown.checks.fill}`; }
    };
    return card;
  };
  const repaint = () => { for (const one of last) cards.get(one.model).paint(); };
  return {
    node,
    repaint,
    draw(shown) {
      last = shown;
      pair.dataset.count = shown.length;
      const now = tools.own();
      method.set(now.method, shown[0]?.offered);
      for (const [one, setting] of [[target, 'class'], [rival, 'not']]) if (document.activeElement !== one.input) one.input.value = now[setting];
      pair.replaceChildren(...shown.map((one, number) => {
        if (!cards.has(one.model)) cards.set(one.model, makeCard());
        cards.get(one.model).show(one, number);
        return cards.get(one.model).node;
      }));
      shared.hidden = !shown[0]?.shared;
      shared.textContent = shown[0]?.shared || '';
      repaint();
      if (!now.check && shown.some((one) => one.map && !one.checks)) setTimeout(() => tools.change({ check: true }, true, false), 0); // the map first, its checks at once after it
    },
    stages: () => last.map((one) => cards.get(one.model).stage),
  };
};
