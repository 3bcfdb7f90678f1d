const draw = () => {
  const value = props.value;
  if (!value) return;
  root.replaceChildren(h('h3', {}, value.title),
    h('div', { class: 'cv-metrics' }, value.figures.map(([figure, what]) => h('div', { class: 'cv-m' }, h('b', {}, figure), h('span', {}, what)))),
    h('p', { class: 'cv-sub' }, value.sentence));
};
watch('value', draw);
draw();
