// Other settings from the dashboard: what the release has, what differs, what follows, and what was done.
import {describe, expect, it} from 'vitest';
import {imageNotFound, resultWith, statusWith} from '../support/fakes/fake-client.ts';
import {parametersWith} from '../support/fakes/survey.ts';
import {toDashboard, type Options, type Wizard} from '../support/screens/wizard.tsx';

async function open(options: Options = {}): Promise<Wizard> {
  const wizard = await toDashboard(options);
  wizard.type('e');
  await wizard.waitForText('nothing differs yet');
  return wizard;
}

/** The field below the title of its group, which is so many rows below the first group. */
async function at(wizard: Wizard, groups: number, fields: number): Promise<void> {
  for (let count = 0; count < groups; count += 1) await wizard.press('down');
  await wizard.press('enter');
  for (let count = 0; count < fields; count += 1) await wizard.press('down');
}

async function withTls(options: Options = {}): Promise<Wizard> {
  const wizard = await open(options);
  await at(wizard, 3, 2);
  await wizard.waitForText(/❯ +TLS/);
  wizard.type('self-signed');
  await wizard.press('down', 'down', 'down', 'down');
  await wizard.waitForText('❯ What follows');
  return wizard;
}

describe('settings of a release', () => {
  it('asks for what differs, tells what follows, does it on a second Enter, and says what was done', async () => {
    const wizard = await withTls();
    expect(wizard.frame()).toContain('→ TLS off → self-signed');
    await wizard.press('enter');
    expect(await wizard.waitForText(/Clients that ask for TLS get it[^]*do it/)).toContain('TLS off → self-signed');
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText('Changing settings of orders');
    expect(wizard.client.calls).toEqual([
      'set orders {"kind":"set","answers":{"tls":{"certificate":"self-signed","required":false}},"valuesFile":null}',
    ]);
    wizard.client.works[0]?.end(
      resultWith({operation: 'set', durationMs: 6400, writesOut: {afterMs: 3000, forMs: 1500}}),
    );
    await wizard.waitForText(/Changed: TLS\. Writes were out for 1\.5 s at most\./);
  });

  it('Escape goes back from what follows to the form as it was typed, and from there to the dashboard', async () => {
    const wizard = await withTls();
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('escape');
    await wizard.waitForText(/TLS +self-signed[^]*❯ What follows/);
    await wizard.press('escape');
    await wizard.waitForText('h history');
    // What was typed is kept, also over a look at all releases, until it is taken back.
    wizard.type('e');
    await wizard.waitForText(/❯ What follows[^]*→ TLS off → self-signed[^]*ctrl-r take all back/);
    await wizard.press('escape');
    await wizard.waitForText('h history');
    await wizard.press('escape');
    await wizard.waitForText('NAMESPACE');
    await wizard.press('enter');
    await wizard.waitForText('h history');
    wizard.type('e');
    await wizard.waitForText('→ TLS off → self-signed');
    await wizard.press('ctrl-r');
    await wizard.waitForText('nothing differs yet');
    expect(wizard.client.calls).toEqual([]);
  });

  it('Escape leads from a change to where it was opened: to the settings, or to the dashboard', async () => {
    const wizard = await open();
    await wizard.press('up');
    await wizard.waitForText(/❯ Read replicas[^]*⏎ scale/);
    await wizard.press('enter');
    await wizard.waitForText(/❯ Read replicas +▏/);
    await wizard.press('escape');
    await wizard.waitForText(/❯ Read replicas[^]*⏎ scale/);
    await wizard.press('escape');
    await wizard.waitForText('h history');
    for (const [key, shown] of [
      ['s', /❯ Read replicas +▏/],
      ['r', '❯ CPU'],
      ['u', 'Image tag'],
    ] as const) {
      wizard.type(key);
      await wizard.waitForText(shown);
      await wizard.press('escape');
      await wizard.waitForText('h history');
    }
  });

  it('what was typed is forgotten with another release', async () => {
    const wizard = await withTls();
    await wizard.press('escape');
    await wizard.waitForText('h history');
    await wizard.press('escape');
    await wizard.waitForText('❯ team-a');
    await wizard.press('down', 'enter');
    await wizard.waitForText('h history');
    wizard.type('e');
    await wizard.waitForText('nothing differs yet');
  });

  it('after a failure Escape leads back to what was typed; other fields say what the release has by then', async () => {
    const wizard = await withTls();
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Changing settings of orders');
    wizard.client.works[0]?.end(resultWith({operation: 'set', outcome: 'failed', cause: imageNotFound}));
    await wizard.waitForText('IMAGE_NOT_FOUND');
    await wizard.press('escape');
    await wizard.waitForText(/TLS +self-signed[^]*→ TLS off → self-signed/);
    await wizard.press('up', 'up', 'up', 'up');
    await wizard.waitForText(/❯ +TLS/);
    const tls = {certificate: 'self-signed', required: false} as const;
    wizard.client.follows.at(-1)?.tell(statusWith({parameters: parametersWith({tls, hostname: 'db.example.com'})}));
    await wizard.waitForText(/Network +Hostname db\.example\.com/);
    await wizard.waitForText('nothing differs yet');
  });

  it('one field is taken back by a key, and goes to its default by another', async () => {
    const parameters = parametersWith({hostname: 'db.example.com'});
    const wizard = await open({client: {status: statusWith({parameters})}});
    await at(wizard, 2, 3);
    await wizard.waitForText(/❯ +Hostname +db\.example\.com/);
    await wizard.press('left', 'left', 'ctrl-x');
    await wizard.waitForText(/Hostname +▏none +now db\.example\.com[^]*ctrl-r take back/);
    await wizard.press('ctrl-r');
    expect(await wizard.waitForText(/❯ +Hostname +db\.example\.com/)).not.toContain('take back');
  });

  it('nothing is planned before something differs', async () => {
    const wizard = await open();
    await wizard.press('up', 'up', 'up', 'up', 'up', 'up');
    await wizard.waitForText('❯ Username');
    for (let count = 0; count < 12; count += 1) await wizard.press('down');
    await wizard.waitForText(/❯ What follows[^]*change a field first/);
    await wizard.press('enter');
    expect(wizard.frame()).not.toContain('Working out');
  });

  it('leads to the operation that changes what it only shows, and back to what was typed', async () => {
    const wizard = await withTls();
    await wizard.press('up', 'up', 'up', 'up', 'up', 'up', 'up', 'up', 'up', 'up', 'up');
    await wizard.waitForText(/❯ Storage size[^]*⏎ resize/);
    await wizard.press('enter');
    await wizard.waitForText(/CPU[^]*❯ Storage size/);
    await wizard.press('escape');
    await wizard.waitForText(/❯ Storage size[^]*TLS off → self-signed/);
    await wizard.press('up');
    await wizard.waitForText('❯ Instance type');
    expect(wizard.client.calls).toEqual([]);
  });

  it('takes a setting back to its default when the field is emptied', async () => {
    const parameters = parametersWith({hostname: 'db.example.com', postgresConfig: {work_mem: '16MB', jit: 'off'}});
    const wizard = await open({client: {status: statusWith({parameters})}});
    await at(wizard, 2, 3);
    await wizard.waitForText(/❯ +Hostname +db\.example\.com/);
    await wizard.press('ctrl-u');
    await wizard.waitForText(/Hostname +▏none +now db\.example\.com/);
    await at(wizard, 3, 3);
    await wizard.waitForText(/❯ +PostgreSQL .*jit=off/);
    await wizard.press('ctrl-u');
    await wizard.press('down', 'down', 'down', 'down', 'down');
    await wizard.waitForText('❯ What follows');
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Changing settings');
    expect(wizard.client.calls).toEqual([
      'set orders {"kind":"set","answers":{"hostname":"none","postgresConfig":{"work_mem":null,"jit":null}},' +
        '"valuesFile":null}',
    ]);
  });

  it('of a release that somebody else applies become files', async () => {
    const wizard = await withTls({client: {status: statusWith({steeredBy: 'Argo CD'})}});
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Changing settings');
    expect(wizard.client.calls[0]).toContain('"patchTo":"orders-patch"');
  });

  it('are no entry where nothing may be changed, nor of a release of plain helm', async () => {
    const readOnly = await toDashboard({given: {readOnly: true}});
    expect(readOnly.frame()).not.toContain('e settings');
    const foreign = await toDashboard({client: {status: statusWith({managedBy: 'helm', parameters: null})}});
    expect(foreign.frame()).not.toMatch(/e settings|k backups/);
  });
});

describe('upgrade', () => {
  it('moves a release from the frozen images to maintained ones', async () => {
    const images = {source: 'bitnamilegacy' as const, tag: '17.6.0-debian-12-r4', digest: null, pullSecret: null};
    const wizard = await toDashboard({client: {status: statusWith({parameters: parametersWith({images})})}});
    wizard.type('u');
    await wizard.waitForText(/Image source +bitnamilegacy +frozen since August 2025/);
    await wizard.press('up');
    await wizard.waitForText('❯ Image source');
    await wizard.press('ctrl-n');
    await wizard.waitForText(/official[^]*17\.12-bookworm +now 17\.6\.0-debian-12-r4/);
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Upgrading orders');
    expect(wizard.client.calls).toEqual([
      'upgrade orders {"chartVersion":null,"images":{"source":"official","tag":"17.12-bookworm"}}',
    ]);
  });
});
