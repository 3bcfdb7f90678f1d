/* Several models watch the live webcam in turn: what each says, and how many frames a second it could follow alone. */
const STEADY = 30; // frames behind each figure
const speeds = h('div', { class: 'live-speeds' });
const perSecond = (ms) => { const rate = 1000 / ms; return `${rate < 9.5 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en')}`; };
const ofModel = (seen, name) => {
  const rows = seen.flatMap(({ models }) => models.filter(({ model }) => model === name));
  return { prepare: middle(rows.map((row) => row.prepare_ms)), network: middle(rows.map((row) => row.network_ms)), alone: middle(rows.map((row) => row.prepare_ms + row.network_ms)) };
};
const live = {
  over: [],
  beside: [speeds],
  about: () => `Each frame goes through the chosen models one after another, for ${props.seconds} seconds at most: how many frames a second could each follow here? ${props.privacy}`,
  waiting: () => 'the models',
  send(frame) {
    live.turned = !live.turned;
    return server.look({ frame, models: props.value.models, turned: live.turned });
  },
  usable: (answer) => Boolean(answer.models),
  paint(answer, seen) {
    const last = seen.slice(-STEADY);
    speeds.replaceChildren(...answer.models.map((row) => {
      const { prepare, network, alone } = ofModel(last, row.model);
      return h('div', { class: 'live-speed-row' },
        h('span', { class: 'l' }, familyMark(row.family), h('b', { title: row.title }, row.title), h('small', {}, row.by)),
        h('span', { class: 'rate' }, h('b', {}, perSecond(alone)), ' frames a second'),
        h('span', { class: 'sub' }, `Prepare ${whole(prepare)}, network ${whole(network)}${row.says ? `. It says: ${row.says}` : ''}.`));
    }));
  },
  clear() { speeds.replaceChildren(); },
  kept: ({ models }) => ({ models }),
  figures: (recent) => (recent.at(-1).models.length > 1 ? `All ${recent.at(-1).models.length} models in turn` : recent.at(-1).models[0].title),
  trip: 'answers',
  ending(seen) {
    const told = seen.at(-1).models.map(({ model, title }) => `${title} ${perSecond(ofModel(seen, model).alone)}`);
    return ` Frames a second that each could follow alone: ${told.join(', ')}. This is a look, no verdict: Measure takes turns with nobody else on the machine.`;
  },
  described: ({ models }) => models.map(({ title, says }) => `${title}${says ? `: ${says}` : ''}`).join('; '),
};
document.addEventListener('cv:latency', (event) => { props.value = { ...props.value, models: event.detail.models }; });
