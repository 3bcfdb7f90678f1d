/* Overview: a row of tiles a model; a tile opens its view. */
VIEWS.overview = (tools) => {
  const node = h('div', { class: 'in-rows' }), rows = new Map();
  const makeRow = (number) => {
    const title = h('div', {}), tiles = h('div', { class: 'in-tiles' });
    return { node: h('section', { class: 'card in-row' }, title, tiles), title, tiles, stages: [], number };
  };
  const makeTile = (row) => {
    const heading = h('h3', {}), open = h('button', { type: 'button', class: 'linkish' }), caption = h('p', { class: 'sub' }), bar = makeBar('');
    const stage = makeStage((down, right) => tools.tap(row.number, down, right));
    const tile = { stage, heading, open, caption, bar, opens: null, node: h('div', { class: 'in-tile' }, heading, stage.node, bar.node, h('p', { class: 'sub' }, open), caption) };
    open.addEventListener('click', () => tools.open(tile.opens));
    return tile;
  };
  return {
    node,
    draw(cards) {
      node.replaceChildren(...cards.map((card, number) => {
        const head = tools.heads()[number];
        if (!rows.has(card.model)) rows.set(card.model, makeRow(number));
        const row = rows.get(card.model);
        row.number = number;
        row.title.replaceChildren(famHead(head, [card.layer, head.says].filter(Boolean).join(' · ')));
        while (row.stages.length < card.tiles.length) row.stages.push(makeTile(row));
        row.tiles.replaceChildren(...card.tiles.map((tile, index) => {
          const shown = row.stages[index];
          shown.heading.textContent = tile.heading;
          shown.open.textContent = `${tile.title} \u203a`;
          shown.caption.textContent = tile.caption;
          shown.opens = tile.opens;
          shown.bar.set(INFERNO, tile.map.low, tile.map.high, tile.unit || '');
          shown.stage.set({ picture: head.picture, size: head.size, map: tile.map, opacity: tools.opacity(), point: tools.points()[number],
            alt: `${head.title}. ${tile.heading}: ${tile.title}, ${tile.caption}.` });
          return shown.node;
        }));
        return row.node;
      }));
    },
    repaint: () => rows.forEach((row) => row.stages.forEach((tile) => tile.stage.repaint(tools.opacity()))),
    stages: () => [...rows.values()].filter((row) => row.node.isConnected).flatMap((row) => row.stages.filter((tile) => tile.node.isConnected).map((tile) => tile.stage)),
  };
};
