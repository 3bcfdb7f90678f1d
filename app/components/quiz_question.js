/* One question of the quiz: what it is about, its picture or tables, four choices by number, and the verdict with its reason. */
const ABOUT = { photo: 'about your photo', machine: 'about this machine', theory: 'about networks' };
const VERDICT = { right: 'Right.', wrong: 'Not quite.' };
const shuffledPlaces = (count) => {
  const places = [...Array(count).keys()];
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [places[last], places[other]] = [places[other], places[last]];
  }
  return places;
};
/* Which part of the photo is shown: what is marked and some room around it, never less than a third of each side. */
const ROOM = 0.15, LEAST_SHARE = 1 / 3;
const partOf = (marks, [width, height]) => {
  if (!marks.length) return [0, 0, width, height];
  const along = (low, high, whole) => {
    const size = Math.min(whole, Math.max((high - low) * (1 + 2 * ROOM), whole * LEAST_SHARE));
    return [Math.min(Math.max(0, (low + high - size) / 2), whole - size), size];
  };
  const [left, wide] = along(Math.min(...marks.map(({ xyxy }) => xyxy[0])), Math.max(...marks.map(({ xyxy }) => xyxy[2])), width);
  const [top, high] = along(Math.min(...marks.map(({ xyxy }) => xyxy[1])), Math.max(...marks.map(({ xyxy }) => xyxy[3])), height);
  return [left, top, wide, high];
};
/* The photo under the boxes and the point that a question asks about; lines and letters keep their size on the screen. */
const questionPhoto = (question, { src, name, size }) => {
  if (!question.photo || !src) return null;
  const [left, top, wide, high] = partOf(question.marks, size), share = (value, of) => `${(100 * value) / of}%`;
  const boxes = question.marks.map(({ label, xyxy: [x0, y0, x1, y1] }) => h('i', { class: label ? 'qz-box lettered' : 'qz-box', 'data-letter': label || null,
    style: `left:${share(x0 - left, wide)};top:${share(y0 - top, high)};width:${share(x1 - x0, wide)};height:${share(y1 - y0, high)}` }, label ? h('b', {}, label) : null));
  const point = question.point && h('i', { class: 'qz-point', style: `left:${share(question.point[1] - left, wide)};top:${share(question.point[0] - top, high)}` });
  const image = h('img', { src, alt: '', style: `width:${share(size[0], wide)};left:${share(-left, wide)};top:${share(-top, high)}` });
  const letters = question.marks.map(({ label }) => label).filter(Boolean), boxed = letters.length ? `the boxes ${letters.join(', ')}` : `${question.marks.length} boxes`;
  const part = wide < size[0] || high < size[1] ? `Part of ${name}` : name;
  const figure = h('figure', { class: 'qz-photo', role: 'img', style: `--wide:${wide};--high:${high}`, 'aria-label': question.marks.length ? `${part}, with ${boxed}` : part }, image, boxes, point);
  image.addEventListener('error', () => { figure.hidden = true; }); // photos are deleted after an hour; the figures stay
  return figure;
};
const questionGrid = ({ title, rows }) => {
  const head = rows[0][0] === '', cells = (row, tag, first) => row.map((text, place) => h(head && place === 0 ? 'th' : tag, tag === 'th' && place ? { scope: 'col' } : head && place === 0 && first ? { scope: 'row' } : {}, text));
  return h('table', { class: 'qz-grid' }, h('caption', {}, title), rows.map((row, place) => h('tr', {}, cells(row, head && place === 0 ? 'th' : 'td', place > 0))));
};
/* Returns the card of a question: `pick(number)` by key, `enter()`; calls `answered(place)` once, with the choice's own place. */
const makeQuestion = (question, photo, { kicker, answered, next, measure }) => {
  const order = kicker.again ? shuffledPlaces(question.choices.length) : [...question.choices.keys()], name = `qz-${Math.random().toString(36).slice(2)}`;
  let done = false;
  const inputs = order.map((place) => h('input', { type: 'radio', name, value: place, onchange: () => { submit.disabled = false; } }));
  const rows = order.map((place, number) => h('label', { class: 'qz-choice' }, inputs[number], h('kbd', { 'aria-hidden': 'true' }, number + 1), h('span', {}, question.choices[place].text), h('em', {})));
  const submit = h('button', { type: 'submit', class: 'btn primary', disabled: true }, 'Answer');
  const title = h('h3', { tabindex: -1 }, question.text);
  const verdict = h('div', { class: 'qz-verdict', 'aria-live': 'polite' }), after = h('div', { class: 'bar qz-after', hidden: true });
  const settle = () => {
    const picked = inputs.findIndex((input) => input.checked);
    if (done || picked < 0) return;
    done = true;
    const place = order[picked], right = place === question.right;
    inputs.forEach((input) => { input.disabled = true; });
    order.forEach((own, number) => {
      rows[number].classList.toggle('right', own === question.right);
      rows[number].classList.toggle('wrong', own === place && !right);
      rows[number].lastChild.textContent = own === question.right ? '\u2713 right' : own === place ? '\u2717 your answer' : '';
    });
    submit.hidden = true;
    verdict.classList.add(right ? 'right' : 'wrong');
    verdict.replaceChildren(h('p', {}, h('b', {}, right ? VERDICT.right : VERDICT.wrong), ` ${question.figure}.`), ...(right ? [] : [h('p', {}, question.choices[place].because)]), h('p', {}, question.reason));
    const on = h('button', { type: 'button', class: 'btn primary', onclick: next }, kicker.last && right ? 'See the score' : 'Next question');
    after.replaceChildren(on, h('a', { class: 'btn', ...measure(question) }, 'Measure it yourself'));
    after.hidden = false;
    answered(place);
    on.focus({ preventScroll: true });
    [after, verdict].forEach((one) => one.scrollIntoView({ block: 'nearest' }));
  };
  const picture = questionPhoto(question, photo);
  const form = h('form', { class: 'qz-form', onsubmit: (event) => { event.preventDefault(); settle(); } }, h('fieldset', {}, h('legend', { class: 'sr' }, question.text), rows), submit);
  const side = [picture, question.grids.length ? h('div', { class: 'qz-grids' }, question.grids.map(questionGrid)) : null].filter(Boolean);
  const node = h('section', { class: `card qz-card${side.length ? '' : ' plain'}`, 'data-topic': question.topic },
    h('p', { class: 'qz-kicker' }, h('b', {}, kicker.text), ` ${question.topic}, ${ABOUT[question.about]}`), title,
    h('div', { class: 'qz-body' }, side.length ? h('div', { class: 'qz-side' }, side) : null, h('div', { class: 'qz-answering' }, form, verdict, after)));
  return {
    node,
    focus: () => title.focus({ preventScroll: true }),
    pick(number) {
      if (done || !inputs[number]) return;
      inputs[number].checked = true;
      submit.disabled = false;
      inputs[number].focus({ preventScroll: true });
    },
    enter: settle,
  };
};
