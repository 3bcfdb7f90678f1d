/* The Convolution tab's first view: draws the server's reply, asks it again at each change. */
const head = makeHead(() => {});
const why = h('div', { class: 'why' }, h('b', {}, props.why_title), h('p', {}, props.why));
const link = h('button', { type: 'button', class: 'btn sm' }, 'Copy link');
const table = h('button', { type: 'button', class: 'btn sm' }, 'Save CSV');
const poster = h('button', { type: 'button', class: 'btn sm' }, 'Save PNG');
const ran = h('span', { class: 'ran' });
const foot = h('div', { class: 'foot' }, ran, h('span', { class: 'end' }, poster, table, link));
root.append(head.node, pictureCard, h('div', { class: 'grid2 below' }, controls, responseCard), why, foot);

const ask = makeAsk((question) => server.slide(question), (answer, more) => {
  if (answer.gone) { trigger('again'); return; }
  if (answer.key !== props.value.key) return;
  const settings = more ? props.value.settings : answer.settings ?? props.value.made_for; // refused ones are not kept
  if (!more && !answer.settings) wishes.forget();
  props.value = { ...props.value, error: null, remedy: null, ...answer, settings };
  wishes.settle();
  draw();
});
const wishes = makeWishes(ask);
const change = wishes.add;

const draw = () => {
  const value = props.value;
  if (!value) return;
  if (value.grid && !wanted && wishes.hold()) return; // of older settings: the answer to the newest is drawn instead
  head.set({ question: value.question, answer: value.grid ? value.answer : value.message });
  drawSettings(value);
  pictureCard.hidden = responseCard.hidden = foot.hidden = !value.grid;
  if (!value.grid) return;
  const stale = Boolean(value.error) && JSON.stringify(value.settings) !== JSON.stringify(value.made_for);
  pictureCard.classList.toggle('stale', stale);
  responseCard.classList.toggle('stale', stale);
  const { input, transposed } = value.grid;
  inputGrid.show(input);
  inputGrid.caption(value.captions[0]);
  outputGrid.caption(value.captions[1]);
  inputGrid.describe(value.captions[0]);
  const layout = [value.shown, value.grid.output.height, value.grid.output.width, transposed].join();
  if (drawn !== layout) { place = value.grid.start; pinned = false; hovered = null; stop(); drawn = layout; }
  paint();
  drawResponse(value);
  ran.textContent = value.ran;
  if (wanted) { const settings = wanted; wanted = null; change(settings); }
  hint.textContent = value.hint;
};
const query = () => {
  const settings = props.value.settings, kept = { tab: 'convolution', view: 'slide' };
  for (const name of ['kernel', 'stride', 'dilation', 'padding']) kept[name] = settings[name];
  if (settings.kernel === 'learned') Object.assign(kept, { model: settings.model, filter: settings.filter });
  if (settings.kernel === 'own') kept.own = settings.own.map((row) => row.join(',')).join(';');
  for (const name of ['colour', 'transposed', 'flip']) if (settings[name]) kept[name] = 1;
  if (settings.groups === 3) kept.groups = 3;
  return kept;
};
const asked = () => {
  const settings = {};
  for (const name of ['kernel', 'padding', 'model']) if (address.has(name)) settings[name] = address.get(name);
  for (const name of ['stride', 'dilation', 'groups', 'filter']) if (address.has(name)) settings[name] = Number(address.get(name));
  for (const name of ['colour', 'transposed', 'flip']) if (address.has(name)) settings[name] = address.get(name) === '1';
  if (address.has('own')) settings.own = address.get('own').split(';').map((row) => row.split(',').map(Number));
  return settings;
};
link.addEventListener('click', () => copyText(linkTo(query()), link));
table.addEventListener('click', () => saveText('convolution.csv', csv(props.value)));
poster.addEventListener('click', () => drawPoster(props.value, sum.textContent));
let wanted = address.get('tab') === 'convolution' ? asked() : null;
if (wanted && !Object.keys(wanted).length) wanted = null;
watch('value', draw);
draw();
makePane('slide', () => trigger('again'));
