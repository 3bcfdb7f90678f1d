/* Skips, Train both: two kinds of nets learn while one looks; the step slider moves back in time. */
const head = makeHead(() => trigger('stop'));
const loss = makeChart(), errors = makeChart(), spread = makeChart(), bars = makeChart(), norms = makeChart(), deep = makeChart(), strip = makeStrip();
const STARTS = [['he', 'He'], ['zero', 'Zero last'], ['fixup', 'Fixup-like']];
const SETS = [['digits', 'Digits'], ['textures', 'Textures'], ['own', 'Your own']];
const pick = (name) => (value) => { bench.set({ [name]: value }); drawSettings(); };
const depth = makeChoice('Layers', [8, 20, 56, 110].map((one) => [one, String(one)]), pick('depth'));
const norm = makeChoice('Batch normalisation', [[true, 'On'], [false, 'Off']], pick('norm'));
const start = makeChoice('Start', STARTS, pick('start'));
const photos = makeChoice('Photos', SETS, pick('photos'));
const steps = makeChoice('Steps', [40, 80, 120, 160, 200, 240].map((one) => [one, String(one)]), pick('steps'));
const seeds = makeChoice('Starts', [1, 2, 3, 4, 5].map((one) => [one, String(one)]), pick('seeds'));
const step = makeRange({ label: 'Step', help: 'move back in time', low: 1, high: 120, step: 1, format: (value) => `${value} of ${sheet ? sheet.step : value}` }, (value) => goTo(value));
const begins = h('p', { class: 'sub', hidden: true }, props.begins), next = h('p', { class: 'sub', 'aria-live': 'polite', hidden: true });
const fault = h('p', { class: 'alert', role: 'alert', hidden: true }), lost = h('p', { class: 'sub', hidden: true });
const train = h('button', { type: 'button', class: 'btn primary', onclick: () => ask('again') }, 'Train both again');
const more = h('button', { type: 'button', class: 'btn', onclick: () => ask('more') }, 'Continue');
const said = h('p', { class: 'sub strip-said' }), stripAt = h('small', { class: 'sub' }), splitSaid = h('p', { class: 'sub' });
const settings = h('details', { class: 'card train-more' }, h('summary', {}, 'More settings'),
  h('div', { class: 'train-settings' }, named('Photos', 'they learn from', photos.node), named('Start', 'of the weights', start.node), named('Batch normalisation', 'after each convolution', norm.node), named('Steps', 'to train for', steps.node), named('Starts', 'of each kind, from other weights', seeds.node)));
const deepSaid = h('p', { class: 'sub' }), deepWhere = h('p', { class: 'sub' }), deepCard = h('section', { class: 'card', hidden: true }, h('h3', {}, props.deeper), deepSaid, deepWhere, deep.node);
const results = h('div', { class: 'train-results' },
  h('div', { class: 'train-top' },
    h('section', { class: 'card race' }, h('h3', {}, 'Learning, step by step'), h('p', { class: 'sub' }, 'Loss on the training photos, lower is better. Line: mean of the starts; band: from the lowest to the highest.'), loss.node, lost),
    h('div', { class: 'train-side' }, h('section', { class: 'card train-controls' }, named('Layers', 'in both networks', depth.node), step.node), h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why))),
    settings),
  h('section', { class: 'card' }, h('h3', {}, 'How much correction reaches each layer? ', stripAt), strip.node, said),
  h('div', { class: 'train-three' },
    h('section', { class: 'card' }, h('h3', {}, 'Right or wrong'), h('p', { class: 'sub' }, props.errors_note), errors.node),
    deepCard,
    h('section', { class: 'card' }, h('h3', {}, 'What the blocks give'), h('p', { class: 'sub' }, 'Standard deviation of the numbers behind each block, at the step.'), spread.node)),
  h('section', { class: 'card' }, h('h3', {}, 'The gradient at each block, taken apart'), splitSaid, h('p', { class: 'sub' }, props.split_note), h('div', { class: 'grid2' }, bars.node, norms.node)));
let sheet = null, shownAt = null, latest = '', settled = false;
const paces = {}; // by set of photos, once nets were trained here: seconds that a step of one layer takes
const table = async () => ['net,start,step,loss_nats', ...((await bench.file({ table: true })).table || []).map((row) => row.join(','))].join('\n');
const taken = () => {
  if (!sheet || !shownAt) return null;
  const curves = async () => ({ title: 'Training loss, nats', image: await loss.image(), fine: true });
  return { view: 'train', answer: bench.shown().answer, how: bench.shown().key === 'stored' ? 'Drawn' : 'Measured', photo: null, models: [], credit: sheet.said,
    onCard: async () => [await curves()],
    tiles: async () => [await curves(), { title: `Gradient of each layer at step ${shownAt.step}`, block: strip.block(shownAt.strip, sheet.scale), scale: strip.scale(sheet.scale), caption: shownAt.reaches }, { title: 'Errors on all photos', image: await errors.image(), fine: true }] };
};
const foot = makeExports({ taken, photo: false, files: [smallButton('CSV', async () => saveFile('skips.csv', await table(), 'text/csv'))], link: () => bench.link() });
const row = h('div', { class: 'train-now' }, head.busy, next, h('div', { class: 'bar train-bar' }, more, train));
root.append(head.node, row, fault, results, foot.node);
const ask = (event) => {
  settled = false;
  bench.set({ step: null }, false);
  bench.start(event, { fault: null, stopped: false });
};
/* What stands at one step; the charts that go over all steps get a line there. */
const drawAt = (at) => {
  shownAt = at;
  step.set(at.step, at.live);
  stripAt.textContent = `(norm of the gradient at step ${at.step})`;
  strip.show(at.strip, sheet.scale, at.reaches);
  said.textContent = at.reaches;
  spread.show(at.spread);
  bars.show(at.bars);
  norms.show(at.norms);
  splitSaid.textContent = at.bars.answer;
  drawLines(at.step);
};
const lineAt = (chart, now) => ({ ...chart, layout: { ...chart.layout, shapes: [{ type: 'line', x0: now, x1: now, yref: 'paper', y0: 0, y1: 1, line: { color: '#7d8896', dash: 'dash', width: 1.5 }, layer: 'below' }] } });
const drawLines = (now) => { loss.show(lineAt(sheet.loss, now)); errors.show(lineAt(sheet.errors, now)); };
const askStep = makeAsk((question) => bench.file(question), (answer, older) => {
  if (answer.gone || answer.error) { say(answer.error || props.not_here); return; }
  if (older || answer.key !== bench.shown().key) return;
  if (answer.sheet) bench.show({ sheet: answer.sheet, answer: answer.answer });
  else if (answer.at) drawAt(answer.at);
});
const goTo = (value) => {
  if (!sheet) { bench.set({ step: value }); return; } // the first run is still on its way, and opens there
  const wanted = value >= sheet.step ? null : value;
  bench.set({ step: wanted });
  drawLines(value);
  askStep({ step: value });
};
let forgotten = null; // the key of nets that the server lost, as when it was started anew: they cannot go on
const say = (sentence) => {
  fault.hidden = !sentence;
  fault.textContent = sentence || '';
  if (sentence === props.not_here) forgotten = bench.shown()?.key;
  more.hidden ||= sentence === props.not_here;
};
/* A whole race, as far as it is. */
const open = (told) => {
  if (JSON.stringify(told) === latest) return;
  [latest, sheet] = [JSON.stringify(told), told];
  step.reach(sheet.step);
  lost.textContent = sheet.lost;
  lost.hidden = !sheet.lost;
  const wanted = Math.min(bench.local.step ?? sheet.step, sheet.step);
  drawAt(sheet.at);
  if (wanted < sheet.step && !props.value.busy) { step.set(wanted, sheet.at.live); goTo(wanted); }
  foot.say(sheet.said);
  if (sheet.depths) drawDepths(sheet.depths);
  if (sheet.pace) paces[bench.local.photos] = sheet.pace;
  drawSettings();
};
const drawDepths = ({ chart, said: sentence, where }) => {
  deepCard.hidden = false;
  deepSaid.textContent = sentence;
  deepWhere.textContent = `Stored: trained on ${where}.`;
  deep.show(chart);
};
const drawSettings = () => {
  const { local } = bench, busy = Boolean(props.value.busy);
  depth.set(local.depth);
  norm.set(local.norm);
  start.set(local.start);
  photos.set(local.photos);
  steps.set(local.steps);
  seeds.set(local.seeds);
  begins.hidden = local.start === 'he';
  if (busy !== train.disabled) row.style.minHeight = busy ? `${row.offsetHeight}px` : ''; // what stands below stays where it is
  train.disabled = busy;
  const known = bench.shown() && !['stored', forgotten].includes(bench.shown().key);
  more.hidden = !known || busy;
  more.textContent = sheet && sheet.step < sheet.steps ? `Continue to step ${sheet.steps}` : `Continue, ${local.steps} steps more`;
  const other = sheet && local.depth !== sheet.layers, pace = paces[local.photos];
  const seconds = pace && Math.max(1, Math.round(pace * local.depth * 2 * local.seeds * local.steps));
  train.textContent = `${other ? `Train both with ${local.depth} layers` : 'Train both again'}${seconds ? `, about ${seconds < 90 ? `${seconds}\u00a0s` : `${Math.round(seconds / 60)} minutes`}` : ''}`;
  next.textContent = other && !busy ? `What stands below has ${sheet.layers} layers.` : '';
  next.hidden = !next.textContent;
};
settings.querySelector('.train-settings').append(begins);
const bench = makeBench({
  head, view: 'train', catchUp: null,
  wished: () => { if (!sheet && bench.shown()) askStep({}); },
  paint(shown) { if (shown.sheet) open(shown.sheet); },
  drawn(value) {
    results.hidden = foot.node.hidden = !value.key;
    say(value.fault || (value.stopped && !value.key ? value.message : ''));
    if (value.key && value.sheet && bench.shown()?.key === value.key && JSON.stringify(value.sheet) !== latest) bench.show({ sheet: value.sheet, answer: value.answer });
    if (value.stopped && !settled && bench.shown()) { settled = true; askStep({}); }
    drawSettings();
  },
});
bench.begin();
