import * as pulumi from '@pulumi/pulumi';
import { beforeAll, expect, test } from 'vitest';
import { config, PROJECT, settingsOf } from './program.ts';

// Says what project it is whose configuration is read.
beforeAll(() => pulumi.runtime.setMocks({ newResource: () => ({ id: '', state: {} }), call: () => ({}) }, PROJECT, 'test', false));

test.each([
  ['adminUsername', 'Administrator', 'guessed first'],
  ['adminUsername', 'a b', 'should be a letter'],
  ['adminNetworks', '["0.0.0.0/0"]', 'private networks'],
  ['adminNetworks', '["192.0.2.0/28"]', 'private networks'],
  ['adminNetworks', '["10.20.0.1/28"]', 'private networks'],
  ['adminNetworks', '["10.20.0.0/24"]', '32 at most'],
  ['virtualNetwork', '10.60.0.0/24', '/22 or larger'],
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
])("'%s' may not be '%s'", (name, value, says) => {
  expect(() => settingsOf(config({ [name]: value }))).toThrow(says);
});

test('all that is wrong is said at once', () => {
  expect(() => settingsOf(config({ access: 'public', gateways: '99' }))).toThrow(/'access'[\s\S]*'gateways'/);
});

test('an image may be named by version, digest or both', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  for (const scanImage of [`contoso.azurecr.io/tools/rdposture@${digest}`, `contoso.azurecr.io/rdposture:0.1.0@${digest}`, 'localhost:5000/rdposture:0.1.0'])
    expect(settingsOf(config({ scanImage }))).toHaveProperty('scan.image', scanImage);
});
