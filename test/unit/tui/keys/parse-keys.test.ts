// The terminal's bytes become keys, however they are cut.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Key} from '../../../../source/tui/keys/key.ts';
import {createKeyParser, pastePart} from '../../../../source/tui/keys/parse-keys.ts';

const esc = '\u001b';

/** Runs and pastes that follow each other are one: only how they were cut differs. */
function joined(keys: readonly Key[]): readonly Key[] {
  return keys.reduce<Key[]>((all, key) => {
    const last = all.at(-1);
    if ((key.name === 'text' || key.name === 'paste') && last?.name === key.name)
      return [...all.slice(0, -1), {name: key.name, text: `${last.text}${key.text}`}];
    return [...all, key];
  }, []);
}
function parse(...chunks: readonly (string | Uint8Array)[]): readonly Key[] {
  const parser = createKeyParser();
  return joined([...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.flush()]);
}
function names(text: string): readonly string[] {
  return parse(text).map((key) => (key.name === 'text' ? `"${key.text}"` : key.name));
}
function cut(text: string | Uint8Array, at: readonly number[]): (string | Uint8Array)[] {
  const places = [...new Set([0, ...at.map((place) => place % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

describe('named keys', () => {
  it.each([
    ['enter', ['\r', '\n', '\r\n', `${esc}OM`]],
    ['tab', ['\t']],
    ['shift-tab', [`${esc}[Z`, `${esc}[1;2Z`]],
    ['backspace', ['\u007f', '\b']],
    ['delete', [`${esc}[3~`, `${esc}[3;2~`]],
    ['escape', [esc]],
    ['up', [`${esc}[A`, `${esc}OA`, `${esc}[1;2A`, `${esc}[1;5A`]],
    ['down', [`${esc}[B`, `${esc}OB`]],
    ['right', [`${esc}[C`, `${esc}OC`, `${esc}[1;2C`]],
    ['left', [`${esc}[D`, `${esc}OD`]],
    ['home', [`${esc}[H`, `${esc}OH`, `${esc}[1~`, `${esc}[7~`, `${esc}[1;5H`]],
    ['end', [`${esc}[F`, `${esc}OF`, `${esc}[4~`, `${esc}[8~`]],
    ['page-up', [`${esc}[5~`]],
    ['page-down', [`${esc}[6~`]],
    ['ctrl-left', [`${esc}[1;5D`, `${esc}[1;3D`, `${esc}Od`, `${esc}O5D`, `${esc}${esc}[D`, `${esc}${esc}OD`]],
    ['ctrl-right', [`${esc}[1;5C`, `${esc}[1;3C`, `${esc}Oc`, `${esc}O1;5C`]],
    ['alt-b', [`${esc}b`]],
    ['alt-f', [`${esc}f`]],
    ['alt-d', [`${esc}d`, `${esc}[3;5~`]],
    ['alt-backspace', [`${esc}\u007f`, `${esc}\b`]],
    ['ctrl-a', ['\u0001']],
    ['ctrl-c', ['\u0003', `${esc}\u0003`]],
    ['ctrl-z', ['\u001a']],
  ])('%s', (name, sequences) => {
    for (const sequence of sequences) expect(names(sequence), JSON.stringify(sequence)).toEqual([name]);
  });

  it('in one chunk come one by one, with the text between them', () => {
    expect(names(`ab\u007f\u007f\u007fy\r${esc}[B${esc}[B\r`)).toEqual([
      '"ab"',
      'backspace',
      'backspace',
      'backspace',
      '"y"',
      'enter',
      'down',
      'down',
      'enter',
    ]);
    expect(names('\r\r')).toEqual(['enter', 'enter']);
    expect(names(`${esc}${esc}`)).toEqual(['escape', 'escape']);
    expect(names(`${esc}${esc}${esc}[A`)).toEqual(['escape', 'up']);
  });
});

describe('what is no key of ours', () => {
  it.each([
    ['f-keys', `${esc}OP${esc}[15~${esc}[1;5P${esc}[[A`],
    ['insert', `${esc}[2~`],
    ['focus reports', `${esc}[I${esc}[O`],
    ['a cursor report', `${esc}[24;80R`],
    ['mouse reports', `${esc}[<0;10;5M${esc}[<0;10;5m${esc}[M !!`],
    ['device attributes', `${esc}[?62;22c${esc}[>0;276;0c`],
    ['kitty and modifyOtherKeys', `${esc}[97;5u${esc}[27;5;13~`],
    ['colours told by OSC', `${esc}]11;rgb:0000/0000/0000${esc}\\${esc}]10;x\u0007`],
    ['DCS, APC, PM', `${esc}P1$r0m${esc}\\${esc}_x${esc}\\${esc}^y${esc}\\`],
    ['eight-bit CSI and OSC', '\u009b24;80R\u009d11;x\u009c'],
    ['the end of a paste that never began', `${esc}[201~`],
    ['alt and a character', `${esc}x${esc}é${esc}😀`],
    ['control characters without a name', '\u0000\u001c\u001f'],
  ])('%s is swallowed', (_, sequence) => {
    expect(names(`a${sequence}b`)).toEqual(['"ab"']);
  });

  it('half a sequence waits, and is nothing when nothing comes', () => {
    const parser = createKeyParser();
    expect(parser.push(`${esc}]11;rgb:`)).toEqual([]);
    expect(parser.pending).toBe('sequence');
    expect(parser.flush()).toEqual([]);
    expect(parser.pending).toBeNull();
    expect(parser.push('a')).toEqual([{name: 'text', text: 'a'}]);
  });

  it('a key gets through even in the middle of a sequence', () => {
    expect(names(`${esc}]11;\u0003`)).toEqual(['ctrl-c']);
    expect(names(`${esc}[1;\r`)).toEqual(['enter']);
    expect(names(`${esc}[1;${esc}[A`)).toEqual(['up']);
  });
});

describe('a lone ESC', () => {
  it('is pending until the flush, or until the rest of a sequence', () => {
    const parser = createKeyParser();
    expect(parser.push(esc)).toEqual([]);
    expect(parser.pending).toBe('escape');
    expect(parser.flush()).toEqual([{name: 'escape'}]);
    expect(parser.push(esc)).toEqual([]);
    expect(parser.push('[A')).toEqual([{name: 'up'}]);
    expect(parser.pending).toBeNull();
  });
});

describe('a paste', () => {
  it('is one event over many chunks, its newlines no Enter and its keys no keys', () => {
    const text = `one\r\ntwo\u0003${esc}[A${esc}[201 three`;
    expect(parse(`a${esc}[20`, `0~${text.slice(0, 5)}`, text.slice(5), `${esc}[2`, '01~b\r')).toEqual([
      {name: 'text', text: 'a'},
      {name: 'paste', text},
      {name: 'text', text: 'b'},
      {name: 'enter'},
    ]);
  });

  it('that never ends is given out by the flush', () => {
    const parser = createKeyParser();
    expect(parser.push(`${esc}[200~abc${esc}[2`)).toEqual([]);
    expect(parser.pending).toBe('paste');
    expect(parser.flush()).toEqual([{name: 'paste', text: `abc${esc}[2`}]);
    expect(parser.push('\r')).toEqual([{name: 'enter'}]);
  });

  it('that is very long comes in parts, and stays a paste', () => {
    const text = 'x\r'.repeat(pastePart);
    const keys = createKeyParser().push(`${esc}[200~${text}${esc}[201~`);
    expect(keys.map(({name}) => name)).toEqual(['paste', 'paste']);
    expect(joined(keys)).toEqual([{name: 'paste', text}]);
  });
});

describe('text', () => {
  const character = fc.oneof(
    fc.string({unit: 'grapheme', minLength: 1, maxLength: 3}),
    fc.constantFrom('é', 'e\u0301', '👩‍👩‍👧', '🇩🇪', '日本', '한', '1️⃣'),
  );
  const typed = fc.array(character).map((parts) => parts.join('').replace(/\p{Cc}/gu, ''));
  const places = fc.array(fc.nat());

  it('arrives complete and in order, in whatever chunks of characters or of UTF-8', () => {
    fc.assert(
      fc.property(typed, places, (text, at) => {
        const expected = text === '' ? [] : [{name: 'text', text}];
        expect(parse(...cut(text, at))).toEqual(expected);
        expect(parse(...cut(new TextEncoder().encode(text), at))).toEqual(expected);
      }),
    );
  });

  const final = fc.constantFrom(...'ABCDFHZPQRSabcdmnuIO~'.split(''));
  const csi = fc
    .tuple(fc.string({unit: fc.constantFrom(...'0123456789;:<>?='.split('')), maxLength: 80}), final)
    .map(([parameters, end]) => `${esc}[${parameters}${end}`);
  const string = fc
    .tuple(fc.constantFrom(...']P^_X'.split('')), fc.string({unit: 'grapheme'}), fc.constantFrom('\u0007', `${esc}\\`))
    .map(([start, text, end]) => `${esc}${start}${text.replace(/\p{Cc}/gu, '')}${end}`);
  const other = fc.oneof(
    fc.constantFrom('P', 'Q', 'R', 'S', 'A', '5C', 'M').map((key) => `${esc}O${key}`),
    fc.constantFrom('x', '日', ' ', '7', '=').map((key) => `${esc}${key}`),
  );
  const garbage = fc.oneof(csi, string, other).filter((sequence) => sequence !== `${esc}[200~`);

  it('is never what an escape sequence holds', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            typed.map((text) => [text, text] as const),
            garbage.map((sequence) => [sequence, ''] as const),
          ),
        ),
        places,
        (pieces, at) => {
          const seen = parse(...cut(pieces.map(([sent]) => sent).join(''), at)).flatMap((key) =>
            key.name === 'text' ? key.text : [],
          );
          expect(seen.join('')).toBe(pieces.map(([, text]) => text).join(''));
        },
      ),
    );
  });

  it('and keys do not depend on where the chunks end', () => {
    const anything = fc.array(
      fc.oneof(
        typed,
        garbage,
        fc.constantFrom(
          '\r',
          '\n',
          '\t',
          '\u007f',
          '\u0003',
          esc,
          `${esc}[200~`,
          `${esc}[201~`,
          '\u009b',
          '\u0090',
          `${esc}[M`,
          `${esc}[[`,
        ),
      ),
    );
    fc.assert(
      fc.property(anything, places, (pieces, at) => {
        const text = pieces.join('');
        expect(parse(...cut(text, at))).toEqual(parse(text));
      }),
    );
  });
});
