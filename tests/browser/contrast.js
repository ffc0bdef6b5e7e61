// The texts of a page whose contrast to what is behind them is below 4.5 (WCAG 2.2 AA).
(() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  function rgba(color) {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  }

  const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));

  function ground(element) {
    if (!element) return rgba(getComputedStyle(document.body).backgroundColor).slice(0, 3);
    return over(rgba(getComputedStyle(element).backgroundColor), ground(element.parentElement));
  }

  function luminance(color) {
    const [r, g, b] = color.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(element, color) {
    const below = ground(element);
    const [dark, light] = [luminance(below), luminance(over(rgba(color), below))].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  const seen = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || element.closest("script, noscript, .unseen, [hidden]")) continue;
    seen.push([words.currentNode.data.trim(), contrast(element, getComputedStyle(element).color)]);
  }
  const input = document.getElementById("filter");
  seen.push([input.placeholder, contrast(input, getComputedStyle(input, "::placeholder").color)]);
  return { looked: seen.length, faint: seen.filter(([, ratio]) => ratio < 4.5) };
})()
