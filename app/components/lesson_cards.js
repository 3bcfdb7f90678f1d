/* The card of each beat under the bar. */
const choiceRow = (number, text, state, onclick) => h('button', { type: 'button', class: `lesson-choice ${state.right ? 'right' : ''}`, 'aria-pressed': String(Boolean(state.chosen)), disabled: !onclick, onclick },
  h('i', { 'aria-hidden': 'true' }, state.right ? '\u2713' : String(number)), h('span', {}, text), state.note ? h('small', {}, state.note) : null);
const textOf = (step, id) => step.choices.find(([name]) => name === id)?.[1] || '';
/* A sentence of a file begins small, as it stands behind a colon; it ends with a full stop of ours. */
const capitalised = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const predictCard = (step, chosen, choose, lock) => [
  h('h3', {}, step.predict),
  h('div', { class: 'lesson-choices', role: 'group', 'aria-label': step.predict }, step.choices.map(([id, text], place) => choiceRow(place + 1, text, { chosen: chosen === id }, () => choose(id)))),
  h('div', { class: 'bar' }, h('button', { type: 'button', class: 'btn primary', disabled: !chosen, onclick: lock }, 'Lock my guess'),
    h('span', { class: 'sub' }, `Keys ${step.choices.map((_, place) => place + 1).join(', ')} and Enter. No guess is wrong to make.`))];
const doCard = (step, guess) => [h('p', {}, guess.choice ? ['Your guess: ', h('b', {}, textOf(step, guess.choice)), '. '] : null, h('b', {}, 'Now do it: '), step.do)];
/* What came of a guess. */
const verdict = (step, { choice, right }) => {
  const truth = right === null ? 'Too close to call' : textOf(step, right);
  if (!choice) return right === null ? 'Too close to call.' : `It was: ${truth}.`;
  const said = `You said: ${textOf(step, choice)}.`;
  if (right === null) return `${said} Too close to call, so it counts for you.`;
  return choice === right ? `${said} You were right.` : `${said} It was: ${truth}.`;
};
const seeCard = (step, guess, busy, again) => {
  if (guess.failed) return [h('p', { class: 'notice' }, guess.failed), h('div', { class: 'bar' }, smallish('Measure again', again))];
  if (guess.said === undefined) return [h('p', { class: 'busy', role: 'status' }, h('span', { class: 'busy-track' }, h('i', { class: 'unknown', style: 'width:30%' })), busy || 'Measuring on your photo')];
  const where = guess.place ? `Measured on ${guess.place}: ` : 'Measured just now on your photo: ';
  return [h('h3', {}, verdict(step, guess)),
    h('div', { class: 'lesson-choices' }, step.choices.map(([id, text], place) => choiceRow(place + 1, text, { chosen: guess.choice === id, right: guess.right === id, note: guess.choice === id ? 'your guess' : '' }))),
    h('p', { class: 'lesson-measured' }, where, h('b', {}, guess.said), '.')];
};
const smallish = (text, onclick) => h('button', { type: 'button', class: 'btn sm', onclick }, text);
const linkTo = (query) => `?${query}`;
const whyCard = (step, next, beside) => [
  h('h3', {}, 'Why?'), h('p', {}, step.why), h('p', {}, h('b', {}, 'What would change this: '), step.but),
  (beside || []).map((one) => h('p', {}, h('b', {}, 'Measured just now: '), one)),
  step.also ? h('p', {}, h('b', {}, `Measured on ${step.also[1]}: `), step.also[0]) : null,
  h('p', { class: 'sub' }, `Source: ${step.source}.`),
  h('div', { class: 'bar' }, next, step.more.map(([text, query]) => h('a', { class: 'btn sm', href: linkTo(query), target: '_blank' }, text)))];
