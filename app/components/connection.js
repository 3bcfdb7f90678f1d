/* Whether the server answers. Two missed answers in a row make a banner, within five seconds: one is no news, since a busy
   machine may be late. When it answers again the banner goes and the page goes on: `cv:back` tells everybody,
   and whether what was under way is lost (`broken`). */
const LOOK_MS = 1800, PATIENCE_MS = 1500, AGAIN_MS = 100, LOST_MS = 1000;
const banner = h('div', { class: 'lost', role: 'alert', hidden: true }, h('b', {}, 'The server does not answer.'), ' What you see is kept; it goes on by itself.');
const renewed = h('div', { class: 'renewed', role: 'alert', hidden: true }, h('b', {}, 'The server has a newer page.'), ' What you see is kept; to go on, load the new one. ',
  h('button', { type: 'button', class: 'btn sm', onclick: () => location.reload() }, 'Load the new one'));
root.append(banner, renewed);
/* Gradio would load the page anew after a break, and with it would go the photo and all that is shown. And told that its
   stream is broken it hears no event any more, so what is under way is told that it failed, as a fault of its own would. */
const ownFetch = window.fetch;
const BROKEN = /Connection to the server was lost|Connection errored out/;
const FAILED = new TextEncoder().encode('\n\ndata: {"msg":"unexpected_error","message":"Connection errored out."}\n\ndata: {"msg":"close_stream"}\n\n');
let broken = false;
const unheard = () => new Response(new ReadableStream({ start: (to) => { to.error(new Error('there was no stream')); } }));
const toItsEnd = (response) => {
  if (!response.ok) return toItsEnd(unheard());
  const reader = response.body.getReader(), text = new TextDecoder();
  let closed = false;
  const fail = (to) => { broken = true; to.enqueue(FAILED); to.close(); };
  const pull = async (to) => {
    try {
      const { done, value } = await reader.read();
      if (done && closed) to.close();
      else if (done) fail(to);
      else { closed = text.decode(value.subarray(-100)).includes('"close_stream"'); to.enqueue(value); }
    } catch (error) { if (error.name === 'AbortError') to.error(error); else fail(to); }
  };
  return new Response(new ReadableStream({ pull, cancel: (reason) => reader.cancel(reason) }), response);
};
window.fetch = (asked, ...more) => {
  const { pathname } = new URL(asked?.url || asked, location.href), answer = () => ownFetch.call(window, asked, ...more);
  if (/\/app_id\/?$/.test(pathname)) return Promise.reject(new Error('the page goes on by itself'));
  return pathname.endsWith('/queue/data') ? answer().catch((error) => { if (error.name === 'AbortError') throw error; return unheard(); }).then(toItsEnd) : answer();
};
const closeNews = () => document.querySelectorAll('.toast-body').forEach((toast) => {
  if (BROKEN.test(toast.textContent)) toast.querySelector('.toast-close')?.click(); // the banner says it, and goes by itself
});
const watchServer = (tell) => {
  let missed = 0, next = 0, looking = false, page = null;
  const lost = () => missed > 1;
  const answered = (health) => {
    const back = lost() || broken, detail = { broken };
    [missed, broken] = [0, false];
    banner.hidden = true;
    page ||= health.page;
    renewed.hidden = health.page === page;
    tell(health);
    if (!back || !renewed.hidden) return;
    closeNews();
    document.dispatchEvent(new CustomEvent('cv:back', { detail }));
  };
  const look = async () => {
    clearTimeout(next);
    if (document.hidden || looking) return;
    looking = true;
    try {
      const answer = await ownFetch(new URL('healthz', document.baseURI), { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      answered(await answer.json());
    } catch {
      missed += 1;
      if (lost()) {
        banner.hidden = false;
        closeNews();
        tell(null);
      }
    }
    looking = false;
    if (element.isConnected) next = setTimeout(look, lost() ? LOST_MS : missed ? AGAIN_MS : LOOK_MS);
  };
  document.addEventListener('visibilitychange', look);
  look();
};
