/* A photo with boxes over it, each a control of our own and no chart of plotly.js (it is pointed at, pinned, and follows a slider): kept solid, removed dashed, missed dotted, the pinned one yellow. Widths in screen pixels. */
const KEPT = 0, REMOVED = 1, MISSED = 2;
const OUTCOMES = { tp: '\u2713 ', fp: '\u2717 ', twice: '2\u00d7 ' }; // found a labelled box; nothing that is there; seen from two tiles
const makeBoxes = (onPick) => {
  const picture = h('img', { alt: '', draggable: 'false' });
  const drawing = svg('svg', { 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  const labels = h('div', { class: 'box-labels', 'aria-hidden': 'true' });
  const stage = h('div', { class: 'scene', tabindex: 0, role: 'application', 'aria-roledescription': 'photo with boxes' }, picture, drawing, labels);
  let view = null, hovered = null, pinned = null;

  const active = () => (hovered ?? pinned);
  const rect = ({ x0, y0, x1, y1 }, kind) => ({ class: kind, x: x0, y: y0, width: Math.max(1, x1 - x0), height: Math.max(1, y1 - y0) });
  const drawRects = makeRows(({ class: kind, ...place }) =>
    (kind === 'tile' ? ['tile'] : [`casing ${kind}`, `line ${kind}`]).map((name) => svg('rect', { ...place, class: name })));
  /* A tag stands on its box; at the photo's right and upper edges it turns inwards, so that it is never cut off. One that
     would lie over another moves up or down: those that are drawn last have their places first. */
  const TAG_PX = 19, MOVES = [0, 1, -1, 2, -2, 3, -3, 4, -4];
  let size = [0, 0];
  new ResizeObserver(([{ contentRect: { width, height } }]) => { size = [width, height]; paint(); }).observe(stage);
  const free = (placed, left, wide, top) => {
    const far = MOVES.find((step) => {
      const y = top + step * TAG_PX;
      return y >= 0 && y + TAG_PX <= size[1] && !placed.some((other) => Math.abs(other.y - y) < TAG_PX && other.left < left + wide && left < other.left + other.wide);
    }) ?? 0;
    placed.push({ left, wide, y: top + far * TAG_PX });
    return far * TAG_PX;
  };
  const tag = (placed) => ({ box, kind, tag: text }) => {
    const left = (100 * box.x0) / view.width, top = (100 * box.y0) / view.height, inwards = left > 88 || (left > 60 && text.length > 12);
    const across = inwards ? `right:${Math.max(0, 100 - (100 * box.x1) / view.width)}%` : `left:${left}%`;
    const wide = 7.4 * text.length + 12, x = inwards ? Math.min(size[0], (box.x1 / view.width) * size[0]) - wide : (box.x0 / view.width) * size[0];
    const y = (top / 100) * size[1] - (top < 4 ? 0 : TAG_PX - 1), moved = size[0] ? free(placed, x, wide, Math.max(0, y)) : 0;
    return [text, { class: `box-tag ${kind}${top < 4 ? ' under' : ''}`, style: `${across};top:${moved ? `calc(${top}% + ${moved}px)` : `${top}%`}` }];
  };
  const drawTags = makeRows(([text, props]) => [h('span', props, text)]);
  const setSize = whenNew((width, height) => {
    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    stage.style.aspectRatio = `${width} / ${height}`;
    stage.style.maxWidth = `calc(min(74vh, 760px, 100vh - var(--cv-top) - 96px) * ${width / height})`;
  });
  const shown = (box) => box.state !== REMOVED || view.showRemoved;
  const kindOf = (box, index) => {
    if (index === active()) return 'pinned';
    if (box.state === KEPT) return box.outcome || 'kept';
    return { [REMOVED]: 'removed', [MISSED]: 'missed' }[box.state] || 'open';
  };
  const tagText = (box, index) => {
    if (index === active()) return view.tagOf(index);
    if (box.state === MISSED) return view.crowded ? '' : '?';
    if (box.state !== KEPT) return '';
    const mark = OUTCOMES[box.outcome] || '';
    if (view.crowded) return mark.trim();
    return `${mark}#${box.rank}${view.many ? '' : ` ${box.score.toFixed(2)}`}`;
  };
  /* What is drawn, in the order in which it is drawn: removed boxes first, the pinned one and its killer last. */
  const drawn = () => {
    const focus = active(), killer = focus === null ? -1 : view.boxes[focus]?.by ?? -1;
    const order = [...view.boxes.keys()].filter((index) => shown(view.boxes[index])).reverse();
    order.sort((a, b) => (view.boxes[b].state === REMOVED) - (view.boxes[a].state === REMOVED));
    const last = order.filter((index) => index !== focus && index !== killer);
    if (killer >= 0 && view.boxes[killer]) last.push(killer);
    if (focus !== null && view.boxes[focus]) last.push(focus);
    return last.map((index) => ({ box: view.boxes[index], kind: kindOf(view.boxes[index], index), tag: tagText(view.boxes[index], index) }));
  };
  const paint = () => {
    if (!view) return;
    const order = drawn();
    const edges = (view.tiles || []).map(([x0, y0, x1, y1]) => rect({ x0, y0, x1, y1 }, 'tile'));
    drawRects(drawing, [...edges, ...order.map(({ box, kind }) => rect(box, kind))]);
    drawTags(labels, order.filter((one) => one.tag).reverse().map(tag([])).reverse());
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
      setSize(next.width, next.height);
      picture.alt = next.alt;
      stage.setAttribute('aria-label', next.alt);
      if (pinned !== null && !next.boxes[pinned]) pinned = null;
      if (hovered !== null && !next.boxes[hovered]) hovered = null;
      paint();
    },
    pin(index) { pinned = index; hovered = null; say(); },
    pinned: () => pinned,
    active,
    drawn: () => ({ image: picture, width: view.width, height: view.height, boxes: drawn() }),
  };
};
