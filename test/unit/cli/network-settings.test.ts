import { describe, expect, it } from '@jest/globals';
import { caFileSetting, proxySettings } from '../../../cli/network-settings.ts';

describe('the network of this machine', () => {
  it.each([
    [{}, { http: '', https: '', except: '' }],
    [
      { HTTP_PROXY: 'http://a', HTTPS_PROXY: 'http://b', NO_PROXY: 'c' },
      { http: 'http://a', https: 'http://b', except: 'c' },
    ],
    [
      { http_proxy: 'http://a', https_proxy: 'http://b', no_proxy: 'c' },
      { http: 'http://a', https: 'http://b', except: 'c' },
    ],
    [
      { HTTP_PROXY: 'http://upper', http_proxy: 'http://lower', HTTPS_PROXY: '', https_proxy: 'http://b' },
      { http: 'http://upper', https: 'http://b', except: '' },
    ],
  ])('has the proxies that %j names', (env, wanted) => expect(proxySettings(env)).toEqual(wanted));

  it.each([
    [{}, ''],
    [{ SSL_CERT_FILE: '' }, ''],
    [{ SSL_CERT_FILE: '/etc/ca.pem' }, '/etc/ca.pem'],
    [{ SSL_CERT_FILE: 'ca.pem' }, '/home/ann/ca.pem'],
  ])('has the file of authorities that %j names', (env, wanted) =>
    expect(caFileSetting(env, '/home/ann')).toBe(wanted),
  );
});
