/* What can be taken away from a lesson: a sheet for the teacher, to print, and the score as a picture. */
const QUIET_MODULES = 4; // of white around a QR code, as its standard asks for
const codeDrawing = (rows, link) => {
  const side = rows.length + 2 * QUIET_MODULES;
  const dark = rows.flatMap((row, down) => [...row].map((one, right) => (one === '1' ? `M${right + QUIET_MODULES} ${down + QUIET_MODULES}h1v1h-1z` : ''))).join('');
  return svg('svg', { class: 'lesson-code', viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': `The lesson as a code for cameras: ${link}` },
    svg('rect', { width: side, height: side, fill: '#fff' }), svg('path', { d: dark, fill: '#000' }));
};
const dayNow = () => new Date().toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const factsFor = async (link) => {
  const facts = await server.share_facts({ link });
  if (!facts || facts.error) throw new Error(facts?.error || 'The server did not answer. Try again when it is back.');
  return facts;
};
const linkOfLesson = (lesson) => { const url = new URL(location.pathname, location.origin); url.searchParams.set('lesson', lesson.name === props.ours ? 1 : lesson.name); return url.href; };
/* `known(step)`: what it came to; `measure()`: asks for all. It hangs on the body, so that it alone is printed. */
const makeSheet = ({ known, measure }) => {
  const body = h('div', { class: 'lesson-sheet-body' }), word = h('span', { class: 'sub', role: 'status' }), code = h('div', { class: 'lesson-sheet-code' });
  const ask = h('button', { type: 'button', class: 'btn primary', onclick: () => measure() }, 'Measure all steps here');
  const close = h('button', { type: 'button', class: 'btn', onclick: () => node.close() }, 'Close');
  const node = h('dialog', { class: 'lesson-sheet', 'aria-label': 'Sheet for the teacher' },
    h('div', { class: 'lesson-sheet-bar' }, ask, h('button', { type: 'button', class: 'btn', onclick: () => print() }, 'Print'), close, word), body);
  document.body.append(node);
  let lesson = null, machine = '';
  const outcome = (step) => {
    const { right, said, failed, place } = known(step);
    if (failed) return h('p', { class: 'lesson-sheet-said' }, failed);
    if (said === undefined) return h('p', { class: 'lesson-sheet-said sub' }, 'Not measured here yet.');
    return h('p', { class: 'lesson-sheet-said' }, h('b', {}, right === null ? 'Too close to call here. ' : `Here: ${textOf(step, right)}. `), `${capitalised(said)}.`, place ? ` Measured on ${place}.` : null);
  };
  const row = (step, index) => {
    const { right } = known(step);
    return h('section', {}, h('h3', {}, `${index + 1}. ${step.question}`, h('small', {}, ` ${step.minutes} minutes`)), h('p', {}, step.predict),
      h('ul', {}, step.choices.map(([id, text]) => h('li', { class: right === id ? 'right' : null }, h('i', { 'aria-hidden': 'true' }, right === id ? '\u2611' : '\u2610'), ` ${text}`))),
      h('p', {}, h('b', {}, 'Then: '), capitalised(step.do)), outcome(step), h('p', { class: 'sub' }, step.why, ' ', h('b', {}, 'What would change this: '), step.but, ` Source: ${step.source}.`));
  };
  const draw = () => {
    if (!node.open) return;
    const minutes = lesson.steps.reduce((sum, step) => sum + step.minutes, 0);
    body.replaceChildren(h('header', {}, h('div', {}, h('h2', {}, lesson.title), h('p', {}, `${lesson.steps.length} steps, about ${minutes} minutes. ${linkOfLesson(lesson)}`),
      h('p', { class: 'sub' }, machine ? `What comes out on this machine: ${machine}, ${dayNow()}.` : '')), code), ...lesson.steps.map(row));
  };
  return {
    async open(asked) {
      lesson = asked;
      ask.disabled = false;
      node.showModal();
      draw();
      const link = linkOfLesson(lesson);
      try {
        const facts = await factsFor(link);
        ({ machine } = facts);
        code.replaceChildren(...(facts.code ? [codeDrawing(facts.code, link)] : []));
      } catch (error) { word.textContent = error.message; }
      draw();
    },
    /* `busy`: what is said while it is measured. */
    say(busy) { word.textContent = busy || ''; ask.disabled = Boolean(busy); draw(); },
  };
};
/* The score as a picture of the size of a share card. */
const saveScore = async (lesson, right, judged) => {
  const { drawCard, loadPicture, fileOf } = window.cvSheet, link = linkOfLesson(lesson), facts = await factsFor(link);
  const photo = await loadPicture(document.querySelector('#rail .picture img').src);
  const bars = judged ? [{ title: 'Guesses right', text: `${right} of ${judged}`, share: right / judged, colour: 'accent' }] : [];
  const what = { question: lesson.title, answer: judged ? `${right} of ${judged} guesses right` : 'No guess counted yet', models: [], bars };
  const canvas = drawCard(what, [{ image: photo }], { code: facts.code, link: link.replace(/^https?:\/\//, ''), foot: [`Measured on ${facts.machine}, ${dayNow()}.`] });
  const url = URL.createObjectURL(fileOf(canvas)), day = new Date().toLocaleDateString('sv');
  h('a', { href: url, download: `cvlab-lesson-card-${day}.png` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};
