// Loaded before the program (`--import`): the names of Azure lead to the lab's port on this machine, and no other name leads
// anywhere. The program under test knows nothing of it.
import net from 'node:net';

const { hosts, port, metadata } = JSON.parse(process.env.LAB ?? '{}');
const suffixes = hosts ?? [];
// eslint-disable-next-line typescript/unbound-method -- called with its socket below
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (typeof options === 'object' && options !== null && typeof options.host === 'string' && (options.path ?? null) === null) {
    const host = options.host.toLowerCase();
    const isLab = suffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
    const isLocal = host === 'localhost' || host.startsWith('127.') || host === '::1';
    if (!isLocal) {
      options.host = '127.0.0.1';
      // Port 1 is closed: nothing listens there.
      options.port = isLab ? port : host === '169.254.169.254' && metadata !== undefined ? metadata : 1;
      delete options.lookup;
    }
  }
  return connect.apply(this, given);
};
