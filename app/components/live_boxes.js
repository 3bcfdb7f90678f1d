/* Boxes over the live webcam: a detector looks at one frame after another. */
const drawing = svg('svg', { 'aria-hidden': 'true', preserveAspectRatio: 'none' });
const labels = h('div', { class: 'live-tags', 'aria-hidden': 'true' });
const title = () => props.value?.titles?.[props.value.model] || 'The detector';

const tag = ([x0, y0, x1], text, [width, height]) => {
  const right = x0 > 0.7 * width, inside = y0 < 0.06 * height;
  const across = right ? `right:${100 - (100 * x1) / width}%` : `left:${(100 * x0) / width}%`;
  return h('span', { class: inside ? 'live-tag inside' : 'live-tag', style: `${across};top:${(100 * y0) / height}%` }, text);
};
const paint = (answer) => {
  drawing.setAttribute('viewBox', `0 0 ${answer.size[0]} ${answer.size[1]}`);
  const bestLast = [...answer.boxes].reverse();
  const rects = (kind) => bestLast.map(({ box: [x0, y0, x1, y1] }) =>
    svg('rect', { class: kind, x: x0, y: y0, width: Math.max(1, x1 - x0), height: Math.max(1, y1 - y0) }));
  drawing.replaceChildren(...rects('casing'), ...rects('line'));
  labels.replaceChildren(...bestLast.map(({ box: edges, tag: text }) => tag(edges, text, answer.size)));
};

const live = {
  over: [drawing, labels],
  beside: [],
  about: () => `${title()} looks at one frame after another, for ${props.seconds} seconds at most; greedy NMS removes duplicates at your limits. ${props.privacy}`,
  waiting: title,
  send: (frame) => server.look({ frame, model: props.value.model, settings: props.value.settings }),
  usable: (answer) => Boolean(answer.boxes),
  paint,
  clear() { drawing.replaceChildren(); labels.replaceChildren(); },
  kept: (answer) => ({ detector: answer.detector_ms }),
  figures: (recent) => `Detector ${whole(middle(recent.map((one) => one.detector)))}`,
  trip: 'boxes',
  ending: () => '',
  described: (answer) => answer.boxes.map((one) => one.tag).join(', ') || 'nothing found',
};
document.addEventListener('cv:detect', (event) => {
  props.value = { ...props.value, model: event.detail.model, settings: event.detail.settings };
  describe();
});
