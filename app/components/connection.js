/* Whether the server answers. Two missed answers in a row make a banner, within five seconds: one is no news, since a busy
   machine may be late. When it answers again the banner goes and the page goes on: `cv:back` tells everybody. */
const LOOK_MS = 1800, PATIENCE_MS = 1500, AGAIN_MS = 100, LOST_MS = 1000;
const banner = h('div', { class: 'lost', role: 'alert', hidden: true }, h('b', {}, 'The server does not answer.'), ' What you see is kept; it goes on by itself.');
root.append(banner);
/* Gradio would load the page anew after a break, and with it would go the photo and all that is shown. */
const ownFetch = window.fetch;
window.fetch = (asked, ...more) => {
  if (/\/app_id\/?$/.test(new URL(asked?.url || asked, location.href).pathname)) return Promise.reject(new Error('the page goes on by itself'));
  return ownFetch.call(window, asked, ...more);
};
const BROKEN = /Connection to the server was lost|Connection errored out/;
const closeNews = () => document.querySelectorAll('.toast-body').forEach((toast) => {
  if (BROKEN.test(toast.textContent)) toast.querySelector('.toast-close')?.click(); // the banner says it, and goes by itself
});
const watchServer = (tell) => {
  let missed = 0, next = 0, looking = false;
  const lost = () => missed > 1;
  const answered = (health) => {
    const back = lost();
    missed = 0;
    banner.hidden = true;
    tell(health);
    if (!back) return;
    closeNews();
    document.dispatchEvent(new CustomEvent('cv:back'));
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
