/* Why this box? A map over the photo for one box of the detector, with its checks; closed until the Detect tab asks. */
const METHODS = [['layercam', 'LayerCAM'], ['gradcam', 'Grad-CAM']];
const LOOKING = { text: 'Looking back through the detector' };
const name = h('h3', {}), answer = h('p', { class: 'box-answer', 'aria-live': 'polite' });
const close = h('button', { type: 'button', class: 'btn sm', onclick: () => ask(null) }, 'Close');
const stage = makeStage(), scale = makeBar('share of the brightest place');
const opacity = makeRange({ label: 'Heat opacity', help: 'over the photo', low: 0, high: 1, step: 0.01, format: (value) => `${Math.round(100 * value)}\u00a0%` }, (value) => stage.repaint(value));
const method = makeChoice('Map by', METHODS, (value) => ask({ ...asked, method: value }));
const notes = h('p', { class: 'sub' }), told = h('div', { class: 'in-checks', 'aria-live': 'polite' }), curves = makeCurves();
const busyText = h('span', {}), stop = h('button', { type: 'button', class: 'btn sm', onclick: () => trigger('stop') }, 'Cancel');
const busy = h('p', { class: 'box-busy', role: 'status', hidden: true }, busyText, ' ', stop);
const alertBox = h('p', { class: 'alert', role: 'alert', hidden: true });
const why = h('div', { class: 'why' }, h('b', {}, 'What does this show?'), h('p', {}, props.why));
const taken = () => ({
  view: `why ${asked.title}`, question: name.textContent, answer: answer.textContent, photo: asked.photo, models: [], across: 2,
  credit: `${props.value.facts.model}, ${props.value.facts.method}.`, tiles: () => [stageTile(stage)],
});
const foot = makeExports({ taken, card: false, files: [
  smallButton('NPY', async () => {
    const { name: title, url } = await server.look({ key: props.value.key, settings: {}, npy: true });
    if (url) saveFile(title, url);
    else ask(asked); // the server forgot: make the map again
  }),
  smallButton('Copy as JSON', ({ currentTarget }) => {
    const { facts, answer: said, told: checks } = props.value;
    copyText(JSON.stringify({ photo: asked.photo.name, ...facts, answer: said, checks }, null, 2), currentTarget);
  })] });
const card = h('section', { class: 'card box-card', hidden: true, 'aria-label': 'Why this box?' },
  h('div', { class: 'box-top' }, name, close), answer, busy, alertBox,
  h('div', { class: 'box-body' }, h('div', {}, stage.node, scale.node), h('div', { class: 'box-side' }, namedChoice('Map by', method), opacity.node, notes, told, curves.node, why)), foot.node);
root.append(card);
opacity.set(0.6, null);

let asked = null;
const same = (other) => JSON.stringify(other) === JSON.stringify(asked);
const ask = (next) => {
  asked = next;
  if (!next) { card.hidden = true; trigger('stop'); return; }
  props.value = { ...props.value, asked, key: null, busy: LOOKING, message: '', stopped: false };
  draw();
  trigger('again');
};
const draw = () => {
  const value = props.value || {}, mine = same(value.asked), shown = mine && value.key ? value : null;
  card.hidden = !asked;
  if (!asked) return;
  const { photo, title } = asked;
  name.textContent = `Why ${title}?`;
  method.set(asked.method);
  const running = mine ? value.busy : LOOKING;
  busy.hidden = !running;
  busyText.textContent = running?.text || '';
  alertBox.hidden = !(mine && value.message);
  alertBox.textContent = value.message || '';
  answer.textContent = shown?.answer || '';
  stage.set({ picture: photo.src, size: [photo.height, photo.width], map: shown?.map, low: 0, high: 1, opacity: opacity.value(), boxes: [shown?.box || asked.box], alt: `${photo.name}, ${title}. ${shown?.answer || ''}` });
  scale.node.hidden = foot.node.hidden = !shown;
  scale.set(INFERNO, 0, 1);
  notes.textContent = shown?.notes.join(' ') || '';
  const checks = shown?.told.length ? shown.told : shown && !value.stopped ? ['Checking this map \u2026'] : [];
  told.replaceChildren(...checks.map((text) => h('p', { class: text.startsWith('Careful') ? 'notice' : 'sub' }, text)));
  curves.set(shown?.checks);
};
/* The map first; its checks, which run the detector many times, at once after it. */
let checking = null;
const arrived = () => {
  const { asked: of, key, checks, busy: running, stopped } = props.value || {};
  draw();
  if (!key || checks || running || stopped || !same(of) || checking === asked) return;
  checking = asked;
  setTimeout(() => trigger('check'), 0);
};
document.addEventListener('cv:why', ({ detail }) => {
  if (!detail && !asked) return;
  ask(detail && { method: asked?.method || 'layercam', ...detail });
  if (detail) card.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
});
watch('value', arrived);
