/* Attention: heat over the photo (for a CNN: the square that a unit can see), all layers and heads as small pictures, and
   how far each head looks by depth. Picture, controls under it, then the details. */
const makeHeads = (tools) => {
  const grid = h('div', { class: 'in-heads' }), chart = makeChart(), title = h('div', {});
  const heads = h('figure', {}, h('figcaption', { class: 'sub' }, 'All layers and heads from here, each on its own scale. Choose one.'), grid);
  const far = h('figure', { class: 'in-far' }, h('figcaption', { class: 'sub' }, 'How far each head looks on average, in pixels of the photo'), chart.node);
  const node = h('section', { class: 'card in-card in-details' }, title, h('div', { class: 'in-beside' }, heads, far));
  let tiles = [], place = 0;
  const build = (rows) => {
    tiles = [];
    const last = Math.max(1, rows.length - 1);
    grid.replaceChildren(...rows.map((row, layer) => h('div', { class: 'in-layer', role: 'group', 'aria-label': row.label }, h('span', { class: 'sub' }, row.label), row.heads.map((_, one) => {
      const canvas = h('canvas', {}), button = h('button', { type: 'button', 'aria-label': `${row.label}, head ${one + 1}`, onclick: () => { tools.change({ head: one, mode: 'layer' }, false); tools.toDepth(place, (layer / last) * (tools.heads()[place].stops.length - 1)); } }, canvas);
      tiles.push([button, canvas, layer, one]);
      return button;
    }))));
  };
  return {
    node,
    show(shown, number) {
      place = number;
      title.replaceChildren(famHead(tools.heads()[number], 'all heads'));
      if (tiles.length !== shown.rows.reduce((sum, row) => sum + row.heads.length, 0)) build(shown.rows);
      for (const [button, canvas, layer, one] of tiles) {
        const map = shown.rows[layer].heads[one];
        paintMap(canvas, map, 0, map.high, INFERNO);
        button.setAttribute('aria-pressed', String(layer === shown.layer && (one === shown.head || shown.head < 0)));
      }
      chart.show(shown.distances);
    },
  };
};
VIEWS.attention = (tools) => {
  const mode = makeChoice('Show', [['layer', 'This layer'], ['rollout', 'Rollout'], ['gradient', 'Gradient-weighted']], (value) => tools.change({ mode: value }));
  const start = makeChoice('From', [['point', 'The point'], ['class', 'Class token']], (value) => tools.change({ start: value }));
  const fusion = makeChoice('Heads fused by', [['mean', 'Mean'], ['max', 'Max'], ['min', 'Min']], (value) => tools.change({ fusion: value }));
  const head = h('select', { 'aria-label': 'Head', onchange: () => tools.change({ head: Number(head.value) }) });
  const discard = makeRange({ label: 'Discard', help: 'smallest weights first', low: 0, high: 0.95, step: 0.05, format: (value) => `${Math.round(100 * value)}\u00a0%` }, (value) => tools.change({ discard: value }));
  const fused = namedChoice('Heads fused by', fusion), headChoice = h('label', { class: 'in-choice' }, h('span', { class: 'name' }, 'Head'), head);
  const bar = h('div', { class: 'bar in-choices' }, namedChoice('Show', mode), namedChoice('From', start), headChoice, fused, discard.node);
  const cards = makeCards(() => makeCard()), details = h('div', { class: 'in-view' }), known = new Map();
  const node = h('div', { class: 'in-view in-attention' }, cards.node, bar, details);

  const makeCard = () => {
    const card = { number: 0, title: h('div', {}) };
    card.stage = makeStage((down, right) => tools.tap(card.number, down, right));
    const scale = makeBar('share of attention'), told = h('div', { class: 'in-checks' }), test = makeInfo('Self-test of these numbers');
    card.node = h('section', { class: 'card in-card' }, card.title, card.stage.node, scale.node, told);
    card.paint = () => {
      const { shown, number } = card, about = tools.heads()[number];
      const units = shown.map ? [shown.unit ? [shown.unit, shown.grid, 'unit'] : null, ...(shown.outliers || []).map((cell) => [cell, shown.grid, 'best'])] : [];
      card.stage.set({ picture: about.picture, size: about.size, map: shown.map, opacity: tools.opacity(), point: tools.points()[number], units, boxes: shown.boxes, alt: `${about.title}. ${shown.rest}. ${shown.told.join(' ')}` });
      scale.node.hidden = !shown.map;
      if (shown.map) scale.set(INFERNO, shown.map.low, shown.map.high, tools.own().mode === 'gradient' ? 'relevance' : 'share of attention');
    };
    card.show = (shown, number) => {
      Object.assign(card, { shown, number });
      card.title.replaceChildren(famHead(tools.heads()[number], shown.rest));
      test.set(shown.self_test || '');
      test.node.hidden = !shown.self_test;
      told.replaceChildren(...shown.told.map((text) => h('p', { class: 'sub' }, text)), test.node);
    };
    return card;
  };
  return {
    node,
    repaint: cards.paint,
    draw(shown) {
      cards.show(shown);
      details.replaceChildren(...shown.flatMap((one, number) => {
        if (!one.rows) return [];
        if (!known.has(one.model)) known.set(one.model, makeHeads(tools));
        known.get(one.model).show(one, number);
        return known.get(one.model).node;
      }));
      const now = tools.own(), some = shown.filter((one) => one.rows), most = Math.max(0, ...some.map((one) => one.rows[one.layer].heads.length));
      bar.hidden = !some.length;
      mode.set(now.mode, undefined, ['layer', ...(some.some((one) => one.rollout) ? ['rollout'] : []), ...(some.some((one) => one.weigh) ? ['gradient'] : []), now.mode]);
      start.set(now.start, undefined, ['point', ...(some.some((one) => one.class_token) ? ['class'] : []), now.start]);
      fusion.set(now.fusion);
      if (head.length !== most + 1) head.replaceChildren(h('option', { value: -1 }, 'Mean'), ...Array.from({ length: most }, (_, one) => h('option', { value: one }, String(one + 1))));
      head.value = String(Math.min(now.head, most - 1));
      headChoice.hidden = now.mode !== 'layer';
      fused.hidden = now.mode !== 'rollout';
      discard.node.hidden = now.mode !== 'rollout';
      discard.set(now.discard, null);
      cards.paint();
    },
    stages: () => cards.all().map((card) => card.stage),
  };
};
