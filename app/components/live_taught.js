/* The webcam, named by each newly taught head. */
const named = h('div', { class: 'live-speeds' });
const live = {
  over: [],
  beside: [named],
  about: () => `Hold something up: each frame is named by the new heads, for ${props.seconds} seconds at most. ${props.privacy}`,
  waiting: () => 'the new heads',
  send: (frame) => server.look({ frame, key: window.cvTaught?.key || props.value.key }),
  usable: (answer) => Boolean(answer.models),
  paint(answer) {
    named.replaceChildren(...answer.models.map(({ title, family, says: [[name, share]] }) => h('div', { class: 'live-speed-row' },
      h('span', { class: 'l' }, familyMark(family), h('b', { title }, title)), h('span', { class: 'rate' }, h('b', {}, name), ` ${(100 * share).toFixed(0)}\u00a0%`))));
  },
  clear() { named.replaceChildren(); },
  kept: () => ({}),
  figures: (recent) => (recent.length ? 'Every head answers each frame' : ''),
  trip: 'answer',
  ending: () => '',
  described: ({ models }) => models.map(({ title, says }) => `${title}: ${says[0][0]}`).join('; '),
};
