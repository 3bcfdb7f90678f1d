/* Overview: three columns, a row of tiles a model; a tile's name opens its view. Narrow: the tiles of a row are swiped. */
VIEWS.overview = (tools) => {
  const heads = h('div', { class: 'in-columns' }), swipe = h('p', { class: 'sub in-swipe' }), list = h('div', { class: 'in-rows' });
  const node = h('section', { class: 'card in-over' }, heads, swipe, list), rows = new Map();
  const drawHeads = whenNew((columns) => {
    heads.replaceChildren(...columns.map(({ title, sentence }) => h('div', {}, h('h3', {}, title), h('p', { class: 'sub' }, sentence))));
    swipe.textContent = `Swipe: ${columns.map(({ title }) => title.replace(/ here$/, '').toLowerCase()).join(', ')}.`;
  });
  const makeTile = (row) => {
    const open = h('a', { class: 'linkish' }), caption = h('p', { class: 'in-caption' }), bar = makeBar('');
    const stage = makeStage((down, right) => tools.tap(row.number, down, right)), picture = h('div', { class: 'in-picture' }, stage.node, bar.node);
    const tile = { stage, open, caption, bar, opens: null, node: h('div', { class: 'in-tile' }, picture, caption) };
    open.addEventListener('click', (event) => { event.preventDefault(); tools.open(tile.opens); });
    return tile;
  };
  const makeRow = () => {
    const title = h('div', {}), tiles = h('div', { class: 'in-tiles', tabindex: 0, role: 'group' });
    return { node: h('section', { class: 'in-row' }, title, tiles), title, tiles, made: [], number: 0 };
  };
  const drawTile = (shown, tile, head, number) => {
    const joined = /^[,.]/.test(tile.caption) ? tile.caption : ` ${tile.caption}`;
    shown.open.textContent = tile.title;
    shown.caption.replaceChildren(shown.open, joined);
    shown.opens = tile.opens;
    shown.open.href = `?tab=inside&view=${tile.opens}`;
    shown.bar.node.hidden = !tile.map;
    if (tile.map) shown.bar.set(INFERNO, tile.map.low, tile.map.high, '', tile.scale);
    shown.stage.set({ picture: head.picture, size: head.size, map: tile.map, opacity: tools.opacity(), point: tools.points()[number],
      alt: `${head.title}. ${tile.heading}: ${tile.title}${joined}` });
  };
  return {
    node,
    draw(cards, { columns }) {
      drawHeads(columns);
      list.replaceChildren(...cards.map((card, number) => {
        const head = tools.heads()[number];
        if (!rows.has(card.model)) rows.set(card.model, makeRow());
        const row = rows.get(card.model);
        row.number = number;
        row.tiles.setAttribute('aria-label', `${head.title}, three pictures`);
        row.title.replaceChildren(rowHead(head, card.layer));
        while (row.made.length < card.tiles.length) row.made.push(makeTile(row));
        row.tiles.replaceChildren(...card.tiles.map((tile, index) => { drawTile(row.made[index], tile, head, number); return row.made[index].node; }));
        return row.node;
      }));
    },
    repaint: () => rows.forEach((row) => row.made.forEach((tile) => tile.stage.repaint(tools.opacity()))),
    stages: () => [...rows.values()].filter((row) => row.node.isConnected).flatMap((row) => row.made.filter((tile) => tile.node.isConnected).map((tile) => tile.stage)),
  };
};
