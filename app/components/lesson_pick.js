/* A guess that is made by a click on the lab's picture, or stepped to by keys: how the lab is asked, and the card. */
const makePicks = (heard) => {
  let asked = 'null', now = { pick: null, told: '', of: null };
  document.addEventListener('cv:picked', ({ detail }) => { now = detail; heard(detail); });
  return {
    now: () => now,
    forget() { now = { ...now, pick: null, told: '' }; },
    /* `wish`: what the lab shall offer, or null. */
    ask(wish) {
      if (JSON.stringify(wish) === asked) return;
      asked = JSON.stringify(wish);
      window.cvPicking = wish;
      document.dispatchEvent(new CustomEvent('cv:pick', {}));
    },
    step: (by) => document.dispatchEvent(new CustomEvent('cv:pick', { detail: { by } })),
  };
};
const NO_BOXES = 'Nothing can be clicked here: on this photo the detector proposes no boxes from which NMS has to choose. Take another photo or detector, or go on with Next.';
const pickCard = (step, { pick, told, of }, by, lock) => {
  const arrow = (sign, text) => h('button', { type: 'button', class: 'btn sm', 'data-by': sign, 'aria-label': text, title: text, onclick: () => by(sign) }, sign < 0 ? '\u25c0' : '\u25b6');
  return [h('h3', {}, step.predict),
    ...(of === 0 ? [h('p', { class: 'notice' }, NO_BOXES)] : [h('p', { role: 'status' }, pick ? ['Your guess: ', h('b', {}, told), '.'] : h('b', {}, 'Click a box on the photo.')),
      h('div', { class: 'bar' }, arrow(-1, 'A surer box'), arrow(1, 'A less sure box'), h('button', { type: 'button', class: 'btn primary', disabled: !pick, onclick: lock }, 'Lock my guess'),
        h('span', { class: 'sub' }, 'The arrow keys on the photo choose, too; Enter locks.'))])];
};
