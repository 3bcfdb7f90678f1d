/* A chart of cvdemo/plots/, drawn by plotly.js: how one is declared stands in chart.py. */
const QUIET_PLOT = { displayModeBar: false, doubleClick: false, scrollZoom: false, showTips: false, showAxisDragHandles: false };
const PNG_WIDTH = 900;
const coarse = window.matchMedia('(pointer: coarse)');
const makeChart = (...buttons) => {
  const plot = h('div', { class: 'chart-plot' }), stage = h('div', { class: 'chart-stage', role: 'img' }, plot);
  const word = h('p', { class: 'sub', hidden: true }), fault = h('p', { class: 'alert', role: 'alert' }), values = makeValues();
  const open = smallButton('Values', () => { values.open(!values.isOpen()); open.setAttribute('aria-expanded', String(values.isOpen())); });
  const zoom = smallButton('Zoom', () => { zooming = true; soon(); });
  const reset = smallButton('Reset view', () => resetView());
  const png = smallButton('PNG', () => takePicture());
  const tools = h('div', { class: 'chart-tools' }, zoom, reset, buttons, open, png);
  const node = h('figure', { class: 'chart' }, stage, word, tools, values.node), take = makeTaking(node);
  let chart = null, busy = false, again = false, near = false, failed = false, view = 0, zooming = false, listening = false, width = 0, rested = 0, pointed = null, turned = null, laid = null, camera = null, early = null;
  open.setAttribute('aria-expanded', 'false');
  reset.hidden = tools.hidden = stage.hidden = true;

  const empty = () => !chart || !chartData(chart).some((trace) => trace.x.length);
  const gapsIn = ({ x, y, z }) => (z ? z.flat().filter((one) => one === null) : x.filter((one, index) => one === null || y[index] === null)).length;
  const missing = () => chartData(chart).reduce((count, trace) => count + gapsIn(trace), 0);
  const scenes = () => Object.keys(chart.layout).filter((name) => name.startsWith('scene'));
  const tell = () => {
    const none = empty(), gaps = none ? 0 : missing();
    word.hidden = !none && !gaps;
    word.textContent = none ? 'Nothing to draw yet.' : `${gaps === 1 ? 'One value is no number: there is a gap' : `${gaps.toLocaleString('en')} values are no numbers: there are gaps`}.`;
    tools.hidden = none;
    stage.hidden = none || failed;
    zoom.hidden = !coarse.matches || scenes().length > 0;
    if (none) { values.open(false); open.setAttribute('aria-expanded', 'false'); return; }
    stage.setAttribute('aria-label', `${chart.title}. ${chart.answer}`);
    stage.style.height = `${chart.height}px`;
    values.show(chart);
  };
  const react = async () => {
    let library;
    try { library = await plotly(); } catch { fail(); return; }
    if (!width || empty()) return;
    const drawn = dressed(chart, width, view, { dragmode: coarse.matches && !zooming ? false : 'zoom' });
    const { data, layout } = enlargement() === 1 ? drawn : enlarged(drawn, enlargement());
    if (camera) for (const name of scenes()) layout[name] = { ...layout[name], camera };
    await library.react(plot, data, layout, QUIET_PLOT);
    node.dataset.drawn = String(Number(node.dataset.drawn || 0) + 1);
    laid?.(plot);
    if (listening) return;
    listening = true;
    /* What is solid is turned together: all scenes are seen from where the one under the mouse is. */
    for (const event of ['plotly_relayouting', 'plotly_relayout']) {
      plot.on(event, (change) => {
        const at = scenes().find((name) => change[`${name}.camera`]), seen = at && change[`${at}.camera`];
        if (!at || JSON.stringify(seen) === JSON.stringify(camera)) return;
        camera = seen;
        library.relayout(plot, Object.fromEntries(scenes().filter((name) => name !== at).map((name) => [`${name}.camera`, seen])));
        turned?.(seen.eye);
      });
    }
    plot.on('plotly_relayout', (change) => {
      if (!Object.keys(change).some((key) => key.includes('range'))) return;
      reset.hidden = false;
      if (zooming) { zooming = false; soon(); }
    });
    plot.on('plotly_doubleclick', () => resetView());
    for (const event of ['plotly_hover', 'plotly_click']) plot.on(event, ({ points: [point] }) => pointed?.(point.customdata));
  };
  /* However often a chart is shown, it is drawn once for what the browser paints, after that, and as it is by then. */
  const soon = () => {
    again = true;
    if (busy || !near || failed || empty()) return;
    busy = true;
    requestAnimationFrame(() => setTimeout(async () => {
      const begun = performance.now();
      again = false;
      try { await react(); } finally { busy = false; }
      rested = performance.now() + Math.min(100, performance.now() - begun); // half of the time is for a slider's picture
      if (again) soon();
    }, Math.max(0, rested - performance.now())));
  };
  const resetView = () => { view += 1; reset.hidden = true; soon(); };
  const fail = () => {
    failed = true;
    tools.before(fault);
    fault.replaceChildren('The script that draws charts did not arrive. Here are the values instead. ', smallButton('Try again', () => {
      failed = false;
      fault.remove();
      values.open(false);
      tell();
      soon();
    }));
    values.open(true);
    tell();
  };
  /* The chart as a picture, twice as fine, in light colours. */
  const image = async () => {
    const library = await plotly(), { data, layout } = dressed(chart, PNG_WIDTH, view, {}, true);
    if (camera) for (const name of scenes()) layout[name].camera = camera;
    return loadPicture(await library.toImage({ data, layout, config: QUIET_PLOT }, { format: 'png', width: PNG_WIDTH, height: chart.height, scale: 2 }));
  };
  const takePicture = () => take(async () => {
    const { photo = null, credit, how } = home.taken() || {}, { title, answer } = chart;
    await savePicture({ view: title, photo, question: title, answer, credit, how, wide: PNG_WIDTH, tiles: async () => [{ image: await image(), fine: true }] });
  });
  new IntersectionObserver((seen) => { near = seen.at(-1).isIntersecting; soon(); }, { rootMargin: '300px' }).observe(node);
  new ResizeObserver(([{ contentRect }]) => { if (contentRect.width && contentRect.width !== width) { ({ width } = contentRect); soon(); } }).observe(stage);
  new MutationObserver(soon).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  document.addEventListener('cv:presenter', soon);
  /* `onPoint(act)`: hears the customdata of the mark that is pointed at. `onTurn(act)`: hears from where what is solid is
     seen now; `turn(eye)`: lets it be seen from there. `onDrawn(act)`: gets the plot whenever it has been drawn. */
  return { node, onPoint(act) { pointed = act; }, onDrawn(act) { laid = act; }, onTurn(act) { turned = act; },
    turn(eye) {
      if (!chart) { early = eye; return; }
      camera = { ...(camera || chart.layout[scenes()[0]].camera), eye };
      if (listening) window.Plotly.relayout(plot, Object.fromEntries(scenes().map((name) => [`${name}.camera`, camera])));
    },
    image: () => (empty() ? null : image()), show(value) {
      chart = value;
      if (early) camera = { ...chart.layout[scenes()[0]].camera, eye: early };
      early = null;
      tell();
      soon();
    } };
};
