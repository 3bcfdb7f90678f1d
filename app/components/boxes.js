/* A photo with boxes over it: kept solid, removed dashed, the pinned one yellow with its killer. Widths in screen pixels. */
const KEPT = 0, REMOVED = 1;
const makeBoxes = (onPick) => {
  const picture = h('img', { alt: '', draggable: 'false' });
  const drawing = svg('svg', { 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  const labels = h('div', { class: 'box-labels', 'aria-hidden': 'true' });
  const stage = h('div', { class: 'scene', tabindex: 0, role: 'application', 'aria-roledescription': 'photo with boxes' }, picture, drawing, labels);
  let view = null, hovered = null, pinned = null;

  const active = () => (hovered ?? pinned);
  const rect = (box, kind) => {
    const place = { x: box.x0, y: box.y0, width: Math.max(1, box.x1 - box.x0), height: Math.max(1, box.y1 - box.y0) };
    return [svg('rect', { ...place, class: `casing ${kind}` }), svg('rect', { ...place, class: `line ${kind}` })];
  };
  const tag = (box, text, kind) => h('span', {
    class: `box-tag ${kind}`,
    style: `left:${(100 * box.x0) / view.width}%;top:${(100 * box.y0) / view.height}%`,
  }, text);
  const shown = (box) => box.state === KEPT || box.state === 'open' || view.showRemoved;
  const paint = () => {
    if (!view) return;
    const focus = active(), killer = focus === null ? null : view.boxes[focus]?.by;
    const order = [...view.boxes.keys()].filter((index) => shown(view.boxes[index])).reverse();
    order.sort((a, b) => (view.boxes[b].state === REMOVED) - (view.boxes[a].state === REMOVED));
    const kindOf = (box, index) => (index === focus ? 'pinned' : box.state === KEPT ? 'kept' : box.state === 'open' ? 'open' : 'removed');
    const last = order.filter((index) => index !== focus && index !== killer);
    if (killer !== null && killer >= 0) last.push(killer);
    if (focus !== null && view.boxes[focus]) last.push(focus);
    drawing.setAttribute('viewBox', `0 0 ${view.width} ${view.height}`);
    drawing.replaceChildren(...last.flatMap((index) => rect(view.boxes[index], kindOf(view.boxes[index], index))));
    const tags = [];
    for (const index of last) {
      const box = view.boxes[index];
      if (index === focus) tags.push(tag(box, view.tagOf(index), 'pinned'));
      else if (box.state === KEPT) tags.push(tag(box, view.many ? `#${box.rank}` : `#${box.rank} ${box.score.toFixed(2)}`, 'kept'));
    }
    labels.replaceChildren(...tags);
  };
  const at = (event) => {
    const frame = stage.getBoundingClientRect();
    const x = ((event.clientX - frame.left) / frame.width) * view.width, y = ((event.clientY - frame.top) / frame.height) * view.height;
    let best = null, smallest = Infinity;
    view.boxes.forEach((box, index) => {
      const area = (box.x1 - box.x0) * (box.y1 - box.y0);
      if (shown(box) && x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1 && area < smallest) [best, smallest] = [index, area];
    });
    return best;
  };
  const say = () => { paint(); onPick(active()); };
  stage.addEventListener('pointermove', (event) => {
    const index = view ? at(event) : null;
    if (index !== hovered) { hovered = index; say(); }
  });
  stage.addEventListener('pointerleave', () => { hovered = null; say(); });
  stage.addEventListener('click', (event) => {
    const index = view ? at(event) : null;
    pinned = index === pinned ? null : index;
    say();
  });
  return {
    stage,
    show(next) {
      if (view && (view.src !== next.src || view.source !== next.source)) pinned = hovered = null;
      view = next;
      if (picture.getAttribute('src') !== next.src) picture.src = next.src;
      stage.style.aspectRatio = `${next.width} / ${next.height}`;
      stage.style.maxWidth = `calc(min(74vh, 760px) * ${next.width / next.height})`;
      picture.alt = next.alt;
      stage.setAttribute('aria-label', next.alt);
      if (pinned !== null && !next.boxes[pinned]) pinned = null;
      paint();
    },
    pin(index) { pinned = index; hovered = null; say(); },
    pinned: () => pinned,
    active,
  };
};
