/* The quiz: asks fifteen questions one at a time, the wrong ones once more at the end. What is answered stays in this page. */
const head = makeHead(() => trigger('stop'));
const fault = h('p', { class: 'alert', role: 'alert', hidden: true });
const begin = h('button', { type: 'button', class: 'btn primary', onclick: () => bench.anew({}) }, 'Begin the quiz');
const start = h('section', { class: 'card qz-start' }, h('p', {}, 'One question at a time: keys 1 to 4 choose, Enter answers. A wrong one returns once at the end. Your answers stay in this browser.'), begin);
const dots = h('div', { class: 'qz-dots', 'aria-hidden': 'true' }), stage = h('div', { class: 'qz-stage' });
let quiz = null, key = null, queue = [], at = 0, rows = [], card = null;

/* The link to the lab in the state that shows the answer, with the same photo where a link can bring it. */
const measure = ({ link, point }) => {
  const url = new URL(location.pathname, location.origin), photo = window.cvPhoto || '';
  Object.entries(link).forEach(([name, value]) => url.searchParams.set(name, value));
  if (photo.startsWith('starter:')) url.searchParams.set('photo', photo.slice('starter:'.length));
  if (point) url.searchParams.set('point', String(point));
  return { href: url.href, onclick: (event) => openHere(event, url.href, link) };
};
/* Without a reload, so that the visitor's photo and the quiz stay; Back returns to it. */
const openHere = (event, href, { tab, view }) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a page of its own
  event.preventDefault();
  history.pushState(null, '', href);
  if (openTab() !== tab) document.querySelector(`#shell [role=tab][data-tab-id="${CSS.escape(tab)}"]`)?.click();
  document.dispatchEvent(new CustomEvent('cv:address', { detail: { tab, view: view ?? null } }));
  document.dispatchEvent(new CustomEvent('cv:state', { detail: { tab } }));
};
const retry = () => bench.anew({ seed: 1 + Math.floor(Math.random() * 9999) });
const end = makeEnd({ retry, measure });
const over = () => Boolean(quiz) && at >= queue.length;
const tell = () => {
  const answered = rows.filter((row) => row.first !== null), right = answered.filter((row) => row.first);
  const answer = over() ? scoreSentence(rows) : answered.length ? `${right.length} of ${answered.length} right so far.` : quiz.begun;
  if (bench.shown().answer !== answer) bench.show({ answer });
};
const drawDots = () => dots.replaceChildren(...rows.map(({ first, second }, place) => h('i', { class: [first === null ? '' : first ? 'right' : second ? 'mended' : 'wrong', !over() && queue[at].place === place ? 'now' : ''].join(' ').trim() })));
const ask = (focus) => {
  drawDots();
  card = null;
  stage.replaceChildren();
  if (over()) { // the score stands above
    end.show(rows);
    tell();
    if (focus) scrollTo({ top: 0 });
    return;
  }
  const { place, again } = queue[at], row = rows[place], second = queue.filter((one) => one.again);
  const text = again ? `Once more, ${second.indexOf(queue[at]) + 1} of ${second.length}.` : `Question ${place + 1} of ${rows.length}.`;
  card = makeQuestion(row.question, { ...quiz, src: bench.shown().src, name: bench.shown().name || 'The photo' }, {
    kicker: { text, again, last: at === queue.length - 1 },
    measure,
    answered(choice) {
      const right = choice === row.question.right;
      if (again) row.second = right;
      else {
        row.first = right;
        if (!right) queue.push({ place, again: true });
      }
      drawDots();
      tell();
    },
    next() { at += 1; ask(true); },
  });
  stage.replaceChildren(card.node);
  if (!focus) return;
  card.focus();
  if (card.node.getBoundingClientRect().top < parseFloat(getComputedStyle(card.node).scrollMarginTop)) card.node.scrollIntoView({ block: 'start' });
};
const taken = () => {
  if (!over()) return null;
  const { name, src } = bench.shown();
  return { view: 'quiz', question: props.value.question, answer: scoreSentence(rows), photo: { name, src }, models: [], credit: `Quiz number ${quiz.seed}.`, bars: scoreBars(rows), barScale: { ticks: PERCENT_TICKS, text: 'right at the first try' },
    tiles: () => [{ title: 'Right at the first try', block: (width) => barsBlock(scoreBars(rows), width, { size: 17, scale: { ticks: PERCENT_TICKS, text: 'of the questions' } }) }, { title: 'The questions', block: scoreList(rows), row: true }] };
};
const foot = makeExports({ taken, link: () => bench.link() });
root.append(head.node, fault, start, dots, stage, end.node, makeTalks(), foot.node);

const paint = (shown) => {
  fault.hidden = !shown.fault;
  fault.textContent = shown.fault || '';
  start.hidden = Boolean(shown.quiz);
  dots.hidden = !shown.quiz;
  if (!shown.quiz || shown.key === key) return;
  key = shown.key;
  quiz = shown.quiz;
  rows = quiz.questions.map((question) => ({ question, first: null, second: null }));
  queue = rows.map((_, place) => ({ place, again: false }));
  at = 0;
  end.hide();
  ask(true);
};
const drawn = (value) => {
  begin.disabled = Boolean(value.busy);
  root.classList.toggle('qz-busy', Boolean(value.busy));
  if (value.fault && !value.busy) { fault.hidden = false; fault.textContent = value.fault; }
};
const bench = makeBench({ paint, drawn, head, view: 'quiz', catchUp: null, wished: () => {} });
if (!bench.linked || !address.get('quiz')) bench.local.seed = 1 + Math.floor(Math.random() * 9999);
document.addEventListener('keydown', (event) => {
  if (!card || !root.offsetParent || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input:not([type=radio]),textarea,select,dialog')) return;
  if (/^[1-4]$/.test(event.key)) { event.preventDefault(); card.pick(Number(event.key) - 1); }
  else if (event.key === 'Enter' && !event.target.closest?.('button,a,input,summary,label')) { event.preventDefault(); card.enter(); }
});
bench.begin();
