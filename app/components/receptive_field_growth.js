/* Both fields against depth. A control of our own, no chart of plotly.js: it is the depth slider, so it takes drag, arrow keys (a
   layer) and space (play), and shows the place before the server has answered. */
const PLAY_MS = 600;
/* Photos of different sizes are compared in percent of each. */
const comparable = (rows) => {
  if (new Set(rows.map((row) => row.side)).size < 2) return [rows, 'px'];
  const share = (row, values) => values.map((value) => (value === null || value === undefined ? value : (100 * value) / row.side));
  return [rows.map((row) => ({ ...row, side: 100, theory: share(row, row.theory), shortest: share(row, row.shortest), effective: row.effective.map((one) => share(row, one)) })), '%'];
};
const makeGrowth = (choices, onDepth) => {
  const box = h('div', { class: 'growth', tabindex: 0, role: 'slider', 'aria-label': 'Depth', 'aria-valuemin': 0, 'aria-valuemax': 100 });
  const play = h('button', { type: 'button', class: 'btn' }, 'Play');
  const legend = h('div', { class: 'legend' });
  let series = [], unit = 'px', depth = 0.8, shareAt = 1, path = 'theory', timer = null;

  const stopOf = (row, at) => Math.round(at * (row.labels.length - 1));
  const places = () => [...new Set(series.flatMap((row) => row.labels.map((_, index) => index / Math.max(1, row.labels.length - 1))))].sort((a, b) => a - b);
  const go = (to) => onDepth(Math.min(1, Math.max(0, to)));
  const step = (by) => {
    const all = places();
    go(by > 0 ? all.find((place) => place > depth + 1e-6) ?? 1 : all.findLast((place) => place < depth - 1e-6) ?? 0);
  };
  const stop = () => { clearInterval(timer); timer = null; play.textContent = 'Play'; };
  play.addEventListener('click', () => {
    if (timer) return stop();
    const longest = series.reduce((most, row) => Math.max(most, row.labels.length), 2);
    play.textContent = 'Stop';
    let at = depth > 0.999 ? 0 : Math.round(depth * (longest - 1));
    go(at / (longest - 1));
    timer = setInterval(() => { at += 1; if (at > longest - 1) stop(); else go(at / (longest - 1)); }, PLAY_MS);
  });
  box.addEventListener('keydown', (event) => {
    const acts = { ArrowRight: () => step(1), ArrowUp: () => step(1), ArrowLeft: () => step(-1), ArrowDown: () => step(-1),
      Home: () => go(0), End: () => go(1), PageUp: () => go(depth + 0.1), PageDown: () => go(depth - 0.1), ' ': () => play.click() };
    if (!acts[event.key]) return;
    event.preventDefault();
    if (event.key !== ' ') stop();
    acts[event.key]();
  });
  let frame = { left: 46, width: 100 };
  const dragTo = (event) => { const at = box.getBoundingClientRect(); go((event.clientX - at.left - frame.left) / frame.width); };
  box.addEventListener('pointerdown', (event) => { if (event.button !== 0) return; stop(); box.setPointerCapture(event.pointerId); dragTo(event); });
  box.addEventListener('pointermove', (event) => { if (box.hasPointerCapture(event.pointerId)) dragTo(event); });

  const ticksFor = (most) => {
    const rough = most / 4, size = 10 ** Math.floor(Math.log10(rough)), unit = [1, 2, 2.5, 5, 10].find((one) => one * size >= rough) * size;
    return Array.from({ length: Math.floor(most / unit) + 1 }, (_, index) => index * unit);
  };
  /* Labels at the lines' ends, moved apart where they would touch. */
  const apart = (labels, high) => {
    labels.sort((a, b) => a.y - b.y);
    labels.forEach((label, index) => { if (index) label.y = Math.max(label.y, labels[index - 1].y + 16 * enlargement()); });
    const over = labels.length ? labels.at(-1).y - high : 0;
    if (over > 0) labels.toReversed().forEach((label, index, all) => { label.y = Math.min(label.y - (index ? 0 : over), index ? all[index - 1].y - 16 * enlargement() : high); });
    return labels;
  };
  const drawChart = () => {
    if (!series.length) return;
    const full = Math.max(260, box.clientWidth), narrow = full < 520, high = !narrow ? 250 : innerHeight < 800 ? 180 : 220;
    const k = enlargement(), left = 46 * k, right = narrow ? 12 : 164 * k, top = 26, bottom = 26, width = full - left - right;
    frame = { left, width };
    const photo = Math.max(...series.map((row) => row.side));
    const known = series.flatMap((row) => [...row[path], ...row.effective[shareAt]]).filter((value) => value !== null);
    const most = Math.min(Math.max(photo * 1.15, ...known), photo * 2.4);
    const x = (at) => left + at * width, y = (value) => high - bottom - (Math.min(value, most) / most) * (high - top - bottom);
    const each = (row, values) => values.map((value, index) => [x(index / Math.max(1, row.labels.length - 1)), value]).filter(([, value]) => value !== undefined);
    const line = (points) => points.map(([px, value], index) => `${index ? 'L' : 'M'}${px.toFixed(1)} ${y(value).toFixed(1)}`).join('');
    const parts = [], labels = [];
    series.forEach((row, place) => {
      const twin = series.findIndex((other) => other.family === row.family) !== place;
      const twins = series.filter((other) => other.family === row.family).length > 1;
      const name = twins ? row.title : row.word, now = stopOf(row, depth), nowX = x(now / Math.max(1, row.labels.length - 1));
      const theory = row[path].map((value) => (value === null ? row.side : value));
      const effective = row.effective[shareAt], measured = each(row, effective).filter(([, value]) => value !== null);
      const group = svg('g', { class: row.family });
      group.append(svg('path', { class: 'theory', d: line(each(row, theory)) }), svg('path', { class: 'effective', d: line(measured) }));
      theory.forEach((value, index) => { if (value > row.side) group.append(svg('rect', { class: 'beyond', x: x(index / (theory.length - 1)) - 3, y: y(value) - 3, width: 6, height: 6 })); });
      const dot = (value) => svg('circle', { class: twin ? 'dot hollow' : 'dot', cx: nowX, cy: y(value), r: 5 });
      group.append(dot(theory[now]));
      if (effective[now] !== null) group.append(dot(effective[now]));
      parts.push(group);
      const end = theory.at(-1);
      labels.push({ text: `${name} in theory${end > most ? `: ${unit === 'px' ? end.toLocaleString('en') : `${(end / 100).toFixed(1)}\u00d7`}` : ''}`, y: y(end) + 4, family: row.family });
      if (measured.length > 1) labels.push({ text: `${name} effective`, y: y(measured.at(-1)[1]) + 4, family: row.family });
    });
    const said = series.map((row) => `${row.title} ${row.labels[stopOf(row, depth)]}`).join(', ');
    fill(box, { 'aria-valuenow': Math.round(100 * depth), 'aria-valuetext': said }, []);
    box.replaceChildren(svg('svg', { width: full, height: high, 'aria-hidden': 'true' },
      svg('text', { x: left, y: 13 }, unit === 'px' ? 'side of the square, px' : 'side of the square, % of the photo\u2019s'),
      ticksFor(most).map((value) => [svg('path', { class: 'grid', d: `M${left} ${y(value)}H${left + width}` }), svg('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, value.toLocaleString('en'))]),
      svg('path', { class: 'photo', d: `M${left} ${y(photo)}H${left + width}` }), svg('text', { x: left + 6, y: y(photo) - 5 }, `photo, ${photo} ${unit}`),
      [0, 25, 50, 75, 100].map((value) => svg('text', { x: x(value / 100), y: high - 6, 'text-anchor': 'middle' }, value === 100 && narrow ? '100' : `${value} %`)),
      svg('path', { class: 'now', d: `M${x(depth)} ${top}V${high - bottom}` }), parts,
      narrow ? [] : apart(labels, high - bottom).map((label) => svg('text', { class: `end ${label.family}`, x: left + width + 10, y: label.y }, label.text))));
    legend.hidden = !narrow;
    legend.replaceChildren(...series.map((row) => h('span', { class: row.family }, familyMark(row.family), ` ${row.title}`)), h('span', {}, 'dashed: in theory, solid: effective'));
  };
  new ResizeObserver(drawChart).observe(box);
  return {
    node: h('section', { class: 'card grows' }, h('div', { class: 'bar' }, h('h3', {}, 'How the field grows with depth'), h('span', { class: 'end' }, play)), box, legend, choices),
    show(rows, at, share, shortest) { [series, unit] = comparable(rows); depth = at; shareAt = share; path = shortest ? 'shortest' : 'theory'; drawChart(); },
    stop,
  };
};
