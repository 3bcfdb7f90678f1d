/* The picture with its boxes as a PNG file, in the photo's shown size: what the page draws in SVG, drawn once more. */
const PNG_LINES = {
  kept: ['#ffffff', 5.5, '#0f766e', 3, []], removed: ['#000000', 2.8, '#ffffff', 1.4, [6, 4]], open: ['#000000', 2.6, '#ffffff', 1.2, []],
  pinned: ['#3a2600', 6, '#ffd23f', 3, [9, 5]], tp: ['#ffffff', 5.5, '#016e73', 3, []], fp: ['#ffffff', 5.5, '#8f0f3a', 3, [8, 5]], twice: ['#ffffff', 5, '#8a5a00', 3, [6, 4]], missed: ['#ffffff', 5, '#8a6200', 3, [2, 4]],
};
const paintPng = ({ image, width, height, boxes }) => new Promise((done) => {
  const canvas = h('canvas', { width: image.naturalWidth, height: image.naturalHeight });
  const pen = canvas.getContext('2d'), across = canvas.width / width, down = canvas.height / height, thick = Math.max(1, canvas.width / 900);
  pen.drawImage(image, 0, 0);
  pen.font = `600 ${12 * thick}px system-ui, sans-serif`;
  for (const { box, kind, tag } of boxes) {
    const [casing, outer, line, inner, dash] = PNG_LINES[kind];
    const place = [box.x0 * across, box.y0 * down, (box.x1 - box.x0) * across, (box.y1 - box.y0) * down];
    for (const [colour, lineWidth, pattern] of [[casing, outer, []], [line, inner, dash]]) {
      Object.assign(pen, { strokeStyle: colour, lineWidth: lineWidth * thick, globalAlpha: kind === 'removed' ? 0.6 : 1 });
      pen.setLineDash(pattern.map((part) => part * thick));
      pen.strokeRect(...place);
    }
    if (!tag) continue;
    const high = 18 * thick, top = Math.max(0, place[1] - high);
    Object.assign(pen, { fillStyle: line, globalAlpha: 1 });
    pen.fillRect(place[0], top, pen.measureText(tag).width + 10 * thick, high);
    pen.fillStyle = kind === 'pinned' ? casing : '#ffffff';
    pen.fillText(tag, place[0] + 5 * thick, top + 13 * thick);
  }
  canvas.toBlob(done, 'image/png');
});
