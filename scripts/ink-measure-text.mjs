// Stands for Ink's measure-text in the bundle: the same, without keeping every text that it ever measured. Measuring is
// fast; see string-width.mjs.
import widestLine from 'widest-line';

export default function measureText(text) {
  return text === '' ? {width: 0, height: 0} : {width: widestLine(text), height: text.split('\n').length};
}
