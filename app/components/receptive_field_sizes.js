/* The effective field against the input size: one line a model, a dot where it was measured. */
const makeSizes = (onMeasure) => {
  const box = h('div', { class: 'sizes-chart' });
  const warning = h('p', { class: 'notice cv-warn', hidden: true });
  const measure = h('button', { type: 'button', class: 'btn', onclick: onMeasure }, 'Measure at five sizes');
  const node = h('section', { class: 'card by-size' }, h('div', { class: 'bar' }, h('h3', {}, 'Does the input size change the answer?'), h('span', { class: 'end' }, measure)),
    h('p', { class: 'sub' }, 'Side of the solid square as a share of the photo\u2019s width, raw gradient, at this depth.'), box, warning);
  let shown = null;
  const drawSizes = () => {
    if (!shown || !box.clientWidth) return;
    const width = box.clientWidth, high = 170, left = 46, right = width < 520 ? 16 : 130, top = 10, bottom = 26;
    const points = shown.rows.flatMap((row) => row.sizes.map((size, index) => [size, row.shares[index]]).filter(([, share]) => share !== null));
    const most = Math.max(1, ...points.map(([, share]) => share)), x = (size) => left + ((size - 64) / (512 - 64)) * (width - left - right), y = (share) => high - bottom - (share / most) * (high - top - bottom);
    const ends = [];
    const parts = shown.rows.map((row, place) => {
      const known = row.sizes.map((size, index) => [size, row.shares[index]]).filter(([, share]) => share !== null);
      const hollow = shown.rows.findIndex((other) => other.family === row.family) !== place;
      if (known.length) ends.push({ y: y(known.at(-1)[1]) + 4, text: row.title, family: row.family });
      return svg('g', { class: row.family }, svg('path', { class: 'effective', d: known.map(([size, share], index) => `${index ? 'L' : 'M'}${x(size)} ${y(share)}`).join('') }),
        known.map(([size, share]) => svg('circle', { class: hollow ? 'dot hollow' : 'dot', cx: x(size), cy: y(share), r: 4 })));
    });
    ends.sort((a, b) => a.y - b.y).forEach((end, index) => { if (index) end.y = Math.max(end.y, ends[index - 1].y + 15); });
    box.replaceChildren(svg('svg', { width, height: high, role: 'img', 'aria-label': shown.described },
      [0, 0.5, 1].map((share) => [svg('path', { class: 'grid', d: `M${left} ${y(share)}H${width - right}` }), svg('text', { x: left - 8, y: y(share) + 4, 'text-anchor': 'end' }, `${100 * share} %`)]),
      [64, 128, 224, 320, 448].map((size) => svg('text', { x: x(size), y: high - 6, 'text-anchor': 'middle' }, String(size))),
      shown.side ? svg('path', { class: 'now', d: `M${x(shown.side)} ${top}V${high - bottom}` }) : [], parts,
      width < 520 ? [] : ends.map((end) => svg('text', { class: `end ${end.family}`, x: width - right + 10, y: end.y }, end.text))));
  };
  new ResizeObserver(drawSizes).observe(box);
  return {
    node,
    show(sizes, side) {
      shown = { ...sizes, side };
      warning.textContent = sizes.warning || '';
      warning.hidden = !sizes.warning;
      drawSizes();
    },
  };
};
