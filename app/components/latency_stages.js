/* From the file to the answer: decode, prepare, network, post as one bar a model. */
const makeStages = () => {
  const rowsBox = h('div', { class: 'stage-rows' });
  const legend = h('div', { class: 'legend' });
  const node = h('section', { class: 'card stages' }, h('h3', {}, 'Where do the milliseconds go?'), h('p', { class: 'sub' }, 'From the file to the answer.'), rowsBox, legend);
  return {
    node,
    show(duel) {
      const rows = duel.racers.filter((row) => row.stages), most = Math.max(0.001, ...rows.map((row) => row.total));
      if (!rows.length) { rowsBox.replaceChildren(h('p', { class: 'sub empty' }, duel.finished ? 'Nothing was measured.' : 'Measured after the last round.')); legend.replaceChildren(); return; }
      rowsBox.replaceChildren(...rows.map((row) => {
        const part = (kind, ms, what) => h('i', { class: kind, style: `width:${(100 * ms) / most}%`, title: `${what}: ${msText(ms)}` });
        const { decode, prepare, post } = row.stages;
        return h('div', { class: 'stage-row', role: 'img', 'aria-label': row.stages_described }, h('span', { class: 'l', title: row.title }, row.title),
          h('div', { class: 'stage-bar' }, part('decode', decode, 'decode'), part('prepare', prepare, 'prepare'), part(`net ${row.family}`, row.network, 'network'), part('post', post, 'post')),
          h('b', {}, row.total_text));
      }));
      legend.replaceChildren(...duel.legend.map(([kind, text]) => h('span', {}, h('i', { class: kind }), text)));
    },
  };
};
