/* The end of the quiz: the score, what each question came to, and the talking points that a card cannot ask. */
const countedOf = (rows, about) => rows.filter((row) => about.includes(row.question.about));
const scoreSentence = (rows) => {
  const right = rows.filter((row) => row.first), again = rows.filter((row) => !row.first), mended = again.filter((row) => row.second);
  const start = `${right.length} of ${rows.length} right at the first try`;
  return again.length ? `${start}, ${mended.length} of the other ${again.length} at the second.` : `${start}.`;
};
const makeEnd = ({ retry, measure }) => {
  const list = h('ol', { class: 'qz-list' });
  const node = h('section', { class: 'card qz-end', hidden: true }, h('h3', { tabindex: -1 }, 'The quiz is done'), list,
    h('div', { class: 'bar' }, h('button', { type: 'button', class: 'btn primary', onclick: retry }, 'Try again with other questions')));
  return {
    node,
    show(rows) {
      node.hidden = false;
      list.replaceChildren(...rows.map(({ question, first, second }) => h('li', { class: first ? 'right' : second ? 'mended' : 'wrong' },
        h('b', {}, question.topic), h('span', {}, first ? '\u2713 right' : second ? '\u2713 right at the second try' : '\u2717 not yet'), first ? null : h('a', { ...measure(question) }, 'Measure it yourself'))));
      node.querySelector('h3').focus({ preventScroll: true });
    },
    hide() { node.hidden = true; },
  };
};
/* The score as two bars, and as a list for the PNG. */
const scoreBars = (rows) => [['About your photo and machine', ['photo', 'machine']], ['About networks', ['theory']]].map(([title, about]) => {
  const own = countedOf(rows, about), right = own.filter((row) => row.first).length;
  return own.length ? { title, text: `${right} of ${own.length}`, share: right / own.length, colour: 'accent' } : null;
}).filter(Boolean);
const scoreList = (rows) => (width) => stacked(rows.map(({ question, first, second }, place) =>
  textBlock(`${place + 1}. ${question.topic}: ${first ? 'right' : second ? 'right at the second try' : 'not yet'}. ${question.figure}.`, width, { size: 16, colour: first ? 'ink' : 'ink-2' })), 6);
const makeTalks = () => h('section', { class: 'card qz-talks' }, h('h3', {}, props.interview_title), h('p', { class: 'sub' }, props.interview_about),
  props.interview.map(({ question, answer }) => h('details', {}, h('summary', {}, question), answer.map((text) => h('p', {}, text)))));
