/* A line chart at the container's own size: few ticks, series named at their end (a legend when narrow), a dashed line at the current setting. */
const makeLines = (title) => {
  const plot = h('div', { class: 'lines' });
  let last = null;
  const shapes = { cnn: (x, y) => `M${x - 4} ${y - 4}h8v8h-8Z`, vit: (x, y) => `M${x} ${y - 5}l5 9h-10Z` };
  const twin = (view, index) => (view.series.slice(0, index).some((other) => other.family === view.series[index].family) ? ' second' : '');
  const draw = (view) => {
    last = view;
    const width = Math.max(240, plot.clientWidth || 420), height = 210, narrow = width < 520, left = 44, right = narrow ? 22 : 140, top = 12, bottom = 40;
    const [low, high] = view.x, x = (value) => left + ((value - low) / (high - low || 1)) * (width - left - right), y = (value) => height - bottom - (value / view.top) * (height - top - bottom);
    const ends = view.series.map((one) => ({ ...one, at: y(one.values.at(-1)[1]) })).sort((a, b) => a.at - b.at);
    ends.forEach((one, index) => { if (index && one.at < ends[index - 1].at + 16) one.at = ends[index - 1].at + 16; });
    plot.replaceChildren(svg('svg', { width, height, role: 'img', 'aria-label': view.alt },
      view.yTicks.map(([value, text]) => [svg('path', { class: 'grid', d: `M${left} ${y(value)}H${width - right}` }), svg('text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, text)]),
      view.xTicks.map(([value, text]) => svg('text', { x: x(value), y: height - 22, 'text-anchor': 'middle' }, text)),
      svg('text', { x: left + (width - left - right) / 2, y: height - 5, 'text-anchor': 'middle' }, view.xTitle),
      view.now === null ? null : svg('path', { class: 'now', d: `M${x(view.now)} ${top}V${height - bottom}` }),
      view.series.map((one, index) => [svg('path', { class: `series ${one.family}${twin(view, index)}`, d: one.values.map(([a, b], place) => `${place ? 'L' : 'M'}${x(a)} ${y(b)}`).join('') }),
        (view.dots ? one.values : one.values.filter(([a]) => a === view.now)).map(([a, b]) => svg('path', { class: `dot ${one.family}${twin(view, index)}`, d: (shapes[one.family] || shapes.cnn)(x(a), y(b)) }))]),
      narrow ? null : ends.map((one) => svg('text', { class: `name ${one.family}`, x: width - right + 8, y: one.at + 4 }, one.name.length > 20 ? `${one.name.slice(0, 19)}…` : one.name))),
    narrow ? h('p', { class: 'legend' }, view.series.map((one, index) => h('span', { class: one.family }, familyMark(one.family), ` ${one.name}${twin(view, index) ? ' (dashed)' : ''}`))) : '');
  };
  new ResizeObserver(() => { if (last) draw(last); }).observe(plot);
  return { node: h('section', { class: 'card' }, h('h3', {}, title), plot), draw };
};
