/* The head of a tab: question, answer with one marked word, and what is being worked on; `busy` may stand elsewhere, beside
   the button that began it. */
const makeHead = (onStop, onAgain) => {
  const ask = h('h2', { class: 'ask' });
  const answer = h('p', { class: 'answer', 'aria-live': 'polite' });
  const again = h('button', { class: 'btn soft again', type: 'button', hidden: true, onclick: onAgain }, 'Try again');
  const differs = h('p', { class: 'sub differs', hidden: true });
  const busyText = h('span', {});
  const busyBar = h('i', {});
  const stop = h('button', { class: 'btn sm', type: 'button', onclick: onStop }, 'Cancel');
  const busy = h('div', { class: 'busy', role: 'status', hidden: true }, h('span', { class: 'busy-track' }, busyBar), busyText, stop);
  const set = (value) => {
    ask.textContent = value.question;
    const at = value.marked ? value.answer.indexOf(value.marked) : -1;
    if (at < 0) answer.textContent = value.answer;
    else answer.replaceChildren(value.answer.slice(0, at), h('span', { class: 'marked' }, value.marked), value.answer.slice(at + value.marked.length));
    again.hidden = !value.again;
    differs.textContent = value.differs || '';
    differs.hidden = !value.differs;
    answer.classList.toggle('waiting', Boolean(value.busy));
    busy.hidden = !value.busy;
    if (!value.busy) return;
    busyText.textContent = value.busy.text;
    busyBar.style.width = value.busy.share === null ? '30%' : `${Math.round(100 * value.busy.share)}%`;
    busyBar.classList.toggle('unknown', value.busy.share === null);
    stop.hidden = !value.busy.stoppable;
  };
  return { node: h('div', { class: 'headline' }, ask, answer, again, differs, busy), busy, set };
};
