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
      const ticks = log ? [['0', 0], ['1/30', 50], ['1', 100]] : [['0', 0], ['1/4', 50], ['1', 100]];
      bar.replaceChildren(h('i', { style: `background:linear-gradient(90deg,${props.inferno.join(',')})` }),
        h('div', {}, ticks.map(([text, at]) => h('span', { style: `left:${at}%` }, text))), h('small', {}, 'share of the strongest heat'));
    },
    svg: () => stage,
  };
};
/* The pictures with their figures as one PNG file. */
const loadedImage = (src) => new Promise((resolve) => { const image = new Image(); image.onload = () => resolve(image); image.onerror = () => resolve(null); image.src = src; });
const paintStages = async (cards, answer, credit) => {
  const size = 480, gap = 24, canvas = h('canvas', { width: Math.max(900, cards.length * (size + gap) + gap), height: size + 170 }), pen = canvas.getContext('2d');
  const write = (text, x, y, font, width) => { pen.font = `${font} system-ui, sans-serif`; pen.fillStyle = '#16202b'; pen.fillText(text, x, y, width); };
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  write(answer, gap, 34, '600 20px', canvas.width - 2 * gap);
  const images = await Promise.all(cards.map((card) => loadedImage(card.heat)));
  cards.forEach((card, index) => {
    const left = gap + index * (size + gap), scale = size / card.extent, low = (card.side - card.extent) / 2;
    pen.save();
    pen.beginPath();
    pen.rect(left, 56, size, size);
    pen.clip();
    pen.fillStyle = '#e9ecf0';
    pen.fillRect(left, 56, size, size);
    if (images[index]) pen.drawImage(images[index], left - low * scale, 56 - low * scale, card.side * scale, card.side * scale);
    for (const [square, dash, width] of [[card.theory, [9, 7], 2], [card.effective, [], 3]]) {
      if (!square) continue;
      const [x0, y0, x1, y1] = square.map((place) => (place - low) * scale);
      for (const [colour, thick, pattern] of [['#000000', width + 2.4, []], ['#ffffff', width, dash]]) {
        Object.assign(pen, { strokeStyle: colour, lineWidth: thick });
        pen.setLineDash(pattern);
        pen.strokeRect(left + x0, 56 + y0, x1 - x0, y1 - y0);
      }
    }
    pen.restore();
    write(`${card.word} · ${card.title}, ${card.layer}${card.random ? ' (random weights)' : ''}`, left, size + 84, '600 16px', size);
    card.figures.slice(0, 2).forEach(([value, text], line) => write(`${value}: ${text}`, left, size + 108 + 22 * line, '14px', size));
  });
  write(credit, gap, canvas.height - 12, '12px', canvas.width - 2 * gap);
  return canvas.toDataURL('image/png');
};
