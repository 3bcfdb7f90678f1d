/* What one unit of the last row depends on, level by level down to the picture, to scale in its pixels. A drawing of our own, no
   chart of plotly.js: it has no axes and no values but its lengths. */
const drawCone = (box, { cone, strides, rows, side, levels }) => {
  const width = Math.max(260, box.clientWidth), left = 62, right = 82, step = Math.max(13, Math.min(34, 460 / cone.length)), high = cone.length * step + 30;
  const counts = Array(cone.length).fill(1), centres = [0];
  for (let level = cone.length - 2; level >= 0; level -= 1) counts[level] = (counts[level + 1] - 1) * rows[level].stride + (rows[level].kernel - 1) * rows[level].dilation + 1;
  rows.forEach((row, index) => centres.push(centres[index] + ((row.kernel - 1) * row.dilation * strides[index]) / 2));
  const extent = (level) => (counts[level] - 1) * strides[level];
  const full = Math.max(extent(0) + 1, 8), scale = Math.min((width - left - right) / full, 26), middle = left + (width - left - right) / 2;
  const x = (level, unit) => middle + (centres[level] + unit * strides[level] - extent(0) / 2) * scale;
  const y = (level) => high - 34 - level * step;
  const parts = cone.map((units, level) => {
    const cell = Math.max(1.5, Math.min(strides[level], full) * scale), tall = Math.min(step - 4, 22);
    const marks = units && cell >= 3
      ? units.map((unit) => svg('rect', { class: level ? 'unit' : 'pixel', x: x(level, unit) - (cell * 0.86) / 2, y: y(level) - tall / 2, width: cell * 0.86, height: tall, rx: Math.min(2, cell / 4) }))
      : [svg('rect', { class: level ? 'unit' : 'pixel', x: x(level, 0) - cell / 2, y: y(level) - tall / 2, width: Math.max(2, extent(level) * scale + cell), height: tall, rx: 2 })];
    const sees = level ? levels[level - 1].sees : null;
    return [marks, svg('text', { x: 4, y: y(level) + 4 }, level ? `Row ${level}` : 'Picture'),
      svg('text', { x: width - 4, y: y(level) + 4, 'text-anchor': 'end' }, level ? `${sees} px` : '')];
  });
  const edge = Math.min(side, full) * scale;
  box.replaceChildren(svg('svg', { width, height: high, role: 'img', 'aria-label': `One unit of the last row depends on ${levels.at(-1).sees} pixels. ${levels.map((level) => level.described).join('. ')}` },
    side < full ? svg('rect', { class: 'frame', x: middle - edge / 2, y: 4, width: edge, height: high - 24 }) : [], parts,
    svg('text', { x: middle, y: high - 4, 'text-anchor': 'middle' }, side < full ? `the picture is ${side.toLocaleString('en')} px wide` : `${levels.at(-1).sees} of the picture's ${side.toLocaleString('en')} px`)));
};
