/* The lesson: a bar under the labs and a card for each beat of a step. It opens labs by their links, as a visitor could,
   and nothing is locked: a step can be entered alone, every beat can be passed over, Esc leaves. */
const BEATS = ['predict', 'do', 'see', 'why'], TITLES = ['Predict', 'Do', 'See', 'Why'];
const spot = makeSpot();
let lesson = null, kept = null, open = false, chosen = null, note = '', turn = 0, wished = 0, set = [], chosenAt = null;
const place = () => (kept ? kept.place() : { step: 1, beat: 'predict' });
const stepNow = () => lesson.steps[place().step - 1];
const guessNow = () => kept.guess(stepNow().id);

const dots = h('span', { class: 'lesson-dots', role: 'group' });
const count = h('span', { class: 'lesson-count' }), question = h('b', { class: 'lesson-ask' });
const beats = h('ol', { class: 'lesson-beats', 'aria-label': 'Beats of this step' }, TITLES.map((title) => h('li', {}, h('span', {}, title))));
const back = h('button', { type: 'button', class: 'btn sm', onclick: () => move(-1) }, 'Back');
const next = h('button', { type: 'button', class: 'btn sm primary', onclick: () => move(1) }, 'Next');
const leaveButton = h('button', { type: 'button', class: 'btn sm quiet lesson-leave', title: 'Leave the lesson (Esc); your place is kept', 'aria-label': 'Leave the lesson', onclick: () => leave() }, '\u2715');
const bar = h('div', { class: 'lesson-bar', role: 'region', 'aria-label': 'Lesson' }, dots, count, question, beats, h('span', { class: 'lesson-btns' }, back, next), leaveButton);
const card = h('section', { class: 'lesson-card card', 'aria-live': 'polite', tabindex: -1 });
root.append(bar, card);
root.hidden = true;

/* What a step came to on the sheet: of all measured for it, else of this learner's own measurement. */
let allSteps = null, all = false;
const sheet = makeSheet({
  known: ({ id }) => allSteps?.[id] || kept.guess(id),
  measure: () => {
    props.value = { ...props.value, sheet: null, busy: null, settings: { lesson: lesson.name, step: 1, turn, pair: pairNow() } };
    all = true;
    setTimeout(() => trigger('sheet'), 60);
  },
});
const score = () => { const judged = lesson.steps.filter((one) => counts(one) !== null); return [judged.filter((one) => counts(one)).length, judged.length]; };
const take = async (make) => { try { await make(); } catch (error) { console.warn(error); note = error.message; draw(); } };

/* A box that is picked on the photo is the guess; when the lab's settings change afterwards, Play goes by the new ones. */
const picks = makePicks(({ pick }) => {
  if (!open || !stepNow().pick) return;
  const { beat } = place();
  if (beat === 'do' && pick && guessNow().pick) kept.put(stepNow().id, { pick });
  if (beat !== 'predict') return;
  const by = card.querySelector('[data-by]:focus')?.dataset.by;
  chosen = pick ? stepNow().pick : null;
  drawCard(stepNow(), guessNow(), beat);
  if (by) card.querySelector(`[data-by="${by}"]`)?.focus({ preventScroll: true });
});
const askForPick = (step, beat) => picks.ask(open && step.pick && ['predict', 'do'].includes(beat) ? { tab: step.lab, beat, pick: (beat === 'predict' && picks.now().pick) || guessNow().pick || null } : null);

/* Draws bar and card; the focus stays in the card where it was there. */
const draw = () => {
  root.hidden = !open;
  document.documentElement.classList.toggle('in-lesson', open);
  document.dispatchEvent(new CustomEvent('cv:in-lesson', { detail: open }));
  if (!open) { spot.off(); picks.ask(null); return; }
  const { step: number, beat } = place(), step = stepNow(), guess = guessNow(), done = beat === 'done';
  dots.setAttribute('aria-label', `Step ${number} of ${lesson.steps.length}`);
  dots.replaceChildren(...lesson.steps.map((one, index) => h('button', { type: 'button', class: `lesson-dot ${counts(one) === null ? '' : 'd'}`, 'aria-current': index + 1 === number ? 'step' : null, 'aria-label': `Step ${index + 1}: ${one.question}`, title: one.question, onclick: () => goTo(index + 1, 'predict') }, h('i', {}))));
  count.textContent = `${number} of ${lesson.steps.length}`;
  question.textContent = done ? lesson.title : step.question;
  [...beats.children].forEach((one, index) => { if (BEATS[index] === beat) one.setAttribute('aria-current', 'step'); else one.removeAttribute('aria-current'); });
  back.disabled = number === 1 && beat === 'predict';
  next.hidden = done;
  drawCard(step, guess, beat);
  spot.set(step, beat);
  askForPick(step, beat);
};
const drawCard = (step, guess, beat) => {
  const held = card.contains(document.activeElement);
  const told = note ? [h('p', { class: 'notice', role: 'status' }, note)] : [];
  const away = openTab() === step.lab || beat === 'done' ? [] : [h('p', { class: 'notice' }, 'This step stands in another lab. ', smallish('Go there', () => enter(step, false)))];
  const rows = { predict: () => [...(step.pick ? pickCard(step, picks.now(), picks.step, lock) : predictCard(step, chosen, choose, lock)), place().step === 1 ? smallish('Sheet for the teacher', () => sheet.open(lesson)) : null], do: () => doCard(step, guess), see: () => seeCard(step, guess, props.value.busy?.text, measure), why: () => whyCard(step, nextButton(), guess.beside), done: () => endCard() }[beat]();
  card.replaceChildren(...[...told, ...away, ...rows].flat().filter(Boolean)); // null would be written out
  card.dataset.beat = beat;
  card.classList.toggle('picks', Boolean(step.pick));
  if (held) card.focus({ preventScroll: true });
};
const nextButton = () => { const after = lesson.steps[place().step]; return h('button', { type: 'button', class: 'btn primary', onclick: () => move(1) }, after ? `Next: ${after.question}` : 'Finish'); };
/* Whether a guess counts for the learner: true, false, or null where there is none or it was not measured. */
const counts = ({ id }) => { const { choice, right, said } = kept.guess(id); return choice === undefined || said === undefined ? null : right === null || right === choice; };
const endCard = () => {
  const [right, judged] = score();
  return [h('h3', {}, `The lesson is done: ${right} of ${judged} guesses right`),
    h('ul', { class: 'lesson-list' }, lesson.steps.map((one, index) => h('li', {}, h('i', { 'aria-hidden': 'true' }, { true: '\u2713', false: '\u21bb', null: '\u2013' }[counts(one)]), h('span', {}, one.question, h('small', {}, { true: '', false: ' not as guessed', null: ' no guess that counts' }[counts(one)])), counts(one) === true ? null : smallish('Try again', () => { kept.drop([one.id]); goTo(index + 1, 'predict'); })))),
    h('div', { class: 'bar' }, h('button', { type: 'button', class: 'btn primary', onclick: () => { kept.drop(lesson.steps.map(({ id }) => id)); goTo(1, 'predict'); } }, 'Begin again'), h('a', { class: 'btn sm', href: '?tab=choose&view=quiz', target: '_blank' }, 'Quiz: 15 questions'),
      smallish('Score card', () => take(() => saveScore(lesson, ...score()))), smallish('Sheet for the teacher', () => sheet.open(lesson)), smallish('Leave', leave))];
};

const choose = (id) => { chosen = id; drawCard(stepNow(), guessNow(), 'predict'); card.querySelector('[aria-pressed=true]')?.focus({ preventScroll: true }); };
const lock = () => { if (!chosen) return; kept.put(stepNow().id, { choice: chosen, pick: stepNow().pick ? picks.now().pick : undefined, on: window.cvPhoto, said: undefined, failed: undefined }); beatTo('do'); };
/* The card is read next: it takes the focus, and comes into sight where the page was scrolled on. */
const intoSight = () => { if (card.getBoundingClientRect().top < bar.getBoundingClientRect().bottom) card.scrollIntoView({ block: 'start' }); };
const toCard = () => { card.focus({ preventScroll: true }); intoSight(); };
const beatTo = (beat) => {
  note = '';
  kept.goTo(place().step, beat);
  if (beat === 'see') measure(); else draw();
  if (beat !== 'do') toCard();
};
const move = (by) => {
  const { step, beat } = place(), at = BEATS.indexOf(beat);
  if (beat === 'done') { goTo(step, 'why'); return; }
  if (by < 0) { if (at > 0) beatTo(BEATS[at - 1]); else if (step > 1) goTo(step - 1, 'why'); return; }
  if (beat === 'predict' && chosen) { lock(); return; }
  if (at < 3) beatTo(BEATS[at + 1]);
  else if (step < lesson.steps.length) goTo(step + 1, 'predict');
  else { kept.goTo(step, 'done'); draw(); toCard(); }
};
/* Asks for the step's measurement; Gradio takes over the wish a moment later. On a busy machine it may set the page's first
   value once more long after that: then the wish is lost, and is made again. */
const ASK_AGAIN_MS = 3000, PATIENCE_MS = 180000, SILENT = 'This step could not be measured here (the server did not answer). It does not count.';
let begunAt = 0, again = null;
const waits = () => open && place().beat === 'see' && guessNow().said === undefined && !guessNow().failed;
const measure = () => {
  turn += 1;
  begunAt = Date.now();
  kept.put(stepNow().id, { said: undefined, failed: undefined, right: undefined, place: undefined });
  ask();
  draw();
};
const ask = () => {
  clearTimeout(again);
  props.value = { ...props.value, outcome: null, busy: null, settings: { lesson: lesson.name, step: place().step, turn, pair: pairNow(), pick: guessNow().pick ?? null } };
  setTimeout(() => trigger('measure'), 60);
  again = setTimeout(look, ASK_AGAIN_MS);
};
const look = () => {
  if (!waits()) return;
  if (Date.now() - begunAt > PATIENCE_MS) { kept.put(stepNow().id, { failed: SILENT }); draw(); return; }
  if (props.value.busy && props.value.settings?.turn === turn) again = setTimeout(look, ASK_AGAIN_MS);
  else ask();
};
const heard = () => {
  const { outcome, busy, wish, settings, sheet: found } = props.value || {};
  if (!open || !lesson) return;
  if (found && found.lesson === lesson.name && found.steps !== allSteps) [allSteps, all] = [found.steps, false];
  sheet.say(all ? busy?.text || 'Measuring the steps' : null);
  if ((wish || 0) > wished) { wished = wish; if (place().beat === 'see') { setTimeout(measure, 60); return; } } // another point
  if (busy && place().beat === 'see') draw();
  if (!outcome || settings?.turn !== turn || settings.step !== place().step) return;
  const { id } = stepNow(), { right, said, failed, place: where, beside } = outcome;
  kept.put(id, failed ? { failed, said: undefined } : { failed: undefined, said, right, place: where, beside });
  draw();
  requestAnimationFrame(intoSight); // it has grown, and browsers keep in place what stands below
};

/* Opens a step's lab in its state: by the address, as a link would, but without a reload. */
const pairNow = () => window.cvPair || props.pair;
const SETTLED_MS = 30000;
let entered = 0, touched = -1;
const enter = (step, anew = true) => {
  entered = performance.now();
  const url = new URL(location.href), asked = new URLSearchParams(step.state.replaceAll('{pair}', pairNow().join()));
  for (const name of [...set, 'view']) url.searchParams.delete(name);
  set = [...asked.keys()];
  url.searchParams.set('tab', step.lab);
  for (const [name, value] of asked) url.searchParams.set(name, value);
  url.searchParams.set('lesson', lesson.name === props.ours ? place().step : `${lesson.name}.${place().step}`);
  if (url.href !== location.href) history[anew ? 'pushState' : 'replaceState'](null, '', url);
  if (openTab() !== step.lab) document.querySelector(`#shell [role=tab][data-tab-id="${CSS.escape(step.lab)}"]`)?.click();
  document.dispatchEvent(new CustomEvent('cv:address', { detail: { tab: step.lab, view: asked.get('view') } }));
  document.dispatchEvent(new CustomEvent('cv:state', { detail: { tab: step.lab } }));
};
const goTo = (number, beat, anew = true) => {
  note = '';
  open = true;
  kept.goTo(number, beat);
  chosen = (!stepNow().pick && guessNow().choice) || null; // a picked box is told by its lab
  enter(stepNow(), anew);
  if (beat === 'see' && guessNow().said === undefined) measure();
  else draw();
  toCard();
};
const leave = () => {
  open = false;
  const url = new URL(location.href);
  url.searchParams.delete('lesson');
  history.replaceState(null, '', url);
  draw();
};
/* `name`: a lesson's, or null for ours; `step`: which, or null for where the learner was. */
const begin = async (name, step, anew = true) => {
  const answer = await server.lesson({ name, step });
  if (!answer || answer.error) { console.warn(answer?.error || 'The server did not answer for the lesson'); return; }
  if (lesson?.name !== answer.name) { lesson = answer; kept = makeKept(lesson); }
  const at = kept.place();
  goTo(answer.step ?? at.step, answer.step === null || answer.step === at.step ? (at.beat === 'done' && answer.step !== null ? 'predict' : at.beat) : 'predict', anew);
  if (answer.note) { note = answer.note; draw(); }
};
const asked = () => {
  const text = new URLSearchParams(location.search).get('lesson');
  if (text === null) return null;
  const [, name, step] = /^(?:(.*?)(?:\.|$))??(\d+)?$/.exec(text) || [null, text, null];
  return { name: name || null, step: step === undefined || step === null ? null : Number(step) };
};
document.addEventListener('cv:lesson', () => { if (open) leave(); else begin(null, null); });
document.addEventListener('cv:photo', () => {
  if (!open) return;
  const { beat } = place(), { id, pick } = stepNow(), guess = guessNow();
  if (!pick || (guess.pick ? guess.on === window.cvPhoto : beat !== 'predict')) { if (beat === 'see') measure(); return; }
  if (!['predict', 'do', 'see'].includes(beat)) return; // what came of it stands
  picks.forget(); // what was picked is on another photo
  chosen = null;
  kept.put(id, { pick: undefined, choice: undefined, said: undefined, failed: undefined });
  if (beat === 'predict') draw(); else beatTo('predict');
});
/* On a busy machine Gradio selects its first tab only after the lesson has opened another: nobody asked for that one. */
document.addEventListener('cv:tab', () => {
  if (!open) return;
  if (openTab() !== stepNow().lab && touched < entered && performance.now() - entered < SETTLED_MS) enter(stepNow(), false);
  else draw();
});
['pointerdown', 'keydown'].forEach((name) => document.addEventListener(name, () => { touched = performance.now(); }, true));
window.addEventListener('popstate', () => {
  const wish = asked();
  if (!wish) { if (open) { open = false; draw(); } return; }
  begin(wish.name, wish.step, false);
});
window.addEventListener('storage', (event) => { if (event.key === KEPT_AS && kept) { kept.hear(); if (open) draw(); } });

/* The move is noticed by itself: an event on the lit control that brings it where it shall be. */
const reading = (target) => {
  const slider = target.closest('[role=slider]');
  if (slider) return Number(slider.getAttribute('aria-valuenow'));
  return target.type === 'range' || target.type === 'number' ? Number(target.value) : (target.value ?? '').length;
};
const noticed = (event) => {
  if (!open || place().beat !== 'do' || !(event.target instanceof Element)) return;
  const { done } = stepNow(), control = spot.lit();
  if (!control?.contains(event.target)) return;
  const slid = event.target.closest('[role=slider]');
  if (!slid && event.type !== done.on) return;
  const value = reading(event.target);
  if ((done.least !== null && value < done.least) || (done.most !== null && value > done.most)) return;
  clearTimeout(chosenAt);
  chosenAt = setTimeout(() => { if (open && place().beat === 'do') beatTo('see'); }, 700); // the lab answers first
};
['click', 'input', 'change', 'decided'].forEach((name) => document.addEventListener(name, noticed));
['pointerup', 'keyup'].forEach((name) => document.addEventListener(name, (event) => { if (event.target instanceof Element && event.target.closest('[role=slider]')) noticed(event); }));

const typing = (target) => target.closest?.('input:not([type=range],[type=radio],[type=checkbox]),textarea,select,[contenteditable=true]');
const menuOpen = () => document.querySelector('dialog[open],.rail.open,.chips .menu:not([hidden]),#lab-menu:not([hidden])');
document.addEventListener('keydown', (event) => {
  if (!open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && !menuOpen() && !typing(event.target)) { leave(); return; }
  if (place().beat !== 'predict' || typing(event.target)) return;
  const choice = stepNow().pick ? null : stepNow().choices[Number(event.key) - 1];
  if (choice) { event.preventDefault(); event.stopImmediatePropagation(); choose(choice[0]); } // the lab has number keys of its own
  else if (event.key === 'Enter' && chosen && (event.target === document.body || event.target === card || event.target.closest('.lesson-choice') || (stepNow().pick && event.target.closest('.scene')))) { event.preventDefault(); event.stopImmediatePropagation(); lock(); }
}, true);
new ResizeObserver(() => document.documentElement.style.setProperty('--cv-lesson', open ? `${Math.round(bar.getBoundingClientRect().height) + 8}px` : '0px')).observe(bar);
watch('value', heard);
const first = asked();
if (first) setTimeout(() => begin(first.name, first.step, false), 0);
