/* Lines over sizes or batches, both axes doubling; one line a model, named at its end, a dot for each measured step. */
const makeLines = ({ unit, marked, xUnit }) => {
  const box = h('div', { class: 'lines-plot' }), legend = h('div', { class: 'legend' }), node = h('div', {}, box, legend);
  let view = null;
  const drawLines = () => {
    if (!view || !box.clientWidth) return;
    const lines = view.lines, width = box.clientWidth, narrow = width < 560, high = 260, left = 52, right = narrow ? 14 : 148, top = 26, bottom = 40;
    const steps = [...new Set(lines.flatMap((line) => line.steps))].sort((a, b) => a - b), values = lines.flatMap((line) => line.values);
    if (!steps.length) { box.replaceChildren(); return; }
    const log = Math.log2, span = (all) => { const low = log(Math.min(...all)), high = log(Math.max(...all)); return high - low < 1 ? [low - 0.5, high + 0.5] : [low - 0.08 * (high - low), high + 0.08 * (high - low)]; };
    const [x0, x1] = span(steps), [y0, y1] = span(values), x = (step) => left + ((log(step) - x0) / (x1 - x0)) * (width - left - right), y = (value) => high - bottom - ((log(value) - y0) / (y1 - y0)) * (high - top - bottom);
    const powers = [], many = y1 - y0 > 6 ? 2 : 1;
    for (let power = Math.ceil(y0); power <= y1; power += many) powers.push(2 ** power);
    const shownSteps = narrow && steps.length > 6 ? steps.filter((_, index) => index % 2 === 0) : steps;
    legend.replaceChildren(...(narrow ? lines : []).map((line) => h('span', { class: line.family }, familyMark(line.family), line.exponent ? `${line.title}: ${line.exponent}` : line.title)));
    const ends = [];
    const parts = lines.map((line) => {
      const hollow = hollowOf(lines, line), known = line.steps.map((step, index) => [x(step), y(line.values[index])]);
      ends.push({ y: known.at(-1)[1] + 4, text: line.title, more: line.exponent, family: line.family });
      const group = svg('g', { class: `${line.family}${hollow ? ' hollow' : ''}` }, svg('path', { class: 'curve', d: known.map(([px, py], index) => `${index ? 'L' : 'M'}${px.toFixed(1)} ${py.toFixed(1)}`).join('') }));
      known.forEach(([px, py], index) => group.append(svg('circle', { class: 'dot', cx: px, cy: py, r: line.knee === line.steps[index] ? 6.5 : 4 }, svg('title', {}, `${line.title}, ${line.steps[index]}${xUnit}: ${tickText(line.values[index])} ${unit}`))));
      return group;
    });
    ends.sort((a, b) => a.y - b.y).forEach((end, index) => { if (index) end.y = Math.max(end.y, ends[index - 1].y + 30); });
    box.replaceChildren(svg('svg', { width, height: high, role: 'img', 'aria-label': view.text },
      svg('text', { x: 0, y: 13 }, `${unit}, doubling scale`),
      powers.map((value) => [svg('path', { class: 'grid', d: `M${left} ${y(value)}H${width - right}` }), svg('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, tickText(value))]),
      shownSteps.map((step) => svg('text', { x: x(step), y: high - bottom + 18, 'text-anchor': 'middle' }, String(step))),
      svg('text', { x: width - right, y: high - 4, 'text-anchor': 'end' }, marked),
      parts, narrow ? [] : ends.map((end) => [svg('text', { class: `end b ${end.family}`, x: width - right + 12, y: end.y }, shortened(end.text, 132)), end.more ? svg('text', { x: width - right + 12, y: end.y + 14 }, end.more) : null])));
  };
  fitted(box, drawLines);
  return { node, show(value) { view = value; drawLines(); } };
};
