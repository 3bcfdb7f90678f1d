/* What the visitor can change about the kernel, and the whole photo's response to it. */
const kernelMenu = h('select', { 'aria-label': 'Kernel' });
const ownSize = h('select', { 'aria-label': 'Size of your kernel' }, [1, 2, 3, 4, 5, 6, 7].map((k) => h('option', { value: k }, `${k} × ${k}`)));
const sizeRow = h('label', { class: 'top', hidden: true }, 'Size', ownSize);
const filters = h('div', { class: 'filters', role: 'group', 'aria-label': 'Filters of the first layer', hidden: true });
const stride = makeRange({ label: 'Stride', help: 'pixels from window to window', low: 1, high: 4, step: 1 }, (value) => change({ stride: value }));
const dilation = makeRange({ label: 'Dilation', help: 'pixels from number to number', low: 1, high: 4, step: 1 }, (value) => change({ dilation: value }));
const padding = makeChoice('Padding', [['zeros', 'Zeros'], ['mirror', 'Mirror'], ['none', 'None']], (value) => change({ padding: value }));
const groups = makeChoice('Groups', [[1, '1, summed'], [3, '3, apart']], (value) => change({ groups: value }));
const check = (text, name, more) => { const box = h('input', { type: 'checkbox', onchange: () => change({ [name]: box.checked, ...more(box.checked) }) }); return { box, node: h('label', { class: 'check' }, box, text) }; };
const colour = check('Colour instead of grey', 'colour', (on) => (on ? {} : { groups: 1 }));
const transposed = check('Transposed', 'transposed', (on) => (on && bench.local.padding === 'mirror' ? { padding: 'zeros' } : {}));
const flip = check('Flip the kernel (true convolution)', 'flip', () => ({}));
const flipText = h('p', { class: 'sub' });
const fault = h('div', { class: 'fault', role: 'alert', hidden: true });
const formula = h('code', { class: 'formula' });
const torchLine = h('code', {});
const torchCopy = h('button', { type: 'button', class: 'btn sm', onclick: () => copyText(torchLine.textContent, torchCopy) }, 'Copy');
const checked = h('p', { class: 'sub' });
const more = h('details', { class: 'more' }, h('summary', {}, 'More settings'), h('div', { class: 'settings' },
  h('div', {}, h('span', { class: 'name' }, 'Padding'), padding.node), h('div', {}, h('span', { class: 'name' }, 'Groups'), groups.node), colour.node, transposed.node, flip.node, flipText));
const dilatedText = h('p', { class: 'sub dilated', 'aria-live': 'polite' });
/* What changes the grids stands above them, so that both are seen together. */
const steering = h('div', { class: 'controls steering' }, h('div', { class: 'kernels' }, h('label', { class: 'top' }, 'Kernel', kernelMenu), sizeRow), stride.node, dilation.node, filters, dilatedText, fault);
const controls = h('section', { class: 'card controls' },
  h('p', { class: 'sizes' }, h('span', { class: 'sub' }, 'Size of the result'), formula), more,
  h('div', { class: 'torch' }, h('span', { class: 'sub' }, 'In PyTorch'), torchLine, torchCopy), checked);
const response = h('img', { alt: '' });
const part = h('span', { class: 'part', 'aria-hidden': 'true' });
const bar = h('div', { class: 'colourbar' });
const barTicks = h('div', { class: 'ticks' });
const reacts = h('p', { class: 'sub' });
const whole = h('div', { class: 'whole' }, response, part);
const responseCard = h('section', { class: 'card response' }, h('h3', {}, 'The whole photo'), whole, bar, barTicks, reacts);

kernelMenu.addEventListener('change', () => {
  const [kernel, model] = kernelMenu.value.split(':');
  const { local: settings } = bench, taps = bench.shown()?.grid.taps[0]; // nothing stands there yet, maybe
  if (model) change({ kernel, model, filter: 0, groups: 1 });
  else if (kernel === 'own') change({ kernel, own: !taps || settings.kernel === 'learned' || taps.length > 7 || settings.flip ? settings.own : taps });
  else change({ kernel });
});
ownSize.addEventListener('change', () => { // the middle of the old numbers stays in the middle
  const count = Number(ownSize.value), { own } = bench.local, off = Math.floor((count - own.length) / 2);
  change({ own: Array.from({ length: count }, (_, row) => Array.from({ length: count }, (__, column) => own[row - off]?.[column - off] ?? 0)) });
});
const limit = (range, low, high) => { // the slider stops at the last possible value
  const input = range.node.querySelector('input'), paintShare = () => input.style.setProperty('--share', `${(100 * (input.value - low)) / Math.max(1, high - low)}%`);
  if (Number(input.max) !== high) input.max = high;
  paintShare();
  if (!input.dataset.bound) input.addEventListener('input', paintShare);
  input.dataset.bound = high;
};
const drawMenu = ({ kernels, learned }, settings) => {
  const now = settings.kernel === 'learned' ? `learned:${settings.model}` : settings.kernel;
  const option = ([value, text]) => h('option', { value, selected: value === now }, text);
  kernelMenu.replaceChildren(h('optgroup', { label: 'Known for long' }, kernels.map(option)), h('optgroup', { label: 'Yours' }, option(['own', 'Own numbers'])),
    learned.length ? h('optgroup', { label: 'Learned, first layer' }, learned.map(([name, text]) => option([`learned:${name}`, text]))) : '');
};
const drawFilters = ({ filters: rows, settings }) => {
  filters.hidden = settings.kernel !== 'learned' || !rows;
  if (filters.hidden) return;
  if (filters.dataset.model !== settings.model) {
    filters.dataset.model = settings.model;
    filters.replaceChildren(...rows.map((src, index) => h('button', { type: 'button', 'aria-label': `Filter ${index + 1}`, title: `Filter ${index + 1}`, onclick: () => change({ filter: index }) }, h('img', { src, alt: '' }))));
  }
  [...filters.children].forEach((button, index) => button.setAttribute('aria-pressed', String(index === bench.local.filter)));
};
const drawSettings = (value) => {
  const { local: settings } = bench;
  drawMenu(value, settings);
  drawFilters(value);
  sizeRow.hidden = settings.kernel !== 'own';
  ownSize.value = settings.own.length;
  stride.set(settings.stride, null);
  dilation.set(settings.dilation, null);
  padding.set(settings.padding, (mode) => settings.transposed && mode === 'mirror');
  groups.set(settings.groups, (count) => count === 3 && (!settings.colour || settings.kernel === 'learned'));
  colour.box.checked = settings.colour || settings.kernel === 'learned';
  colour.box.disabled = settings.kernel === 'learned';
  transposed.box.checked = settings.transposed;
  flip.box.checked = settings.flip;
  fault.hidden = !value.error;
  if (fault.dataset.told !== String(value.error)) { // a button that is made anew under the finger hears no click
    fault.dataset.told = value.error;
    const even = (value.error || '').startsWith(props.even_kernel);
    fault.replaceChildren(h('p', {}, value.error || ''), even ? smallButton('Use no padding', () => change({ padding: 'none' })) : '');
  }
  if (!value.grid) return;
  limit(stride, 1, value.limits.stride);
  limit(dilation, 1, value.limits.dilation);
  flipText.textContent = value.flipped;
  dilatedText.textContent = value.dilated;
  formula.textContent = value.formula;
  torchLine.textContent = value.torch;
  checked.textContent = value.checked;
};
const drawResponse = ({ response: made }) => {
  if (response.getAttribute('src') !== made.src) response.src = made.src;
  response.alt = made.alt;
  whole.style.setProperty('--ratio', made.ratio);
  part.style.cssText = made.part.map((share, index) => `${['top', 'left', 'height', 'width'][index]}:${100 * share}%`).join(';');
  bar.style.background = `linear-gradient(to right, ${made.stops.join(', ')})`;
  barTicks.replaceChildren(...made.ticks.map((tick) => h('span', {}, tick)));
  reacts.textContent = made.sentence;
};
