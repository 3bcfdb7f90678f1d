/* A limit along a chart's lower axis as a line that can be grabbed; a slider beside it is the way for keys. The line follows
   the hand at once, and what it changes is drawn when that is known. On a touch screen only its handle is grabbed, so the
   page scrolls everywhere else. Its right end is no limit: 0. */
const makeGrip = ({ chart, title, text, act }) => {
  const word = h('span', {}), handle = h('span', { class: 'chart-handle' }, word);
  const node = h('div', { class: 'chart-grip', 'aria-hidden': 'true', title, hidden: true }, handle);
  const END_PX = 10; // so near to the right end there is no limit
  let value = null, place = null, held = null;
  chart.node.firstElementChild.append(node);
  /* Where the axis lies, as plotly.js laid it out: what is drawn anew under a hand does not move it. */
  const laidOut = (plot) => {
    const { xaxis, yaxis } = plot._fullLayout;
    return { left: xaxis._offset, wide: xaxis._length, top: yaxis._offset, high: yaxis._length, range: [...xaxis.range], log: xaxis.type === 'log' };
  };
  const at = (limit) => { const { range: [low, high], log } = place; return limit ? ((log ? Math.log10(limit) : limit) - low) / (high - low) : 1; };
  const show = (share) => {
    const { left, wide, top, high } = place;
    node.style.cssText = `left:${left + Math.min(1, Math.max(0, share)) * wide}px;top:${top}px;height:${high}px`;
    word.textContent = text(value);
    node.classList.toggle('turned', share > 0.5);
  };
  const draw = () => { node.hidden = value === null || !place; if (!node.hidden && held === null) show(at(value)); };
  const move = (event) => {
    const share = (event.clientX - held - place.left) / place.wide, { range: [low, high], log } = place, along = low + share * (high - low);
    const wanted = place.wide * (1 - share) < END_PX ? 0 : Number((log ? 10 ** along : along).toPrecision(2));
    if (wanted === value || share < 0) return;
    value = wanted;
    show(at(value));
    act(value);
  };
  node.addEventListener('pointerdown', (event) => {
    if (event.button || !place) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    held = chart.node.firstElementChild.getBoundingClientRect().left;
  });
  node.addEventListener('pointermove', (event) => { if (held !== null) move(event); });
  for (const name of ['pointerup', 'pointercancel']) {
    node.addEventListener(name, () => { if (held === null) return; held = null; draw(); node.dispatchEvent(new Event('input', { bubbles: true })); });
  }
  chart.onDrawn((plot) => { if (held === null) { place = laidOut(plot); draw(); } });
  /* `limit`: where it stands, 0 for none; null: there is nothing to grab. */
  return { set(limit) { if (held === null) { value = limit; draw(); } } };
};
