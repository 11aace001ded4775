import { expect, test } from 'vitest';
import { config, run } from './program.ts';

test.each([
  ['adminUsername', 'Administrator', 'guessed first'],
  ['adminUsername', 'a b', 'should be a letter'],
  ['adminPassword', 'short', 'shorter than 14'],
  ['adminNetworks', '["0.0.0.0/0"]', 'private networks'],
  ['adminNetworks', '["192.0.2.0/28"]', 'private networks'],
  ['adminNetworks', '["10.20.0.1/28"]', 'private networks'],
  ['adminNetworks', '["10.20.0.0/24"]', '32 at most'],
  ['virtualNetwork', '10.60.0.0/24', 'a /22 or larger'.replace('a ', '')],
  ['virtualNetwork', '198.51.100.0/22', 'private network'],
  ['access', 'public', 'gateway, avd or both'],
  ['gateways', '0', 'from 1 to 10'],
  ['gateways', '11', 'from 1 to 10'],
  ['sessionHosts', '2.5', 'a whole number'],
  ['logDays', '30', 'from 90 to 730'],
  ['alertEmail', 'nobody', 'no address'],
  ['scanImage', 'contoso.azurecr.io/rdposture:latest', "not 'latest'"],
  ['scanImage', 'rdposture', 'should name a registry'],
  ['scanSchedule', 'daily', 'five fields'],
  ['scanHosts', 'winrm', 'snapshots or ssh'],
  ['avdUsersGroup', 'everybody', 'object id'],
  ['avdRegistrationToken', 'not-a-real-token', 'avdConfigurationUrl'],
])("'%s' may not be '%s'", async (name, value, says) => {
  await expect(run(config({ [name]: value }))).rejects.toThrow(says);
});

test('all that is wrong is said at once', async () => {
  await expect(run(config({ access: 'public', gateways: '99' }))).rejects.toThrow(/'access'[\s\S]*'gateways'/);
});

test('an image may be named by version, digest or both', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  for (const scanImage of [`contoso.azurecr.io/tools/rdposture@${digest}`, `contoso.azurecr.io/rdposture:0.1.0@${digest}`, 'localhost:5000/rdposture:0.1.0'])
    await expect(run(config({ scanImage }))).resolves.toBeDefined();
});
