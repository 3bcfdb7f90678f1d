/* What can be taken away: the result as a table, and the pictures with their settings written under them. */
const csv = (value) => {
  const { output } = value.grid, rows = [['output', 'row', 'column', 'value']];
  output.values.forEach((plane, index) => plane.forEach((row, y) => row.forEach((cell, x) => rows.push([index, y, x, cell]))));
  return [`# ${value.torch}`, `# ${value.formula}`, ...rows.map((row) => row.join(','))].join('\n');
};
/* Photo cells, result and the whole photo's response, each with its numbers. */
const pictures = async ({ grid, response: made, captions, torch, formula, version }, sumLine) => {
  const scale = { colours: made.stops, ticks: made.ticks.map((tick, place) => [place / (made.ticks.length - 1), tick]), text: 'value of the result' };
  const [cells, result, whole] = await Promise.all([grid.input.src, grid.output.src[0], made.src].map(loadPicture));
  return [
    { image: cells, title: captions[0] }, { image: result, title: captions[1], scale, caption: sumLine },
    { image: whole, title: 'The whole photo', scale, caption: `${made.sentence} ${torch}  ${formula}. ${version}.`, whole: true },
  ];
};
