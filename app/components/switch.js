/* A row of choices that Gradio draws. What it shows follows what we know, and what is clicked is read where the browser
   tells it, since Gradio takes it over a moment later: on a slow machine a link's choice was undone by the first one.
   Call `mark` after every drawing. */
const makeSwitch = (place, known, choose) => {
  const input = (value) => document.querySelector(`${place} input[value="${value}"]`);
  const mark = () => { const one = input(known()); if (one && !one.checked) one.click(); };
  document.addEventListener('change', (event) => { if (event.target.closest?.(place)) choose(event.target.value); });
  setTimeout(mark, 100);
  return { input, mark };
};
