const swatch = h('div', { class: 'swatch', role: 'img', style: 'height:160px' });
makePlainLab({ node: swatch, paint({ colour, answer }) { swatch.style.background = colour; swatch.setAttribute('aria-label', answer); } });
