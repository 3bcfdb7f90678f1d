/* The Latency tab: every run as a dot, ratios with their intervals, where the milliseconds go, and the settings. */
const strip = makeStrip(), ratios = makeRatios(props.margin), stages = makeStages(), figures = makeTable();
const notice = h('div', { class: 'notices' });
/* The models of the lesson, with its figures as quotes beside ours. */
const lesson = props.lesson, quoted = h('span', { class: 'sub' });
const three = smallButton(lesson.choose, () => document.dispatchEvent(new CustomEvent('cv:chips', { detail: { tab: props.tab, models: lesson.models } })));
strip.node.append(h('div', { class: 'bar lesson-three' }, three, quoted));
const rounds = makeChoice('Rounds', props.round_choices.map((count) => [count, String(count)]), (value) => change({ rounds: value }));
/* Two precisions belong to one engine each; Auto takes only what answers as PyTorch does in fp32. */
const OWNERS = { bf16: 'torch', int8: 'openvino' };
const engine = makeChoice('Engine', props.engines, (value) => change({ engine: value, precision: OWNERS[bench.local.precision] === value ? bench.local.precision : 'fp32' }));
const precision = makeChoice('Precision', props.precisions, (value) => change({ precision: value, engine: OWNERS[value] || bench.local.engine }));
const ways = h('div', { class: 'ways' });
const batch = makeRange({ label: 'Batch', help: 'photos per run', low: 1, high: 32, step: 1 }, (value) => change({ batch: value }));
/* The leftmost place stands for none: each model's own size. */
const OWN = 32, side = makeRange({ label: 'Input size', help: 'pixels a side', low: OWN, high: 512, step: 32, format: (value) => (value === OWN ? 'each its own' : String(value)) }, (value) => change({ side: value === OWN ? null : value }));
const more = h('details', { class: 'more' }, h('summary', {}, 'More settings'), h('div', { class: 'card latency-settings' }, named('Rounds', 'a verdict needs 20', rounds.node), batch.node, side.node,
  props.engines.length > 2 ? named('Engine', 'Auto: the one that was faster here', engine.node) : null, named('Precision', props.precisions.length > 2 ? 'bf16 and int8 move the answers' : 'bf16 has a third of the digits', precision.node), ways));
const views = makeViews(props.whys, (kind) => begin('explore', kind), (view) => went(view));
if (address.get('tab') === props.tab && address.get('view')) views.choose(address.get('view'));
const went = makeViewEntry(props.tab, views.at(), (view) => views.choose(view));
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const take = (file, kind) => smallButton(file.toUpperCase(), async () => { const { text } = await bench.file({ file }); if (text) saveFile(`latency.${file}`, text, kind); });
const csv = take('csv', 'text/csv'), json = take('json', 'application/json');
/* The dots as they are drawn, and how sure the ratios are; medians stand on the share card. */
const taken = () => {
  const { answer, racers, rounds: measured, machine, name, src, badges } = bench.shown() || {}, timed = (racers || []).filter((row) => row.p50 !== null), most = Math.max(...timed.map((row) => row.p50));
  if (!timed.length || running()) return null;
  return {
    view: 'runs', answer, photo: { name, src }, models: racers, credit: [`${measured} round${measured === 1 ? '' : 's'}.`, ...badges.map(([, text]) => `${text}.`), machine].join(' '),
    bars: timed.map(({ title, family, p50, p50_text: text }) => ({ title, family, text, share: p50 / most, colour: family })), barScale: { ticks: [[0, '0'], [1, msText(most)]], text: 'median time of one run; shorter is faster' },
    tiles: async () => [{ title: 'Every run is one dot', image: await strip.picture(), fine: true }, ...await Promise.all([ratios.picture()].filter(Boolean).map(async (image) => ({ title: 'How sure are we? 95\u00a0% intervals of the ratios', image: await image, fine: true })))],
  };
};
const foot = makeExports({ taken, files: [csv, json], link: () => bench.link({ models: chosen.join(','), view: views.at() }) });
const body = h('div', { class: 'latency-body' }, notice, more, strip.node, h('div', { class: 'grid2' }, ratios.node, stages.node), views.node, figures.node, why, foot.node);
root.append(body);

let offer = { label: 'Measure', refused: null }, chosen = props.pair, glanced = false, drawnState = '';
const running = () => Boolean(props.value.busy);
const begin = (event, measuring = null) => bench.start(event, { measuring });
/* Stop and Measure stand beside the chips; Stop works only while something runs. */
const stop = h('button', { type: 'button', class: 'btn stop', disabled: true, onclick: () => trigger('stop') }, 'Stop');
const measure = h('button', { type: 'button', class: 'btn primary measure', onclick: () => begin('measure') }, offer.label);
const drawBar = () => {
  const place = document.querySelector('.latency-bar');
  if (place && !place.contains(stop)) place.replaceChildren(stop, measure);
  measure.textContent = offer.label;
  measure.disabled = running() || Boolean(offer.refused);
  stop.disabled = !running();
};
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && running() && window.cvTab === props.tab) trigger('stop');
});
/* The estimate on the button; a choice of models that is quick may be looked at unasked. */
const askEstimate = makeAsk(async ({ mayRun, ...question }) => ({ ...await server.estimate(question), mayRun }), (answer) => {
  offer = answer.error ? { label: 'Measure', refused: { text: answer.error } } : answer;
  drawNotices();
  drawBar();
  if (offer.mayRun && offer.quick && !running()) setTimeout(() => begin('quick'), 0);
});
const estimate = (more) => {
  const shown = bench.shown();
  askEstimate({ models: chosen, settings: bench.local, measured: Boolean(shown?.finished && shown.rounds >= 20), ...more });
};
let pause = 0;
const change = (settings) => {
  const { local } = bench;
  Object.assign(local, settings);
  bench.keep();
  rounds.set(local.rounds);
  engine.set(local.engine);
  precision.set(local.precision);
  batch.set(local.batch, null);
  side.set(local.side ?? OWN, null);
  clearTimeout(pause);
  pause = setTimeout(estimate, 200);
};
const drawLesson = () => {
  const said = bench.shown()?.quoted;
  three.hidden = lesson.models.every((name) => chosen.includes(name));
  quoted.textContent = said || (three.hidden ? '' : lesson.about);
};
const drawNotices = () => {
  const { refused } = offer, note = bench.shown()?.note, list = [];
  if (refused) list.push(h('p', { class: 'alert' }, refused.text, ' ', refused.use ? smallButton(refused.use[2], () => change({ [refused.use[0]]: refused.use[1] })) : null));
  if (note) list.push(h('p', { class: 'notice' }, note));
  notice.replaceChildren(...list);
};
const paint = (shown) => {
  strip.show(shown);
  ratios.show(shown);
  stages.show(shown);
  figures.show(shown);
  ways.replaceChildren(...shown.ways.map((text) => h('p', { class: 'sub' }, text)));
  foot.say(shown.machine);
  drawLesson();
  drawNotices();
};
/* More of the duel that is shown. */
const known = ({ finished, answer, racers }) => JSON.stringify([finished, answer, racers.map((row) => row.ms.length)]);
const arrived = (value) => {
  const shown = bench.shown();
  if (value.key === shown.key && known(value) !== known(shown)) bench.show(value);
  return false;
};
const drawn = (value) => {
  const shown = bench.shown();
  views.show({ accuracy: shown?.accuracy, ...value.views }, running());
  body.classList.toggle('empty-tab', !shown);
  for (const button of [csv, json]) button.disabled = !value.key || !shown?.rounds;
  body.classList.toggle('stale', running() && Boolean(shown?.finished) && !value.measuring);
  drawBar();
  const state = JSON.stringify([value.key, value.message, running(), shown?.finished]);
  if (drawnState && state !== drawnState && !running()) estimate();
  drawnState = state;
};
/* Other models are looked at where that is quick; a photo only where nothing is shown yet. Answers under way carry older
   choices: what the visitor chose is known here. */
const wished = (value) => {
  if (value && value.chosen && value.chosen.join() !== chosen.join()) {
    chosen = value.chosen;
    drawLesson();
    document.dispatchEvent(new CustomEvent('cv:latency', { detail: { models: chosen } }));
    estimate(bench.shown() ? { mayRun: true } : {});
  } else if (!bench.shown() && !running() && !glanced) {
    glanced = true;
    begin('quick');
  }
};
const bench = makeBench({ paint, arrived, drawn, wished, result: props.spec.map(({ name }) => name) });
/* The page offers less than the settings allow, and a link no more than the page. */
const OFFERED = {
  rounds: (value) => props.round_choices.includes(value), batch: (value) => value <= 32, side: (value) => value === null || value >= 64 && value <= 512 && value % 32 === 0,
  engine: (value) => props.engines.some(([name]) => name === value), precision: (value) => props.precisions.some(([name]) => name === value),
};
for (const [name, offered] of Object.entries(OFFERED)) if (!offered(bench.local[name])) bench.local[name] = props.value.settings[name];
change({});
bench.begin();
