// Programs in helm's place that do something else once, at a certain point.
import {chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'pghi-trap-'));
const fileFor = (name: string) => join(folder, `${name}-${Math.random().toString(36).slice(2)}`);

function script(file: string, lines: readonly string[]): string {
  writeFileSync(file, ['#!/bin/bash', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}

/**
 * A helm that kills itself, or us, at a certain point of its first install, or of another command; afterwards it is the
 * real one.
 */
export function trap(helm: string, name: string, body: string, command = 'install'): string {
  const file = fileFor(name);
  const marker = `${file}.sprung`;
  return script(file, [
    `if [ "$1" = ${command} ] && [[ "$*" != *dry-run* ]] && [ ! -e ${marker} ]; then touch ${marker}`,
    body.replaceAll('HELM', helm),
    'fi',
    `exec ${helm} "$@"`,
  ]);
}

export interface GatedHelm {
  readonly path: string;
  /** Whether an install has come to the gate. */
  isReached(): boolean;
  open(): void;
}

/** A helm whose install stands before a gate: the program that called it is at work until the test opens the gate. */
export function gatedHelm(helm: string, command: 'install' | 'upgrade' = 'install'): GatedHelm {
  const file = fileFor('gated');
  const [gate, reached] = [`${file}.gate`, `${file}.reached`];
  writeFileSync(gate, '');
  const path = script(file, [
    `if [ "$1" = ${command} ] && [[ "$*" != *dry-run* ]]; then`,
    `touch ${reached}; while [ -e ${gate} ]; do sleep 0.2; done`,
    'fi',
    `exec ${helm} "$@"`,
  ]);
  return {path, isReached: () => existsSync(reached), open: () => rmSync(gate, {force: true})};
}
