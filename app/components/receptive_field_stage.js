/* One model's picture: the photo with its unit's heat, the theoretical square dashed, the effective one solid, both also outside the photo. */
const outline = ([x0, y0, x1, y1], kind) => ['casing', 'line'].map((part) =>
  svg('rect', { class: `${part} ${kind}`, x: x0, y: y0, width: Math.max(0, x1 - x0), height: Math.max(0, y1 - y0) }));
const makeCard = (onTap, onFetch) => {
  const picture = svg('image', { x: 0, y: 0, preserveAspectRatio: 'none' });
  const lines = svg('g', {});
  const stage = svg('svg', { class: 'stage', role: 'img' }, picture, lines);
  const title = h('div', { class: 'fam' });
  const figures = h('dl', { class: 'sight' });
  const gate = h('p', { class: 'sub gate', hidden: true }, 'Squeeze-and-excitation gates also carry a little from everywhere; the squares leave that out.');
  const steady = h('p', {}), info = h('details', { class: 'info' }, h('summary', { 'aria-label': 'How steady is this?' }, 'i'), steady);
  const fetch = h('button', { type: 'button', class: 'btn sm', hidden: true, onclick: () => onFetch(shown.model) });
  const bar = h('div', { class: 'heatbar', 'aria-hidden': 'true' });
  const node = h('section', { class: 'card eye' }, title, h('div', { class: 'eye-row' }, stage, h('div', { class: 'told' }, figures, bar)), gate, fetch);
  let shown = null;
  stage.addEventListener('click', (event) => {
    if (!shown) return;
    const frame = stage.getBoundingClientRect(), low = (shown.side - shown.extent) / 2;
    const at = (place, from, size) => low + ((place - from) / size) * shown.extent;
    onTap(at(event.clientY, frame.top, frame.height) / shown.side, at(event.clientX, frame.left, frame.width) / shown.side);
  });
  return {
    node,
    show(card, log) {
      shown = card;
      title.className = `fam ${card.family}`;
      title.replaceChildren(familyMark(card.family), h('span', { class: 'n' }, h('span', {}, card.word), h('span', { class: 'rest' }, ` · ${card.title}, ${card.layer}`)),
        ...(card.size_note ? [h('span', { class: 'state warn' }, card.size_note)] : []), ...(card.random ? [h('span', { class: 'state warn' }, 'random weights')] : []));
      const low = (card.side - card.extent) / 2;
      stage.setAttribute('viewBox', `${low} ${low} ${card.extent} ${card.extent}`);
      stage.setAttribute('aria-label', card.alt);
      fill(picture, { href: card.heat, width: card.side, height: card.side }, []);
      const [x, y] = card.point, arm = card.extent / 36;
      const cross = `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`;
      lines.replaceChildren(...outline(card.theory, 'theory'), ...(card.effective ? outline(card.effective, 'effective') : []),
        svg('path', { class: 'casing cross', d: cross }), svg('path', { class: 'line cross', d: cross }));
      figures.replaceChildren(...card.figures.map(([value, text], index) => h('div', {}, h('dd', {}, value), h('dt', {}, text, index === 1 && card.steadiness ? [' ', info] : null))));
      steady.textContent = card.steadiness || '';
      fetch.hidden = !card.fetch;
      fetch.textContent = card.fetch || '';
      gate.hidden = !card.gate;
      bar.replaceChildren(h('i', { style: `background:linear-gradient(90deg,${props.inferno.join(',')})` }),
        h('div', {}, heatTicks(log).map(([text, at]) => h('span', { style: `left:${at}%` }, text))), h('small', {}, HEAT));
    },
    svg: () => stage,
  };
};
/* A model's picture for files, with its squares. */
const FIELD_SIDE = 720;
const fieldPicture = async (card) => {
  const image = await loadPicture(card.heat), pen = newPen(FIELD_SIDE, FIELD_SIDE, 1), scale = FIELD_SIDE / card.extent, low = (card.side - card.extent) / 2;
  pen.fillStyle = '#e9ecf0';
  pen.fillRect(0, 0, FIELD_SIDE, FIELD_SIDE);
  pen.drawImage(image, -low * scale, -low * scale, card.side * scale, card.side * scale);
  for (const [square, dash, width] of [[card.theory, [14, 10], 3], [card.effective, [], 4.5]]) {
    if (!square) continue;
    const [x0, y0, x1, y1] = square.map((place) => (place - low) * scale);
    for (const [colour, thick, pattern] of [['#000000', width + 3.6, []], ['#ffffff', width, dash]]) {
      Object.assign(pen, { strokeStyle: colour, lineWidth: thick });
      pen.setLineDash(pattern);
      pen.strokeRect(x0, y0, x1 - x0, y1 - y0);
    }
  }
  return pen.canvas;
};
/* Ticks of the heat's bar, in percent of its length. */
const heatTicks = (log) => (log ? [['0', 0], ['1/30', 50], ['1', 100]] : [['0', 0], ['1/4', 50], ['1', 100]]);
const HEAT = 'share of the strongest heat';
const fieldTile = async (card, log) => ({
  title: `${card.title}${card.random ? ' (random weights)' : ''}`, family: card.family, image: await fieldPicture(card), whole: true,
  scale: { colours: props.inferno, ticks: heatTicks(log).map(([text, at]) => [at / 100, text]), text: HEAT },
  caption: `${card.layer}. ${card.figures.map(([value, text]) => `${value}: ${text}`).join('. ')}. The photo is ${card.side} px wide here.`,
});
