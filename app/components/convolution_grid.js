/* A grid of cells: one pixel of a tiny picture a cell, with marks over it. Points and keys become (row, column). */
const makeGrid = (label, on) => {
  const picture = h('img', { alt: '', draggable: 'false' });
  const marks = svg('svg', { 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  const stage = h('div', { class: 'cells', tabindex: on.key ? 0 : null, role: on.key ? 'application' : null, 'aria-roledescription': on.key ? 'grid of numbers' : null }, picture, marks);
  let view = null;
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    const within = (value, count) => Math.min(count - 1, Math.max(0, Math.floor(value * count)));
    return [within((event.clientY - box.top) / box.height, view.height), within((event.clientX - box.left) / box.width, view.width)];
  };
  stage.addEventListener('pointermove', (event) => { if (view && event.pointerType !== 'touch') on.hover(at(event)); });
  stage.addEventListener('pointerleave', () => on.hover(null));
  stage.addEventListener('click', (event) => { if (view) on.pick(at(event)); });
  if (on.key) stage.addEventListener('keydown', on.key);
  const rect = ({ row, column, height = 1, width = 1, kind }) => {
    const place = { x: column, y: row, width, height };
    return kind === 'lit' || kind === 'edge' ? [svg('rect', { ...place, class: `casing ${kind}` }), svg('rect', { ...place, class: `line ${kind}` })] : svg('rect', { ...place, class: kind });
  };
  return {
    node: h('figure', { class: 'cellfigure' }, h('figcaption', {}, label), stage),
    stage,
    caption(text) { this.node.firstChild.textContent = text; },
    show({ src, height, width }) {
      view = { height, width };
      if (picture.getAttribute('src') !== src) picture.src = src;
      stage.style.aspectRatio = `${width} / ${height}`;
      marks.setAttribute('viewBox', `0 0 ${width} ${height}`);
    },
    mark(rows, pinned) {
      stage.classList.toggle('pinned', pinned);
      marks.replaceChildren(...rows.flatMap(rect));
    },
    describe(text) { stage.setAttribute('aria-label', text); picture.alt = on.key ? '' : text; },
  };
};
