/* What the page's shape depends on before anything is drawn: Presenter, which a link may ask for, and whether the photo is a strip. */
(() => {
  const page = document.documentElement, narrow = matchMedia('(max-width:1023px)');
  const dress = () => page.classList.toggle('photo-strip', narrow.matches || page.classList.contains('presenter'));
  page.classList.toggle('presenter', new URLSearchParams(location.search).get('presenter') === '1');
  narrow.addEventListener('change', dress);
  document.addEventListener('cv:presenter', dress);
  dress();
})();
