/* What can be taken away: the result as a table, and the picture with its settings written under it. */
const csv = (value) => {
  const { output } = value.grid, rows = [['output', 'row', 'column', 'value']];
  output.values.forEach((plane, index) => plane.forEach((row, y) => row.forEach((cell, x) => rows.push([index, y, x, cell]))));
  return [`# ${value.torch}`, `# ${value.formula}`, ...rows.map((row) => row.join(','))].join('\n');
};
const loaded = (src) => new Promise((resolve) => { const image = new Image(); image.onload = () => resolve(image); image.onerror = () => resolve(null); image.src = src; });
const drawPoster = async (value, sumLine) => {
  const { input, output } = value.grid, side = 480, gap = 24, canvas = h('canvas', { width: 3 * side + 4 * gap, height: side + 150 });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const images = await Promise.all([input.src, output.src[0], value.response.src].map(loaded));
  images.forEach((image, index) => {
    if (!image) return;
    const scale = Math.min(side / image.naturalWidth, side / image.naturalHeight);
    pen.imageSmoothingEnabled = index === 2;
    pen.drawImage(image, gap + index * (side + gap), 56, image.naturalWidth * scale, image.naturalHeight * scale);
  });
  pen.fillStyle = '#16202b';
  pen.font = '600 22px system-ui, sans-serif';
  pen.fillText(value.answer, gap, 36, canvas.width - 2 * gap);
  pen.font = '16px system-ui, sans-serif';
  [sumLine, `${value.torch}   ${value.formula}`, `Colours of the result from ${value.response.ticks[0]} to ${value.response.ticks.at(-1)}. CV Lab, ${value.version}`].forEach((line, index) => pen.fillText(line, gap, side + 84 + 26 * index, canvas.width - 2 * gap));
  saveFile('convolution.png', canvas.toDataURL('image/png'));
};
