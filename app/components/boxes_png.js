/* The picture with its boxes for files: what the page draws in SVG, drawn once more, as large as it fits into a room in
   pixels, with lines and tags of the same width at any size; `thick`: so many pixels for one. */
const PNG_LINES = {
  kept: ['#ffffff', 5.5, '#0f766e', 3, []], removed: ['#000000', 2.8, '#ffffff', 1.4, [6, 4]], open: ['#000000', 2.6, '#ffffff', 1.2, []],
  pinned: ['#3a2600', 6, '#ffd23f', 3, [9, 5]], tp: ['#ffffff', 5.5, '#016e73', 3, []], fp: ['#ffffff', 5.5, '#8f0f3a', 3, [8, 5]], twice: ['#ffffff', 5, '#8a5a00', 3, [6, 4]], missed: ['#ffffff', 5, '#8a6200', 3, [2, 4]],
};
const boxesPicture = ({ image, width, height, boxes }, [roomWide, roomHigh], thick) => {
  const scale = thick * Math.min(roomWide / width, roomHigh / height);
  const canvas = h('canvas', { width: Math.round(scale * width), height: Math.round(scale * height) });
  const pen = canvas.getContext('2d'), across = canvas.width / width, down = canvas.height / height;
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  pen.font = `600 ${13 * thick}px system-ui, sans-serif`;
  for (const { box, kind, tag } of boxes) {
    const [casing, outer, line, inner, dash] = PNG_LINES[kind];
    const place = [box.x0 * across, box.y0 * down, (box.x1 - box.x0) * across, (box.y1 - box.y0) * down];
    for (const [colour, lineWidth, pattern] of [[casing, outer, []], [line, inner, dash]]) {
      Object.assign(pen, { strokeStyle: colour, lineWidth: lineWidth * thick, globalAlpha: kind === 'removed' ? 0.6 : 1 });
      pen.setLineDash(pattern.map((part) => part * thick));
      pen.strokeRect(...place);
    }
    if (!tag) continue;
    const high = 18 * thick, wide = pen.measureText(tag).width + 10 * thick, top = Math.max(0, place[1] - high), left = Math.max(0, Math.min(place[0], canvas.width - wide));
    Object.assign(pen, { fillStyle: line, globalAlpha: 1 });
    pen.fillRect(left, top, wide, high);
    pen.fillStyle = kind === 'pinned' ? casing : '#ffffff';
    pen.fillText(tag, left + 5 * thick, top + 13.5 * thick);
  }
  return canvas;
};
