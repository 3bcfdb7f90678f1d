/* The starter set: one button with its cost, one line while it is fetched, and what came of it. Asked for once a network is
   there, then only while something happens. */
const makeStarter = () => {
  const get = h('button', { type: 'button', class: 'btn sm soft' });
  const line = h('span', { class: 'line', role: 'status' });
  const bar = h('i', {});
  const track = h('span', { class: 'track' }, bar);
  const cancel = h('button', { type: 'button', class: 'btn sm' }, 'Cancel');
  const on = h('button', { type: 'button', class: 'btn sm soft' }, 'Go on');
  const node = h('div', { class: 'starter', hidden: true }, get, track, line, cancel, on);
  let token = '', phase = 'none', asked = false, timer = 0;
  const draw = (now) => {
    const finished = phase === 'fetching' && now.phase === 'done';
    phase = now.phase === 'done' && phase === 'none' ? 'none' : now.phase; // done before this page came: no news
    node.hidden = phase === 'none';
    root.dataset.starter = phase;
    [get.textContent, line.textContent] = phase === 'offer' ? [now.text, ''] : ['', now.text];
    bar.style.width = `${100 * (now.share || 0)}%`;
    get.hidden = phase !== 'offer';
    track.hidden = phase !== 'fetching';
    line.hidden = phase === 'offer';
    cancel.hidden = phase !== 'fetching' || !token;
    on.hidden = phase !== 'broken';
    if (finished) {
      trigger('fetched');
      document.dispatchEvent(new CustomEvent('cv:fetched'));
    }
  };
  const ask = async (wish) => {
    clearTimeout(timer);
    try {
      const now = await server.starter(wish);
      if (now.token !== undefined) ({ token } = now);
      if (now.phase) draw(now);
    } catch (error) {
      console.warn('The server did not answer for the starter set', error);
    }
    if (phase === 'fetching') timer = setTimeout(() => ask({ do: 'look' }), 700);
  };
  get.addEventListener('click', () => ask({ do: 'begin' }));
  on.addEventListener('click', () => ask({ do: 'begin' }));
  cancel.addEventListener('click', () => ask({ do: 'cancel', token }));
  return {
    node,
    /* Called with each news of the machine. */
    heard(online) {
      if (!online || asked) return;
      asked = true;
      ask({ do: 'look' });
    },
  };
};
