/* What stands instead of models that are not on this machine: how they come, and which one can be used meanwhile. */
const drawMissing = (place, missing) => place.replaceChildren(...(missing || []).map((gone) => h('div', { class: 'notice surgery-missing' }, h('span', {}, gone.text),
  gone.fetch ? h('button', { type: 'button', class: 'btn sm primary', onclick: () => bench.fetch(gone.model) }, gone.fetch) : null,
  gone.use ? smallButton(`Use ${gone.use.title}`, () => bench.use(gone.model, gone.use.name)) : null)));
