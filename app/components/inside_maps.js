/* Feature maps: the large channel over the photo, the others as tiles; one channel can be switched off. */
VIEWS.maps = (tools) => {
  const rank = makeChoice('Rank channels by', [['mean', 'Mean'], ['max', 'Max'], ['sparse', 'Sparse'], ['contribution', 'Contribution']], (value) => tools.change({ rank: value, count: 24 }));
  const scale = makeChoice('Colour scale', [['each', 'Each map'], ['layer', 'Layer'], ['all', 'All']], (value) => { tools.change({ scale: value }, false); repaint(); });
  const bar = h('div', { class: 'bar in-choices' }, namedChoice('Rank', rank), namedChoice('Scale', scale));
  const cards = makeCards(() => makeCard()), node = h('div', { class: 'in-view' }, cards.node, bar);

  const makeCard = () => {
    const card = { number: 0, title: h('div', {}), grid: h('div', { class: 'in-grid' }), tiles: [] };
    const stage = makeStage((down, right) => tools.tap(card.number, down, right)), colours = h('img', { alt: '', class: 'in-colours' });
    const bar = makeBar('value'), told = h('p', { class: 'sub' }), chart = svg('svg', { class: 'in-histogram', viewBox: '0 0 240 64', preserveAspectRatio: 'none', role: 'img' });
    const name = h('h3', {}), off = h('button', { type: 'button', class: 'btn sm' }, 'Switch this channel off'), effect = h('p', { class: 'live', role: 'status', hidden: true });
    const more = h('button', { type: 'button', class: 'btn sm' }, 'Show 24 more');
    const weights = h('figure', { class: 'in-weights', hidden: true }, h('canvas', {}), h('figcaption', { class: 'sub' }, 'Its weights'));
    const table = makeTable(tools);
    more.addEventListener('click', () => tools.change({ count: tools.own().count + 24 }));
    off.addEventListener('click', async () => {
      off.disabled = true;
      const asked = card.shown, answer = await tools.ask({ off: { model: asked.model, channel: asked.large.channel } });
      off.disabled = false;
      if (card.shown.large.channel !== asked.large.channel || card.shown.layer !== asked.layer) return;
      effect.hidden = false;
      effect.textContent = answer.off || answer.error || 'Choose the photo again.';
      tools.runs(answer.runs);
    });
    const large = h('div', { class: 'in-large' }, h('div', {}, stage.node, bar.node), h('div', { class: 'in-told' }, name, told, chart, off, effect));
    const pca = h('figure', { class: 'in-pca' }, colours, h('figcaption', { class: 'sub' }, 'All channels at once: their three strongest directions (PCA) as red, green and blue, on one scale.'));
    card.node = h('section', { class: 'card in-card' }, card.title, large, card.grid, h('div', { class: 'bar' }, more), pca, weights, table.node);
    card.paint = () => {
      const { shown } = card, [low, high] = rangeOf(shown, shown.large.map);
      for (const tile of card.tiles) if (tile.map) paintMap(tile.canvas, tile.map, ...rangeOf(shown, tile.map), VIRIDIS);
      bar.set(INFERNO, low, high, 'value of the channel');
      stage.set({ picture: tools.heads()[card.number].picture, size: tools.heads()[card.number].size, map: shown.large.map, low, high, opacity: tools.opacity(),
        point: tools.points()[card.number], alt: `${name.textContent} over the photo. ${told.textContent}` });
    };
    const makeTile = () => {
      const canvas = h('canvas', {}), label = h('span', {});
      const tile = { canvas, label, map: null };
      tile.node = h('button', { type: 'button', class: 'in-channel', onclick: () => tools.change({ channel: { ...tools.own().channel, [card.shown.model]: tile.map.channel } }) }, canvas, label);
      return tile;
    };
    card.show = (shown, number) => {
      const head = tools.heads()[number], same = card.shown?.large.channel === shown.large.channel && card.shown?.layer === shown.layer && card.photo === head.picture;
      Object.assign(card, { shown, number, photo: head.picture });
      if (!same) effect.hidden = true;
      card.title.replaceChildren(famHead(head, `${shown.layer}, ${shown.channels} channels of ${shown.size}`));
      name.textContent = `Channel ${shown.large.channel}`;
      told.textContent = [shown.here, `mean ${figure3(shown.large.mean)}`, shown.large.dead].filter(Boolean).join(' · ');
      drawHistogram(chart, shown.large);
      off.hidden = !shown.can_switch;
      colours.src = shown.colours;
      weights.hidden = !shown.weights;
      if (shown.weights) { const [, canvas] = [null, weights.firstElementChild]; drawWeights(canvas, shown.weights); }
      while (card.tiles.length < shown.tiles.length) card.tiles.push(makeTile());
      card.grid.replaceChildren(...shown.tiles.map((map, index) => {
        const tile = card.tiles[index];
        tile.map = map;
        tile.label.textContent = map.channel;
        tile.node.setAttribute('aria-pressed', String(map.channel === shown.large.channel));
        tile.node.setAttribute('aria-label', `Channel ${map.channel}`);
        return tile.node;
      }));
      card.tiles.slice(shown.tiles.length).forEach((tile) => { tile.map = null; });
      more.hidden = shown.tiles.length >= shown.channels;
      table.set(number, shown);
    };
    card.stage = stage;
    return card;
  };
  const rangeOf = (card, map) => {
    const kind = tools.own().scale;
    if (kind === 'each') return [map.low, map.high];
    if (kind === 'layer') return [card.low, card.high];
    return [Math.min(...cards.shown().map((one) => one.low)), Math.max(...cards.shown().map((one) => one.high))];
  };
  const repaint = () => {
    scale.set(tools.own().scale);
    cards.paint();
  };
  return {
    node,
    repaint,
    draw(shown) {
      cards.show(shown);
      rank.set(tools.own().rank, undefined, [...new Set(shown.flatMap((one) => one.ranks))]);
      repaint();
    },
    stages: () => cards.all().map((card) => card.stage),
  };
};
