/* Maps as pictures: what the server packs (inside_view_input.packed) is coloured here, so that sliders ask nobody.

   A view's script adds VIEWS.<id> = (tools) => ({ node, draw(cards, shown), repaint(), refused(), stages() }). ``cards`` is
   what its Python module's ``draw`` returned; ``repaint`` (if there is one) follows the opacity slider, ``refused``
   hears that the server refused the settings, ``stages`` gives the pictures for the PNG. The tools:
   heads() what stays the same for each model; own() the view's settings; change(patch) sets some of them and draws anew
   (change(patch, false) draws nothing; change(patch, true, false) is none of the visitor's moves);
   ask(extra) -> promise of the server's answer; opacity() 0..1; points() where the point fell in each model's picture;
   tap(number, row, column) a click at these shares (0..1) of model ``number``'s picture; open(view) shows another view;
   toDepth(number, stop) moves the depth slider to that layer of that model; runs(count) tells a new run count. */
const VIEWS = {};
const ramp = (colours) => {
  const steps = colours.map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
  return Array.from({ length: 256 }, (_, level) => {
    const place = (level / 255) * (steps.length - 1), low = Math.min(Math.floor(place), steps.length - 2), part = place - low;
    return steps[low].map((value, index) => value * (1 - part) + steps[low + 1][index] * part);
  });
};
const INFERNO = ramp(props.inferno), VIRIDIS = ramp(props.viridis);
const unpacked = new WeakMap();
const levelsOf = (packed) => {
  if (!unpacked.has(packed)) unpacked.set(packed, Uint8Array.from(atob(packed.data), (letter) => letter.charCodeAt(0)));
  return unpacked.get(packed);
};
/* Colours a map between ``low`` and ``high``; with an opacity the strong values cover more of what lies below. */
const paintMap = (canvas, packed, low, high, colours, opacity = null) => {
  const { w, h: rows } = packed;
  if (canvas.width !== w || canvas.height !== rows) Object.assign(canvas, { width: w, height: rows });
  const look = Array.from({ length: 256 }, (_, step) => {
    const value = packed.low + (step / 255) * (packed.high - packed.low);
    const level = Math.min(255, Math.max(0, Math.round((255 * (value - low)) / (high - low || 1))));
    return [...colours[level], opacity === null ? 255 : Math.round(255 * opacity * (level / 255))];
  });
  const pen = canvas.getContext('2d'), image = pen.createImageData(w, rows), levels = levelsOf(packed);
  for (let index = 0; index < levels.length; index += 1) image.data.set(look[levels[index]], 4 * index);
  pen.putImageData(image, 0, 0);
};
const figure3 = (value) => {
  if (!Number.isFinite(value)) return '';
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e4 || size < 1e-3) ? value.toExponential(1) : Number(value.toPrecision(3)).toString();
};
/* A numbered colour bar: what the darkest and the brightest colour stand for. `ends`: what is counted, and the words for
   the darkest and for the brightest; a share is written as a percentage, and a value of 0 is off. */
const makeBar = (what) => {
  const stripe = h('i', {}), low = h('span', {}), high = h('span', {}), text = h('small', {}, what);
  return {
    node: h('div', { class: 'in-bar' }, stripe, h('div', {}, low, text, high)),
    set(colours, from, to, words, [kind, dark, bright] = ['', '', '']) {
      const number = (value) => (kind === 'share' ? `${figure3(100 * value)}\u00a0%` : figure3(value).replace('-', '\u2212'));
      stripe.style.background = `linear-gradient(90deg,${[0, 64, 128, 191, 255].map((at) => `rgb(${colours[at].map(Math.round)})`).join(',')})`;
      low.textContent = `${number(from)} ${kind === 'value' && from === 0 ? 'off' : dark}`.trim();
      high.textContent = `${number(to)} ${bright}`.trim();
      if (words) text.textContent = words;
    },
  };
};
/* A small i: its text is a tooltip, and stands beside it once it is pressed (a finger has no tooltips). */
const rowHead = (head, layer) => h('div', { class: 'in-head' },
  h('div', { class: `fam ${head.family}` }, familyMark(head.family), h('span', {}, `${head.word} \u00b7`), h('span', { class: 'n' }, head.title, h('span', { class: 'rest' }, ` at ${layer}`)),
    head.random ? h('span', { class: 'state warn' }, 'random weights') : null),
  head.says ? h('span', { class: 'says' }, 'says ', h('b', {}, head.says)) : null);
const famHead = (head, rest) => h('div', { class: `fam ${head.family}` }, familyMark(head.family),
  h('span', { class: 'n' }, head.title, h('span', { class: 'rest' }, ` · ${rest}`)),
  head.random ? h('span', { class: 'state warn' }, 'random weights') : null);
const namedChoice = (name, control) => h('div', { class: 'in-choice' }, h('span', { class: 'name' }, name), control.node);
/* One card a model, side by side, made once each: ``makeCard()`` gives { node, stage, show(one, number), paint() }. */
const makeCards = (makeCard) => {
  const node = h('div', { class: 'in-pair' }), made = new Map();
  let shown = [];
  const all = () => shown.map(({ model }) => made.get(model));
  return {
    node,
    all,
    shown: () => shown,
    paint() { for (const card of all()) card.paint(); },
    show(now) {
      shown = now;
      node.dataset.count = now.length;
      for (const { model } of now) if (!made.has(model)) made.set(model, makeCard());
      all().forEach((card, number) => card.show(now[number], number));
      node.replaceChildren(...all().map((card) => card.node));
    },
  };
};
