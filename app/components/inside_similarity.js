/* Similarity: how like the clicked patch all others are, in this photo or in a second one. */
VIEWS.similarity = (tools) => {
  const show = makeChoice('Show', [['heat', 'Similar patches'], ['colours', 'Colours (PCA)'], ['foreground', 'Foreground']], (value) => { tools.change({ show: value }, false); repaint(); });
  const second = h('select', { 'aria-label': 'Second photo' }, h('option', { value: '' }, 'None'), props.starters.map((one) => h('option', { value: one.id }, one.name)), h('option', { value: 'own' }, 'Your own \u2026'));
  const file = h('input', { type: 'file', accept: 'image/*', hidden: true, 'aria-label': 'Your second photo' }), refused = h('p', { class: 'alert', hidden: true });
  const bar = h('div', { class: 'bar in-choices' }, namedChoice('Show', show), h('label', { class: 'in-choice' }, h('span', { class: 'name' }, 'Second photo'), second), file, refused);
  const cards = makeCards(() => makeCard()), node = h('div', { class: 'in-view' }, cards.node, bar);
  const set = (id) => { refused.hidden = true; tools.change({ second: id }); };
  second.addEventListener('change', () => {
    if (second.value !== 'own') { set(second.value); return; }
    second.value = tools.own().second;
    file.click();
  });
  file.addEventListener('change', async () => {
    const chosen = file.files[0];
    file.value = '';
    if (!chosen) return;
    try {
      const path = await sendKept('second', new File([chosen], 'photo'));
      if (![...second.options].some((one) => one.value === path)) second.insertBefore(h('option', { value: path }, chosen.name.slice(0, 40) || 'Your photo'), second.lastElementChild);
      set(path);
    } catch {
      refused.hidden = false;
      refused.textContent = 'The photo did not reach the server. Check the connection, then try again.';
    }
  });
  const makeCard = () => {
    const card = { number: 0, title: h('div', {}) };
    card.first = makeStage((down, right) => tools.tap(card.number, down, right));
    card.other = makeStage(null);
    const bar = makeBar('cosine'), told = h('p', { class: 'sub' }), first = h('figure', {}, card.first.node), other = h('figure', { hidden: true }, card.other.node, h('figcaption', { class: 'sub' }, 'Best match outlined'));
    card.node = h('section', { class: 'card in-card' }, card.title, h('div', { class: 'in-two' }, first, other), bar.node, told);
    card.paint = () => {
      const { shown, number } = card, head = tools.heads()[number], kind = tools.own().show, opacity = tools.opacity(), heat = kind === 'heat', apart = shown.second && heat;
      const low = Math.min(shown.map.low, 0.99 * shown.map.high), over = { map: heat ? shown.map : kind === 'foreground' ? shown.foreground : null, image: kind === 'colours' ? shown.colours : null, opacity };
      const here = { picture: head.picture, size: head.size, point: tools.points()[number], opacity };
      other.hidden = !apart;
      card.node.classList.toggle('apart', Boolean(apart));
      card.first.set({ ...here, ...(apart ? { map: null, image: null } : over), low: heat ? low : 0, units: [[shown.unit, shown.grid, 'unit'], heat && !apart ? [shown.best, shown.grid, 'best'] : null], alt: `${head.title}. ${told.textContent}` });
      if (apart) card.other.set({ picture: shown.second.picture, size: shown.second.size, map: shown.map, low, opacity, units: [[shown.best, shown.grid, 'best']], alt: `The second photo. ${told.textContent}` });
      bar.node.hidden = !heat;
      bar.set(INFERNO, low, shown.map.high, 'cosine');
    };
    card.show = (shown, number) => {
      Object.assign(card, { shown, number });
      card.title.replaceChildren(famHead(tools.heads()[number], `${shown.layer}, ${shown.size} patches`));
      told.textContent = shown.told;
    };
    return card;
  };
  const repaint = () => {
    show.set(tools.own().show);
    cards.paint();
  };
  return {
    node,
    repaint,
    /* A second photo that cannot be read is let go, so that the next question is about this photo again. */
    refused() { if (tools.own().second && !tools.own().second.startsWith('starter:')) { tools.own().second = ''; second.value = ''; } },
    draw(shown) {
      cards.show(shown);
      if ([...second.options].some((one) => one.value === tools.own().second)) second.value = tools.own().second;
      repaint();
    },
    stages: () => cards.all().flatMap((card) => [card.first, ...(card.shown.second && tools.own().show === 'heat' ? [card.other] : [])]),
  };
};
