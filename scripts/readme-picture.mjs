// docs/pictures/screens.svg: the moving picture of the README, from the recorded frames of a real demo
// (record-demo.mjs) and of the screens, which a test holds equal to what is drawn. A test holds this picture equal to
// what this script makes.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const pictureFile = join(root, 'docs', 'pictures', 'screens.svg');

/** In the order in which somebody installs a database and looks at it. */
const shown = ['parameters-filled', 'preview-plan', 'progress', 'dashboard', 'top', 'switchover-plan'];
const [columns, rows] = [80, 24];
const [cellWidth, cellHeight, margin] = [8.4, 18, 14];
const secondsEach = 4;

const colours = {'✔': 'good', '✖': 'bad', '!': 'warning', '❯': 'accent', '›': 'accent', '⏎': 'accent'};
const sparks = /[▁▂▃▄▅▆▇█]{2,}/;

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The text in pieces: signs and sparklines have a colour, rules are dim. */
function pieces(line) {
  if (/^ *─+$/.test(line)) return `<tspan class="dim">${escaped(line)}</tspan>`;
  return line
    .split(/([✔✖❯›⏎]|▁[▁▂▃▄▅▆▇█]*|[▁▂▃▄▅▆▇█]{2,})/)
    .map((piece) => {
      const kind = sparks.test(piece) ? 'accent' : colours[piece];
      return kind ? `<tspan class="${kind}">${escaped(piece)}</tspan>` : escaped(piece);
    })
    .join('');
}

function frame(text, index) {
  const lines = text.replace(/\n+$/, '').split('\n');
  const drawn = lines.flatMap((line, row) =>
    line.trim() === ''
      ? []
      : [`<text x="${margin}" y="${margin + (row + 1) * cellHeight - 4}" xml:space="preserve">${pieces(line)}</text>`],
  );
  return `<g class="frame" style="animation-delay:${index * secondsEach}s">\n${drawn.join('\n')}\n</g>`;
}

export function picture() {
  const demo = JSON.parse(readFileSync(join(root, 'test', 'recorded-demo.json'), 'utf8'));
  const screens = shown.map((name) =>
    readFileSync(join(root, 'test', 'screens', 'frames', `${name}-${columns}x${rows}.txt`), 'utf8'),
  );
  const frames = [...demo.map((lines) => lines.join('\n')), ...screens];
  const [width, height] = [Math.round(columns * cellWidth + 2 * margin), rows * cellHeight + 2 * margin];
  const share = (100 / frames.length).toFixed(3);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'role="img" aria-label="The demo, step by step; then screens: parameters, plan, progress, dashboard, activity, ' +
      'switchover">',
    '<style>',
    'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d7dce2}',
    '.dim{fill:#5b6570}.accent{fill:#56c2d6}.good{fill:#6cc070}.warning{fill:#d9b44a}.bad{fill:#e06c75}',
    `.frame{opacity:0;animation:show ${frames.length * secondsEach}s infinite}`,
    `@keyframes show{0%{opacity:1}${share}%{opacity:1}${(Number(share) + 0.01).toFixed(3)}%{opacity:0}100%{opacity:0}}`,
    '@media (prefers-reduced-motion:reduce){.frame{animation:none}.frame:nth-of-type(4){opacity:1}}',
    '</style>',
    `<rect width="${width}" height="${height}" rx="8" fill="#14181d"/>`,
    ...frames.map(frame),
    '</svg>',
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(dirname(pictureFile), {recursive: true});
  writeFileSync(pictureFile, picture());
}
