/* The pictures on screen for files: each stage as it is drawn, with what the page writes beside it. */
const STAGE_SIDE = 720;
const stagePicture = (stage) => {
  const { photo, heat, over, opacity, lines } = stage.layers(), [, , width, height] = lines.getAttribute('viewBox').split(' ').map(Number), scale = STAGE_SIDE / Math.max(width, height);
  const sheet = h('canvas', { width: Math.round(width * scale), height: Math.round(height * scale) }), pen = sheet.getContext('2d'), place = [0, 0, sheet.width, sheet.height];
  pen.drawImage(photo, ...place);
  if (heat || over) { pen.fillStyle = 'rgb(0 0 0 / 38%)'; pen.fillRect(...place); }
  pen.imageSmoothingEnabled = false;
  if (heat) pen.drawImage(heat, ...place);
  if (over) { pen.globalAlpha = opacity; pen.drawImage(over, ...place); pen.globalAlpha = 1; }
  for (const shape of lines.querySelectorAll('.line')) {
    const path = shape.tagName === 'rect' ? `M${shape.getAttribute('x')} ${shape.getAttribute('y')}h${shape.getAttribute('width')}v${shape.getAttribute('height')}h-${shape.getAttribute('width')}z` : shape.getAttribute('d');
    const scaled = new Path2D();
    scaled.addPath(new Path2D(path), new DOMMatrix([scale, 0, 0, scale, 0, 0]));
    for (const [colour, thick] of [['#000000', 6], ['#ffffff', 3]]) { Object.assign(pen, { strokeStyle: colour, lineWidth: thick }); pen.stroke(scaled); }
  }
  return sheet;
};
/* What stands nearest to a stage on the page: the name of its model, its numbered bar. */
const beside = (stage, selector) => {
  for (let place = stage.node.parentElement; place && place !== root; place = place.parentElement) {
    const found = place.querySelector(selector);
    if (found) return found;
  }
  return null;
};
const stageTile = (stage) => {
  const name = beside(stage, '.fam .n'), bar = beside(stage, '.in-bar'), { heat } = stage.layers(), title = name?.firstChild.textContent || '';
  const [low, high] = bar ? bar.querySelectorAll('span') : [], stops = bar?.firstChild.style.background.match(/rgb\([^)]*\)/g);
  const family = Object.keys(MARKS).find((one) => name?.closest('.fam').classList.contains(one));
  const scale = heat && bar && !bar.hidden && stops ? { colours: stops, ticks: [[0, low.textContent], [1, high.textContent]], text: bar.querySelector('small').textContent } : null;
  const told = stage.node.getAttribute('aria-label') || '';
  return { title, family, image: stagePicture(stage), whole: true, scale, caption: told.startsWith(`${title}. `) ? told.slice(title.length + 2) : told };
};
