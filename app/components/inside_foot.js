/* The pictures on screen as one PNG: each stage as it is drawn, with the answer above. */
const paintSheet = async (stages, answer, credit) => {
  const size = 420, gap = 20, across = Math.min(stages.length, 3), down = Math.ceil(stages.length / 3);
  const sheet = h('canvas', { width: Math.max(680, across * (size + gap) + gap), height: down * (size + gap) + 100 }), pen = sheet.getContext('2d');
  const write = (text, y, font) => { pen.font = `${font} system-ui, sans-serif`; pen.fillStyle = '#16202b'; pen.fillText(text, gap, y, sheet.width - 2 * gap); };
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, sheet.width, sheet.height);
  write(answer, 36, '600 20px');
  for (const [index, stage] of stages.entries()) {
    const left = gap + (index % 3) * (size + gap), top = 60 + Math.floor(index / 3) * (size + gap), { photo, heat, over, opacity, lines } = stage.layers();
    const [, , width, height] = lines.getAttribute('viewBox').split(' ').map(Number), scale = size / Math.max(width, height);
    const place = [left, top, width * scale, height * scale];
    pen.imageSmoothingEnabled = true;
    pen.drawImage(photo, ...place);
    if (heat || over) { pen.fillStyle = 'rgb(0 0 0 / 38%)'; pen.fillRect(...place); }
    pen.imageSmoothingEnabled = false;
    if (heat) pen.drawImage(heat, ...place);
    if (over) { pen.globalAlpha = opacity; pen.drawImage(over, ...place); pen.globalAlpha = 1; }
    for (const shape of lines.querySelectorAll('.line')) {
      const path = shape.tagName === 'rect' ? `M${shape.getAttribute('x')} ${shape.getAttribute('y')}h${shape.getAttribute('width')}v${shape.getAttribute('height')}h-${shape.getAttribute('width')}z` : shape.getAttribute('d');
      const scaled = new Path2D();
      scaled.addPath(new Path2D(path), new DOMMatrix([scale, 0, 0, scale, left, top]));
      for (const [colour, thick] of [['#000000', 4], ['#ffffff', 2]]) { Object.assign(pen, { strokeStyle: colour, lineWidth: thick }); pen.stroke(scaled); }
    }
  }
  write(credit, sheet.height - 14, '12px');
  return sheet.toDataURL('image/png');
};
