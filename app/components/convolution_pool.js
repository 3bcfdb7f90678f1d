/* "Pool or stride": the photo, halved some times in four ways, while it can be moved pixel by pixel. */
const head = makeHead(() => {});
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const times = makeRange({ label: 'Halvings', help: 'one after another', low: 1, high: 5, step: 1 }, (value) => change({ times: value }));
const shift = makeRange({ label: 'Move the photo', help: 'pixels to the right', low: 0, high: 8, step: 1 }, (value) => change({ shift: value }));
const panels = h('div', { class: 'pools' });
const fault = h('p', { class: 'alert', hidden: true });
const link = h('button', { type: 'button', class: 'btn sm' }, 'Copy link');
const table = h('button', { type: 'button', class: 'btn sm' }, 'Save CSV');
const ran = h('span', { class: 'ran' });
const pictures = h('section', { class: 'card bleed' }, panels);
const foot = h('div', { class: 'foot' }, ran, h('span', { class: 'end' }, table, link));
root.append(head.node, h('div', { class: 'poolbench' }, pictures, h('section', { class: 'card controls' }, times.node, shift.node, fault)), why, foot);

const ask = makeAsk((question) => server.halve(question), (answer, more) => {
  if (answer.gone) { trigger('again'); return; }
  if (answer.key !== props.value.key) return;
  props.value = { ...props.value, error: null, ...answer, settings: more ? props.value.settings : answer.settings ?? props.value.settings };
  wishes.settle();
  draw();
});
const wishes = makeWishes(ask);
const change = wishes.add;
const draw = () => {
  const value = props.value;
  if (!value) return;
  head.set({ question: value.question, answer: value.panels ? value.answer : value.message });
  times.set(value.settings.times, null);
  shift.set(value.settings.shift, value.live || null);
  fault.hidden = !value.error;
  fault.textContent = value.error || '';
  pictures.hidden = foot.hidden = !value.panels;
  if (!value.panels) return;
  const kept = [...panels.children];
  value.panels.forEach((panel, index) => {
    const node = kept[index] || panels.appendChild(h('figure', {}, h('figcaption', {}, h('b', {}, panel.title), h('span', { class: 'sub' }, ` ${panel.what}`)), h('img', { alt: '' }), h('p', {})));
    node.querySelector('img').src = panel.src;
    node.querySelector('img').alt = `${panel.title}: ${panel.figures}`;
    node.querySelector('p').textContent = panel.figures;
  });
  ran.textContent = value.ran;
  if (wanted) { const settings = wanted; wanted = null; change(settings); } else wishes.hold();
};
link.addEventListener('click', () => copyText(linkTo({ tab: 'convolution', view: 'pool', ...props.value.settings }), link));
table.addEventListener('click', () => saveText('pooling.csv', [`# ${JSON.stringify(props.value.settings)}`, 'way,change_levels,brightness_levels', ...props.value.panels.map((panel) => `${panel.title},${panel.flicker},${panel.brightness}`)].join('\n')));
const asked = address.get('view') === 'pool' ? Object.fromEntries(['times', 'shift'].filter((name) => address.has(name)).map((name) => [name, Number(address.get(name))])) : {};
let wanted = Object.keys(asked).length ? asked : null;
watch('value', draw);
draw();
makePane('pool', () => trigger('again'));
