/* The controls beside the picture: detectors, the two sliders, what is shown, and more settings. */
const makeControls = (act) => {
  const detector = h('select', { 'aria-label': 'Detector' });
  const about = h('p', { class: 'sub which', hidden: true });
  const outside = h('p', { class: 'outside which', hidden: true });
  const offers = h('div', { class: 'offers', 'aria-live': 'polite' });
  const iou = makeRange({ label: 'IoU limit', help: 'lower = stricter', low: 0.05, high: 0.95, step: 0.01 }, (value) => act.change({ iou: value }));
  const confidence = makeRange({ label: 'Confidence', help: 'at least', low: 0.05, high: 0.95, step: 0.01 }, (value) => act.change({ confidence: value }));
  const reason = h('p', { class: 'notice', hidden: true });
  const beside = h('button', { type: 'button', class: 'btn', hidden: true }, 'Show a classic detector beside it');
  const removed = h('input', { type: 'checkbox', checked: true });
  const options = (rows, chosen) => {
    const groups = [['Ready here', (row) => row.ready], ['Download', (row) => !row.ready]];
    return groups.map(([title, member]) => [title, rows.filter(member)]).filter(([, members]) => members.length).map(([title, members]) =>
      h('optgroup', { label: title }, members.map((row) => h('option', { value: row.name, selected: row.name === chosen, disabled: !row.ready && !row.offered }, row.text))));
  };
  const settings = makeSettings(act.change);
  const extras = makeExtras({ ...act, options, second: (name) => act.models([...new Set([detector.value, name].filter(Boolean))]) });
  const more = h('section', { class: 'card controls further' }, h('details', { class: 'more' }, h('summary', {}, 'More settings'), settings.node, extras.node));
  const node = h('section', { class: 'card controls' }, h('label', { class: 'top which' }, 'Detector', detector), about, outside, offers, iou.node, reason, beside,
    confidence.node, h('label', { class: 'check last' }, removed, 'Show removed boxes'));

  const drawOffer = (offer) => h('div', { class: 'offer' }, h('p', {}, offer.text), h('div', { class: 'btns' },
    offer.fetch ? h('button', { type: 'button', class: 'btn primary', onclick: act.fetch }, offer.fetch) : null,
    offer.use ? h('button', { type: 'button', class: 'btn soft', onclick: () => act.instead(offer.model, offer.use.name) }, `Use ${offer.use.title}`) : null,
    offer.fetch ? null : h('button', { type: 'button', class: 'btn', onclick: act.fetch }, 'Try again')));
  const fillDetectors = whenNew((rows, chosen) => detector.replaceChildren(...options(rows, chosen)));
  const drawOffers = whenNew((rows) => offers.replaceChildren(...rows.map(drawOffer)));
  detector.addEventListener('change', () => act.detector(detector.value));
  removed.addEventListener('change', () => act.show());
  return {
    node,
    more,
    refuse: extras.refuse,
    showRemoved: () => removed.checked,
    set(wanted, { detectors, offers, classic }, panes) {
      const [first, other] = wanted.models;
      fillDetectors(detectors, first);
      detector.value = first;
      about.textContent = detectors.find((row) => row.name === first)?.about || '';
      about.hidden = !about.textContent;
      outside.textContent = panes[0]?.model === first ? panes[0].outside || '' : '';
      outside.hidden = !outside.textContent;
      extras.set(wanted, detectors.filter((row) => row.name !== first), other);
      drawOffers(offers);
      const idle = panes.length > 0 && panes.every((pane) => !pane.needs_nms);
      const live = panes.find((pane) => pane.needs_nms);
      iou.set(wanted.iou, live ? live.live : null, idle);
      confidence.set(wanted.confidence, null);
      reason.textContent = [...new Set(panes.flatMap((pane) => [pane.no_nms, pane.margins]).filter(Boolean))].join(' ');
      reason.hidden = !reason.textContent;
      beside.hidden = !(idle && panes.length === 1 && classic);
      beside.onclick = () => act.models([first, classic]);
      settings.set(wanted, panes);
    },
  };
};
