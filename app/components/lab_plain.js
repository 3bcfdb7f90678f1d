/* The page of a lab that has one picture: its settings as controls, made from their description, and what can be taken
   away. The lab's script hands over the picture's node, how to paint it, and in `picture` what its PNG and share card hold
   instead of the photo: see exports.js. */
const makePlainLab = ({ node, paint, picture }) => {
  const controls = props.spec.filter((one) => one.label).map((spec) => {
    const { name, kind, label, help, choices } = spec, choose = (value) => bench.change({ [name]: value });
    if (kind === 'choice' || kind === 'flag') {
      const control = makeChoice(label, kind === 'flag' ? [[false, 'Off'], [true, 'On']] : choices.map((one) => [one, String(one)]), choose);
      return { node: h('div', { class: 'named-control' }, h('span', { class: 'name' }, label, h('small', {}, ` ${help}`)), control.node), set: (value) => control.set(value), name, label };
    }
    return { ...makeRange({ ...spec, step: spec.step || 1 }, choose), name, label };
  });
  const foot = makeExports({
    taken() {
      const { name, src, answer } = bench.shown(), set = controls.map((one) => `${one.label} ${bench.local[one.name]}`).join(', ');
      return { view: '', answer, photo: { name, src }, models: [], credit: set, tiles: async () => [{ image: await loadPicture(src) }], ...picture?.(bench.shown()) };
    },
    files: [smallButton('Copy as JSON', (event) => copyText(JSON.stringify({ photo: bench.shown().name, settings: bench.local, answer: bench.shown().answer, ...bench.shown().json }, null, 2), event.currentTarget))],
    link: () => bench.link(),
  });
  const fault = h('p', { class: 'alert', hidden: true });
  const body = h('div', { class: 'plain-lab' }, h('section', { class: 'card bleed' }, node), h('section', { class: 'card' }, controls.map((one) => one.node)), foot.node);
  root.append(fault, body);
  const complain = (sentence) => { fault.hidden = !sentence; fault.textContent = sentence || ''; };
  const bench = makeBench({
    paint(shown) {
      paint(shown, bench.local);
      complain(null);
      controls.forEach((one) => one.set(bench.local[one.name], null));
      foot.say(`${shown.ran || ''} Slider moves since: ${bench.moves()}; they run no network.`.trim());
    },
    drawn(value) { body.hidden = !bench.shown(); body.classList.toggle('stale', bench.stale()); },
    refused: complain,
  });
  bench.begin();
};
