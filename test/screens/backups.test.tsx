// Backups from the dashboard: what there is, one more, the proof of one, a new release from one.
import {describe, expect, it} from 'vitest';
import {cause, UserError} from '../../source/core/cause.ts';
import {imageNotFound, listing, resultWith} from '../support/fakes/fake-client.ts';
import {withBackups} from '../support/screens/every-screen.ts';
import {toDashboard, type Options, type Wizard} from '../support/screens/wizard.tsx';

async function open(options: Options = {}): Promise<Wizard> {
  const wizard = await toDashboard({...options, client: {status: withBackups, ...options.client}});
  wizard.type('k');
  return wizard;
}

async function opened(options: Options = {}): Promise<Wizard> {
  const wizard = await open(options);
  await wizard.waitForText('❯ 20260102T030000Z');
  return wizard;
}

describe('the list', () => {
  it('tells of each how old and large it is, and whether it was proven', async () => {
    const wizard = await opened();
    expect(wizard.frame()).toMatch(/20260102T030000Z +4 min .*never tried\n.*restored 18 h ago\n.*NOT: table carts/);
    expect(wizard.frame()).toContain('The volume has 8.0 GiB, 7.5 GiB of them free.');
    await wizard.press('down', 'down');
    // Why one is not proven is said whole where one stands on it.
    await wizard.waitForText('20251231T030000Z: table carts: 12 rows, not 13');
    await wizard.press('escape');
    await wizard.waitForText('h history');
    expect(wizard.client.calls).toEqual([]);
  });

  it('of a release without any leads to a schedule, and is no entry where none can be set', async () => {
    const wizard = await toDashboard();
    expect(wizard.frame()).toContain('k backups');
    wizard.type('k');
    await wizard.waitForText(/❯ +Backups +▏off/);
    const readOnly = await toDashboard({given: {readOnly: true}});
    expect(readOnly.frame()).not.toContain('k backups');
  });

  it('that cannot be had says why, and is asked for again', async () => {
    let asked = 0;
    const refused = new UserError(cause('BACKUP_NOT_FOUND', 'orders has no volume of backups.'));
    const backups = async () => (asked++ === 0 ? Promise.reject(refused) : listing);
    const wizard = await open({client: {backups}});
    await wizard.waitForText('BACKUP_NOT_FOUND');
    await wizard.press('escape');
    await wizard.waitForText('h history');
    wizard.type('k');
    await wizard.waitForText('❯ 20260102T030000Z');
  });

  it('of a volume without one offers to make one', async () => {
    const wizard = await open({client: {backups: async () => ({...listing, backups: []})}});
    expect(await wizard.waitForText('There is no backup yet')).not.toContain('prove');
    await wizard.press('enter');
    wizard.type('v');
    wizard.type('n');
    await wizard.waitForText('Backing up orders');
    expect(wizard.client.calls).toEqual(['backup orders {"kind":"backup","action":"run","backup":null,"as":null}']);
  });
});

describe('what is done with them', () => {
  it('the one that is chosen is proven, and the list is read again', async () => {
    const wizard = await opened();
    await wizard.press('down');
    await wizard.waitForText('❯ 20260101T030000Z');
    wizard.type('v');
    await wizard.waitForText('Proving a backup of orders');
    expect(wizard.client.calls).toEqual([
      'backup orders {"kind":"backup","action":"verify","backup":"20260101T030000Z","as":null}',
    ]);
    wizard.client.works[0]?.end(resultWith({operation: 'backup'}));
    await wizard.waitForText('❯ 20260102T030000Z');
  });

  it('a proof that failed is shown with its cause, and leads back to the list', async () => {
    const wizard = await opened();
    wizard.type('v');
    await wizard.waitForText('Proving a backup');
    wizard.client.works[0]?.end(resultWith({operation: 'backup', outcome: 'failed', cause: imageNotFound}));
    await wizard.waitForText('IMAGE_NOT_FOUND');
    await wizard.press('escape');
    await wizard.waitForText('❯ 20260102T030000Z');
  });

  it('a restore asks for a name, shows what is made, and opens it in the end', async () => {
    const wizard = await opened();
    await wizard.press('enter');
    await wizard.waitForText(/New release +orders-restored/);
    await wizard.press('ctrl-u');
    wizard.type('Shop!');
    await wizard.waitForText(/! .*Shop!/);
    await wizard.press('ctrl-u');
    wizard.type('shop');
    await wizard.waitForText('orders is not touched');
    await wizard.press('enter');
    await wizard.waitForText(/shop is installed as a new release[^]*do it/);
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText('Restoring a backup of orders');
    expect(wizard.client.calls).toEqual([
      'backup orders {"kind":"backup","action":"restore","backup":"20260102T030000Z","as":"shop"}',
    ]);
    const notes = ['Backup 20260102T030000Z: 1 database, 4 tables and 12480 rows were restored.'];
    wizard.client.works[0]?.end(resultWith({operation: 'backup', release: 'shop', notes}));
    expect(await wizard.waitForText('shop is there')).toContain('12480 rows were restored');
    wizard.type('o');
    expect(await wizard.waitForText('h history')).toContain('team-a / shop');
  });

  it('Escape goes back from the name to the list', async () => {
    const wizard = await opened();
    await wizard.press('enter');
    await wizard.waitForText('New release');
    await wizard.press('escape');
    await wizard.waitForText('❯ 20260102T030000Z');
  });
});
