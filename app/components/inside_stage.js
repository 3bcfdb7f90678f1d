/* One model's part of the photo with a map over it, the point, and outlined units; a click moves the point. */
const makeStage = (onTap) => {
  const photo = h('img', { alt: '' }), over = h('img', { alt: '', class: 'over', hidden: true }), heat = h('canvas', {}), lines = svg('svg', { preserveAspectRatio: 'none' });
  const node = h('div', { class: 'in-stage', role: 'img' }, photo, h('div', { class: 'dark' }), over, heat, lines);
  node.addEventListener('click', (event) => {
    const frame = node.getBoundingClientRect();
    onTap?.((event.clientY - frame.top) / frame.height, (event.clientX - frame.left) / frame.width);
  });
  const outline = ([row, column], [rows, columns], [height, width], kind) => ['casing', 'line'].map((part) =>
    svg('rect', { class: `${part} ${kind}`, x: (column * width) / columns, y: (row * height) / rows, width: width / columns, height: height / rows }));
  let now = null;
  const repaint = (opacity) => {
    if (now?.map) paintMap(heat, now.map, now.low ?? now.map.low, now.high ?? now.map.high, INFERNO, opacity);
    over.style.opacity = opacity;
  };
  return {
    node,
    repaint,
    /* {picture, size: [h, w], map, low, high, image (a picture instead of a map), opacity, point: [row, column],
       units: [[unit, grid, kind]], boxes: [[x0, y0, x1, y1]], alt} */
    set(shown) {
      now = shown;
      const [height, width] = shown.size;
      if (photo.getAttribute('src') !== shown.picture) photo.src = shown.picture;
      node.style.aspectRatio = `${width} / ${height}`;
      node.setAttribute('aria-label', shown.alt);
      heat.hidden = !shown.map;
      over.hidden = !shown.image;
      if (shown.image) over.src = shown.image;
      node.classList.toggle('dimmed', Boolean(shown.map || shown.image));
      lines.setAttribute('viewBox', `0 0 ${width} ${height}`);
      const cross = shown.point ? (([row, column]) => {
        const arm = width / 28, x = column + 0.5, y = row + 0.5;
        return ['casing', 'line'].map((part) => svg('path', { class: `${part} cross`, d: `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}` }));
      })(shown.point) : [];
      const boxes = (shown.boxes || []).flatMap(([x0, y0, x1, y1]) => ['casing', 'line'].map((part) => svg('rect', { class: `${part} box`, x: x0, y: y0, width: x1 - x0, height: y1 - y0 })));
      lines.replaceChildren(...boxes, ...(shown.units || []).filter(Boolean).flatMap(([unit, grid, kind]) => outline(unit, grid, shown.size, kind)), ...cross);
      repaint(shown.opacity);
    },
    layers: () => ({ photo, heat: heat.hidden ? null : heat, over: over.hidden ? null : over, opacity: Number(over.style.opacity), lines }),
  };
};
