// Stands in for undici where handlers are bundled: connections and requests, without fetch, caches, mocks and WebSockets.
import connect from '../../node_modules/undici/lib/api/api-connect.js';
import request from '../../node_modules/undici/lib/api/api-request.js';
import Agent from '../../node_modules/undici/lib/dispatcher/agent.js';
import Dispatcher from '../../node_modules/undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from '../../node_modules/undici/lib/dispatcher/env-http-proxy-agent.js';
import Pool from '../../node_modules/undici/lib/dispatcher/pool.js';
import ProxyAgent from '../../node_modules/undici/lib/dispatcher/proxy-agent.js';

// As undici's own entry does; by the first, it goes through proxies.
Object.assign(Dispatcher.prototype, { connect, request });

export { Agent, EnvHttpProxyAgent, Pool, ProxyAgent };
