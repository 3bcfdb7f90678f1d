/* What the page of every lab does in the same way: settings from the link and back, one question at a time, the headline,
   files to take away. A lab's script calls `makeBench` once and hands over what is its own. */
const address = new URLSearchParams(location.search);
/* The address has changed without a reload, as a step of the lesson does: it is read anew. */
const readAddress = () => { const now = new URLSearchParams(location.search); [...address.keys()].forEach((name) => address.delete(name)); now.forEach((value, name) => address.set(name, value)); };
/* Puts the settings that the address asks for into `settings`, as `spec` describes them; what cannot be is left out, and
   so is what another tab's link says. */
const fromLink = (spec, settings) => {
  if ((address.get('tab') || 'classify') !== props.tab) return settings;
  for (const { name, kind, low, high, step, choices, link } of spec) {
    const text = link ? address.get(link) : null;
    if (text === null) continue;
    if (kind === 'flag') settings[name] = link === name ? ['true', '1'].includes(text) : text.split(',').includes(name);
    else if (kind === 'choice') settings[name] = choices.find((one) => String(one) === text) ?? settings[name];
    else if (kind === 'number' || kind === 'whole') {
      const value = Number(text), steps = (value - low) / (step || 1);
      if (text !== '' && value >= low && value <= high && (kind === 'number' || Number.isInteger(steps))) settings[name] = value;
    }
  }
  return settings;
};
/* The address that brings everything back; what is empty in `more` is left out of it. */
const linkOf = (spec, settings, more) => {
  const url = new URL(location.href), values = { tab: props.tab };
  for (const { name, kind, link } of spec) {
    const value = settings[name];
    if (!link) continue;
    if (kind === 'flag' && link !== name) values[link] = [...(values[link] || []), ...(value ? [name] : [])];
    else values[link] = kind === 'number' ? Number(value.toFixed(3)) : value;
  }
  for (const [name, value] of Object.entries({ ...values, ...more })) {
    if (value === null || value === undefined || String(value) === '') url.searchParams.delete(name);
    else url.searchParams.set(name, String(value));
  }
  return url.href;
};
/* One question at a time; while one is under way only the newest waits, so the last value always wins. What an older one
   wanted besides, the newest asks for, too. What the server missed is asked when it is back. */
const makeAsk = (call, onAnswer) => {
  let asking = false, waiting = null, missed = null;
  const ask = async (question) => {
    if (asking) { waiting = { ...waiting, ...question }; return; }
    asking = true;
    try {
      onAnswer(await call(question), waiting !== null);
      missed = null;
    } catch (error) {
      missed = { ...missed, ...question };
      console.warn('The server did not answer a question', error);
    } finally {
      asking = false;
      if (waiting !== null) { const latest = waiting; waiting = null; ask(latest); }
    }
  };
  document.addEventListener('cv:back', () => { if (missed) ask(missed); });
  return ask;
};
/* The open view of a tab is an entry of the browser's history: say which one was opened; Back and Forward call `open`. */
const makeViewEntry = (tab, first, open) => {
  const now = (view) => view ?? first, views = (window.cvViews ||= {});
  views[tab] = first;
  document.addEventListener('cv:address', ({ detail }) => {
    if (detail.tab !== tab || now(detail.view) === views[tab]) return;
    views[tab] = now(detail.view);
    open(views[tab]);
  });
  return (view) => {
    views[tab] = view;
    const url = new URL(location.href);
    if (url.searchParams.get('tab') !== tab || now(url.searchParams.get('view')) === view) return;
    url.searchParams.set('view', view);
    history.pushState(null, '', url);
  };
};
/* Sends a file that the tab asks about and keeps it: where the server forgets it, the rail sends it again (photo_intake.js). */
const sendKept = async (purpose, file) => {
  const { path } = await upload(file);
  window.cvKept = { ...window.cvKept, [purpose]: { path, file } };
  return path;
};
/* Files: `content` is a text, a Blob, or an address of its own such as a data URL. */
const saveFile = (name, content, kind = 'text/plain') => {
  const own = typeof content === 'string' && content.startsWith('data:');
  const url = own ? content : URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: kind }));
  h('a', { href: url, download: name }).click();
  if (!own) setTimeout(() => URL.revokeObjectURL(url), 1000);
};
/* Buttons of which one is pressed; rows: [value, text]. `offered`: the values that stand there at all. */
const makeChoice = (label, rows, onPick) => {
  const buttons = rows.map(([value, text]) => h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => onPick(value) }, text));
  return {
    node: h('div', { class: 'seg', role: 'group', 'aria-label': label }, buttons),
    set(value, disabled = () => false, offered = null) {
      rows.forEach(([own], index) => {
        buttons[index].setAttribute('aria-pressed', String(own === value));
        buttons[index].disabled = disabled(own);
        buttons[index].hidden = Boolean(offered) && !offered.includes(own);
      });
    },
  };
};
/* A control under its name. */
const named = (name, help, control) => h('div', { class: 'named-control' }, h('span', { class: 'name' }, name, h('small', {}, ` ${help}`)), control);
const smallButton = (text, onclick) => h('button', { type: 'button', class: 'btn sm', onclick }, text);
/* What only few ask for, behind an i. */
const HOW_OFTEN = 'How often networks ran';
const makeInfo = (label) => {
  const button = h('button', { type: 'button', class: 'in-info', 'aria-label': label, 'aria-expanded': 'false' }, 'i'), text = h('span', { class: 'sub', hidden: true });
  button.addEventListener('click', () => { text.hidden = !text.hidden; button.setAttribute('aria-expanded', String(!text.hidden)); });
  return { node: h('span', { class: 'in-told-more' }, button, text), set(sentence) { button.title = sentence; text.textContent = sentence; } };
};
/* The last row: what ran, behind an i, and what can be taken away. */
const makeFoot = (...buttons) => {
  const ran = h('span', { class: 'ran' });
  return { node: h('div', { class: 'foot' }, ran, h('span', { class: 'end' }, buttons)), say: (...text) => ran.replaceChildren(...text) };
};
/* Where a network has to run before a question can be answered, that run is asked for again, later each time, until an
   answer is there: one that waited for another begins with what that left behind, which may be older settings. */
const PAUSES_MS = [60, 300, 700, 1500, 3000, 5000, 8000], MOST_TIMES = 40, MOST_RUNS = 6;
/* plotly.js (chart_script.js) is fetched when a first answer stands and the browser is idle, and read where a chart is seen. */
const firstAnswer = () => {
  const place = document.querySelector('meta[name=cv-charts]');
  if (!place || window.cvAnswered) return;
  window.cvAnswered = true;
  (window.requestIdleCallback || setTimeout)(() => { if (!window.cvPlotly) document.head.append(h('link', { rel: 'prefetch', as: 'script', href: place.content })); });
};
/* Begins work that is begun once (`Work.mode`), or once more after it failed. Gradio takes over the value a moment after it is set, sets one that it had set
   before once more now and then, and drops a click that comes while it still clears away what was cancelled. So what is wished
   carries a number, and is sent again until the server's values say it: what is under way already is not begun twice. */
const HEARD_MS = [1000, 2000, 4000, 8000];
const makeStart = (keep) => {
  let number = 0;
  return (event, more = {}) => {
    const begun = number += 1;
    const send = (time) => {
      if (begun !== number || props.value.heard === begun) return;
      keep({ ...more, begun });
      setTimeout(() => trigger(event), 60);
      if (time < HEARD_MS.length) setTimeout(send, HEARD_MS[time], time + 1);
    };
    send(0);
  };
};
/* The state of a bench: what the visitor set (`local`), what is shown, and the talk with the server.
   - paint(shown): draws; called whenever anything changed.
   - arrived(value): an answer of the server with another one shown, before it is drawn: may keep it out by returning true.
   - drawn(value): after each value.
   - result: the names of the settings that a run depends on: a run of older ones is asked for again.
   - catchUp: what is asked for where the first picture is of older settings, besides key and settings; null: nothing, as
     the browser knows all steps itself.
   - refused(sentence): the server's answer to a question that cannot be answered; of itself it stands in shown.error.
   - wished(value): what a new point or choice asks for, or without a value a new photo; a run, if not said otherwise.
   - about(): what every question names besides key and settings.
   - fits(answer): whether an answer is still wanted.
   - head: where question and answer stand, if not in the headline above.
   - view: the bench's name among the views of its tab. It reads the address where that means this view, and runs nothing
     while another one is open. */
const makeBench = ({ paint, arrived = () => false, drawn = () => {}, result = [], catchUp = {}, refused, wished, about = () => ({}), fits = () => true, head, view }) => {
  const linked = !view || (address.get('tab') === props.tab && [null, view].includes(address.get('view')));
  const local = structuredClone(props.value.settings);
  if (linked) fromLink(props.spec, local);
  let shown = null, moves = 0, tries = 0, wish = 0, retried = 0, drawnHead = '', times = 0, soon = null, owed = false;
  const open = () => openTab() === props.tab && !(view && root.closest('.away'));
  const say = (busy) => {
    const value = props.value, answer = value.message || shown?.answer;
    const told = { question: value.question, answer: answer || '', marked: shown?.marked ?? null, busy: busy ?? null, differs: (shown || value).differs ?? null, again: Boolean(value.again && !value.key && !busy) };
    if (head) { head.set(told); return; }
    props.value = { ...value, head: told };
    trigger('said');
  };
  const keep = (more) => { props.value = { ...props.value, settings: structuredClone(local), ...more }; };
  /* Gradio takes over new settings a moment later: at once, the run would be one of those before. */
  const again = () => {
    const late = JSON.stringify(props.value.settings) !== JSON.stringify(local);
    keep();
    if (late) setTimeout(() => trigger('again'), 60);
    else trigger('again');
  };
  const againSoon = () => {
    clearTimeout(soon);
    if (times === MOST_TIMES) { times = 0; return; }
    soon = setTimeout(again, PAUSES_MS[Math.min(times, PAUSES_MS.length - 1)]);
    times += 1;
  };
  const file = (wanted) => server.look({ key: shown.key, settings: local, ...about(), ...wanted });
  const ask = makeAsk(file, (answer, older) => {
    if (answer.gone || answer.work) { owed = true; againSoon(); return; }
    if (answer.key !== shown.key) return;
    if (answer.error) { (refused || ((error) => bench.show({ error })))(answer.error); return; }
    if (!fits(answer)) return;
    [times, owed] = [0, false];
    if (answer.settings && !older) Object.assign(local, answer.settings); // it may say them in its own words
    bench.show({ error: null, ...answer });
  });
  const differs = (value) => ({ name }) => JSON.stringify(value.settings[name]) !== JSON.stringify(local[name]);
  const runs = props.spec.filter(({ name }) => result.includes(name)), steps = props.spec.filter((one) => !runs.includes(one));
  const bench = {
    local,
    linked,
    shown: () => shown,
    /* Whether what is shown does not answer what is chosen: work for that goes on, or ended without an answer. */
    stale: () => Boolean(shown && (props.value.busy || !props.value.key)),
    moves: () => moves,
    keep,
    say,
    /* Slider steps: what is known, drawn otherwise; `set` alone where the script draws it itself. They stay in `local`
       until something is run: Gradio looks through the whole value whenever it is set, some milliseconds for each step. */
    set(patch, byHand = true) { Object.assign(local, patch); moves += Number(byHand); times = 0; },
    change(patch, more) {
      bench.set(patch);
      if (!shown) return;
      paint(shown);
      bench.look(more);
    },
    look(more) { if (shown && catchUp) ask(more || {}); },
    /* The same once more, where an answer failed or was stopped. */
    retry: () => bench.start('again'),
    /* A new run: other photo, point, models, or a setting that a run depends on. */
    anew(patch) { Object.assign(local, patch); [tries, times] = [MOST_RUNS, 0]; again(); },
    start: makeStart((more) => bench.keep(more)),
    fetch(model) { keep({ fetching: model }); trigger('fetch'); },
    use(model, instead) { keep({ use: { model, instead } }); trigger('use'); },
    show(more) { shown = { ...shown, ...more }; paint(shown); say(props.value.busy); },
    file,
    link: (more) => linkOf(props.spec, local, { ...(view && { view }), ...more }),
  };
  const wants = wished || (() => bench.anew({}));
  const draw = () => {
    const value = props.value;
    if (!value) return;
    if (shown && value.key && arrived(value)) return;
    if ((value.wish || 0) > wish) {
      ({ wish } = value);
      if (open()) setTimeout(() => wants(value), 60); // Gradio takes over the new point or choice a moment later
    }
    if ((value.retry || 0) > retried) {
      retried = value.retry;
      bench.retry();
    }
    if (value.key && shown?.key !== value.key) {
      const older = catchUp && steps.some(differs(value)), first = !shown;
      [shown, moves] = [value, 0];
      if (!older || first) paint(shown); // else the answer to the newest settings is drawn instead
      if (older) ask(catchUp);
      if (open()) firstAnswer();
    } else if (owed && value.key && !value.busy && catchUp && steps.some(differs(value))) {
      ask(catchUp); // the run that a question waits for was one of older settings, and found what is shown already
    }
    // A run that waited starts with what the one before it left behind, which may be older settings: so ask again.
    if (value.key && !value.busy && tries > 0 && runs.some(differs(value))) {
      setTimeout(again, PAUSES_MS[MOST_RUNS - tries]);
      tries -= 1;
    }
    drawn(value);
    const now = JSON.stringify([value.key, value.message, value.busy, shown?.answer]);
    if (now !== drawnHead) { drawnHead = now; say(value.busy); }
  };
  /* A link without a reload: what it sets is set here as well, as by hand. */
  document.addEventListener('cv:state', ({ detail }) => {
    if (detail.tab !== props.tab || (view && ![null, view].includes(new URLSearchParams(location.search).get('view')))) return;
    readAddress();
    const wanted = fromLink(props.spec, structuredClone(local));
    const patch = Object.fromEntries(props.spec.filter(({ name }) => JSON.stringify(wanted[name]) !== JSON.stringify(local[name])).map(({ name }) => [name, wanted[name]]));
    if (!Object.keys(patch).length) return;
    if (runs.some(({ name }) => name in patch)) bench.anew(patch);
    else bench.change(patch);
  });
  bench.begin = () => {
    watch('value', draw);
    draw();
    if (!props.works) return;
    const opened = () => { if (open()) wants(); };
    withPhoto(props.tab, opened);
    if (view) document.addEventListener('cv:view', opened);
  };
  return bench;
};
