/* How large the gradient of every layer is: a row of cells for each kind of net, on one logarithmic scale with numbers. */
const makeStrip = () => {
  const box = h('div', { class: 'strip-rows' }), ends = h('div', { class: 'strip-ends' }, h('span', {}, 'layer 1, next to the photo'), h('span', {}));
  const bar = h('div', { class: 'strip-bar', 'aria-hidden': 'true' }), ticks = h('div', { class: 'strip-ticks' });
  bar.style.background = `linear-gradient(90deg, ${props.viridis.join(',')})`;
  const node = h('div', { class: 'layer-strip', role: 'img', 'aria-label': 'Gradients of the layers: none measured yet' }, box, ends, h('div', { class: 'strip-scale' }, bar, ticks));
  const colour = (share) => {
    const at = Math.max(0, Math.min(1, share)) * (props.viridis.length - 1);
    return props.viridis[Math.round(at)];
  };
  const powers = ([first, last]) => Array.from({ length: Math.min(5, last - first + 1) }, (_, place, most = Math.min(5, last - first + 1)) => first + Math.round((place * (last - first)) / Math.max(1, most - 1)));
  const raised = (power) => `10${[...String(power)].map((digit) => (digit === '-' ? '\u207b' : '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'[digit])).join('')}`;
  const written = (power) => (Math.abs(power) > 3 ? raised(power) : Number((10 ** power).toPrecision(1)).toLocaleString('en', { maximumFractionDigits: 3 }));
  const shareOf = (norm, [first, last]) => (Math.log10(Math.max(norm, 1e-12)) - first) / (last - first);
  const drawTicks = whenNew((scale) => ticks.replaceChildren(...powers(scale).map((power) => h('span', { style: `left:${(100 * (power - scale[0])) / (scale[1] - scale[0])}%` }, written(power)))));
  /* Cells stay; only their colours change. */
  const drawRow = (row, { name, skip, norms }, scale) => {
    const cells = row.lastChild;
    if (cells.children.length !== norms.length) cells.replaceChildren(...norms.map(() => h('i', {})));
    row.firstChild.lastChild.textContent = name;
    row.firstChild.firstChild.className = skip ? 'filled' : 'hollow';
    norms.forEach((norm, place) => {
      cells.children[place].style.background = norm === null ? '' : colour(shareOf(norm, scale));
      cells.children[place].title = `layer ${place + 1}: ${norm === null ? 'no number' : Number(norm.toPrecision(3))}`;
    });
    row.classList.toggle('none', !norms.length);
  };
  return {
    node,
    show(rows, scale, said) {
      if (box.children.length !== rows.length) box.replaceChildren(...rows.map(() => h('div', { class: 'strip-row' }, h('span', { class: 'strip-name' }, h('i', {}), h('b', {})), h('span', { class: 'strip-cells' }))));
      rows.forEach((row, place) => drawRow(box.children[place], row, scale));
      ends.lastChild.textContent = `layer ${Math.max(0, ...rows.map(({ norms }) => norms.length))}`;
      drawTicks(scale);
      node.setAttribute('aria-label', said);
    },
    /* As a block of a picture to take away. */
    block: (rows, scale) => (width) => {
      const tall = 26, gap = 8, room = 130;
      return {
        height: rows.length * (tall + gap),
        paint(pen, x, y) {
          rows.forEach(({ name, norms }, place) => {
            const top = y + place * (tall + gap), wide = (width - room) / Math.max(1, norms.length);
            textBlock(name, room - 10, { size: 14, weight: 600 }).paint(pen, x, top + 4);
            norms.forEach((norm, layer) => {
              if (norm === null) return;
              pen.fillStyle = colour(shareOf(norm, scale));
              pen.fillRect(x + room + layer * wide, top, Math.max(1, wide - (wide > 6 ? 2 : 0)), tall);
            });
          });
        },
      };
    },
    scale: (scale) => ({ colours: props.viridis, ticks: powers(scale).map((power) => [(power - scale[0]) / (scale[1] - scale[0]), written(power)]), text: 'norm of the gradient' }),
  };
};
