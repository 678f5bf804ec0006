import { ClusterError, type ErrorCode, messageOf } from '../../errors.ts';
import { type ApiStatus, isManifestFault } from './api-status.ts';
import { codeOf } from './retry.ts';
import { RequestTimeout } from './send.ts';

/** What a request was for, in the words of its error messages. */
export type Purpose = {
  /** `Deployment shop/web`, `configmaps in shop`. */
  readonly subject: string;
  readonly verb: Verb;
  /** True where the answer may hold secret values: then only reasons and field paths are told. */
  readonly secret: boolean;
};

export type Verb = 'discover' | 'get' | 'list' | 'apply' | 'dry-run' | 'delete' | 'token';

export type Server = { readonly name: string; readonly server: string };

const actions: { readonly [verb in Verb]: string } = {
  discover: 'discovery',
  get: 'read',
  list: 'list',
  apply: 'server-side apply',
  'dry-run': 'server-side dry run',
  delete: 'delete',
  token: 'token request',
};

type Refusal = { readonly code: ErrorCode; readonly retryable?: boolean; readonly hint: string };

type Rule = Refusal & { readonly holds: (status: ApiStatus, purpose: Purpose) => boolean };

/** What a refusal means, first match; the API server's statuses alone do not tell a missing right from a policy's no. */
const rules: readonly Rule[] = [
  {
    holds: ({ code }) => code === 401,
    code: 'cluster-forbidden',
    hint: 'The credentials of the context were not accepted: log in again, or renew the token or certificate in the kubeconfig.',
  },
  {
    holds: ({ causes }) => causes.some(({ reason }) => reason === 'NamespaceTerminating'),
    code: 'cluster-refused',
    retryable: true,
    hint: 'The namespace is being deleted: wait until it is gone, or see in its status.conditions what holds it.',
  },
  {
    holds: (status, { verb }) => status.code === 403 && (isMissingRight(status) || !isWrite(verb)),
    code: 'cluster-forbidden',
    hint: 'Give that user the verb on that resource by a Role or ClusterRole and its binding (check: kubectl auth can-i).',
  },
  {
    holds: ({ code, message }) => code === 403 || message.startsWith('admission webhook'),
    code: 'cluster-refused',
    hint: "An admission rule of the cluster says no: change the object, or ask the rule's owner.",
  },
  {
    holds: ({ code, details }, { subject }) =>
      code === 404 && details.kind === 'namespaces' && !subject.startsWith('Namespace '),
    code: 'cluster-refused',
    hint: 'Create the namespace before, or set the sync option CreateNamespace=true.',
  },
  {
    holds: ({ code }) => code === 404,
    code: 'cluster-refused',
    retryable: true,
    hint: 'Check the server URL, and that the CRD or API service of this kind is installed and Established.',
  },
  {
    holds: ({ code }) => code === 409,
    code: 'cluster-conflict',
    retryable: true,
    hint: 'Somebody else changed the object at the same time: look at it again.',
  },
  {
    holds: ({ code }) => code === 429,
    code: 'cluster-unreachable',
    retryable: true,
    hint: 'The API server is overloaded or limits this user: try again later.',
  },
  {
    holds: ({ causes, message }) =>
      /immutable/.test(message) || causes.some((cause) => /immutable/.test(cause.message)),
    code: 'cluster-refused',
    hint: 'The field cannot change once the object exists: undo the change, or delete the object so that it is made anew.',
  },
  {
    holds: (status) => isManifestFault(status),
    code: 'cluster-refused',
    hint: 'Correct the name or the type of the field in the manifest (see: kubectl explain).',
  },
  {
    holds: ({ code, message }) => code >= 500 && message.includes('failed calling webhook'),
    code: 'cluster-refused',
    retryable: true,
    hint: 'The admission webhook does not answer: see whether its pods and its service are up.',
  },
  {
    holds: ({ code, reason }) => code === 504 || reason === 'Timeout',
    code: 'timeout',
    retryable: true,
    hint: 'The API server was too slow: try again later.',
  },
  {
    holds: ({ code }) => code >= 500 || code === 410,
    code: 'cluster-unreachable',
    retryable: true,
    hint: 'The API server is failing: try again later, or look at its log.',
  },
];

const otherRefusal: Refusal = { code: 'cluster-refused', hint: 'Correct the manifest as the message says.' };

/** The error for an answer that is not a success: `Deployment shop/web: server-side apply failed (422 Invalid): spec.…`. */
export function refusedError(server: Server, purpose: Purpose, status: ApiStatus): ClusterError {
  const { code, hint, retryable } = rules.find(({ holds }) => holds(status, purpose)) ?? otherRefusal;
  const reason = purpose.secret && !reasonWord.test(status.reason) ? '' : status.reason;
  const label = [status.code, reason].filter((part) => part !== '').join(' ');
  const why = purpose.secret ? whyWithoutValues(status) : whyByField(status) || status.message || 'no reason given';
  const where = status.fromApiServer ? '' : ` (answered by ${server.server})`;
  return new ClusterError(code, `${purpose.subject}: ${actions[purpose.verb]} failed (${label}): ${why}${where}`, {
    object: purpose.subject,
    hint,
    status: status.code,
    retryable: retryable ?? false,
  });
}

function isMissingRight({ message }: ApiStatus): boolean {
  return /\bUser "[^"]*" cannot /.test(message);
}

function isWrite(verb: Verb): boolean {
  return verb === 'apply' || verb === 'dry-run' || verb === 'delete';
}

/** The fields and what is wrong with each, without the API server's preamble. */
function whyByField({ causes, message }: ApiStatus): string {
  const named = causes.filter(({ field }) => field !== '').map(({ field, message: wrong }) => `${field}: ${wrong}`);
  if (named.length > 0) return [...new Set(named)].join('; ');
  return message
    .replace(/^failed to create typed patch object \([^)]*\): (errors:)?/, '')
    .replace(/&value\.valueUnstructured\{Value:(.*)\}/g, '$1')
    .split('\n')
    .map((line) => line.trim().replace(/^\./, ''))
    .filter((line) => line !== '')
    .join('; ');
}

/** Reasons that the API server itself has words for; an admission webhook may put anything in that place. */
const reasonWord =
  /^(Unauthorized|Forbidden|NotFound|AlreadyExists|Conflict|Gone|Invalid|ServerTimeout|Timeout|TooManyRequests|BadRequest|MethodNotAllowed|NotAcceptable|RequestEntityTooLarge|UnsupportedMediaType|InternalError|Expired|ServiceUnavailable|StoreReadError)$/;

const causeWord =
  /^(FieldValue(NotFound|Required|Duplicate|Invalid|NotSupported|Forbidden|TooLong|TooMany|TooFew|TypeInvalid)|InternalError|FieldManagerConflict|NamespaceTerminating)$/;

/** Sentences of the API server that never quote what an object holds. */
const valueFree = [
  /^[\w.-]+( "[^"]*")? is forbidden: User "[^"]*" cannot [\w-]+ resource "[^"]*"( in API group "[^"]*")?( in the namespace "[^"]*"| at the cluster scope)?/,
  /^namespaces "[^"]*" not found/,
  /^Operation cannot be fulfilled on [\w.-]+ "[^"]*"/,
  /illegal base64 data at input byte \d+/,
];

const withheld = 'the message is withheld, since it may quote a secret value';

function whyWithoutValues({ causes, message, fromApiServer }: ApiStatus): string {
  if (!fromApiServer) return withheld;
  // All else in such an answer is the webhook's own.
  const webhook = /^admission webhook "[\w.-]+" denied the request/.exec(message)?.[0];
  if (webhook !== undefined) return webhook;
  const fields = causes
    .filter(({ field, reason }) => field !== '' && causeWord.test(reason))
    .map(({ field, reason }) => `${field}: ${reason}`);
  const paths = [
    ...message.matchAll(
      /(?:^|[\s:])\.([\w.[\]/"-]+: (?:field not declared in schema|expected (?:string|map|list|numeric|boolean)))/g,
    ),
  ].map((match) => match[1]);
  const safe = valueFree.map((sentence) => sentence.exec(message)?.[0]).find((text) => text !== undefined);
  const told = [...new Set([...fields, ...paths, safe].filter((part) => part !== undefined))];
  return told.length > 0 ? told.join('; ') : withheld;
}

const unreachableReasons: readonly (readonly [code: RegExp, reason: string, hint: string])[] = [
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    'its host name cannot be resolved',
    'Check the host in the kubeconfig, the DNS and the VPN.',
  ],
  [/^ECONNREFUSED$/, 'the connection is refused', 'Check that the API server runs, and its port in the kubeconfig.'],
  [
    /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/,
    'no connection comes about',
    'Check network, firewall and VPN.',
  ],
  [
    /CERT|VERIFY|ISSUER|SELF_SIGNED|SIGNATURE/,
    'its TLS certificate is not trusted',
    'Set certificate-authority-data (or tls-server-name) of this cluster in the kubeconfig.',
  ],
  [
    /SSL|TLS|EPROTO/,
    'the TLS handshake fails',
    'Check that the server URL is right (https), and the client certificate.',
  ],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    'the connection was cut',
    'Try again later; a proxy or load balancer may cut it.',
  ],
];

/** The error for a request that got no answer, with the reason in plain words. What a parser of HTTP throws holds the answer. */
export function unreachableError(server: Server, purpose: Purpose, error: unknown): ClusterError {
  const late = error instanceof RequestTimeout;
  const [reason, hint] = late ? [messageOf(error), 'Try again later.'] : unreachableReason(error, purpose.secret);
  const message = `${purpose.subject}: ${actions[purpose.verb]} failed: cluster "${server.name}" (${server.server}): ${reason}`;
  return new ClusterError(late ? 'timeout' : 'cluster-unreachable', message, {
    object: purpose.subject,
    hint,
    retryable: true,
    ...(purpose.secret ? {} : { cause: error }),
  });
}

function unreachableReason(error: unknown, isSecret: boolean): readonly [reason: string, hint: string] {
  const code = codeOf(error);
  const said = isSecret ? code || 'no answer that can be read' : messageOf(error);
  const proxy = /prox/i.test(messageOf(error)) || /PRX|PROXY/.test(code);
  if (proxy) return [`its proxy does not let us through: ${said}`, 'Check proxy-url in the kubeconfig.'];
  const known = unreachableReasons.find(([codes]) => codes.test(code));
  return known === undefined ? [said, 'Check the cluster in the kubeconfig.'] : [`${known[1]} (${code})`, known[2]];
}

/** The error for a kind and version that discovery does not list. */
export function notServedError(
  { name }: Server,
  subject: string,
  { kind, apiVersion, failing }: { readonly kind: string; readonly apiVersion: string; readonly failing: boolean },
): ClusterError {
  const why = failing
    ? `cluster "${name}" could not say which kinds ${apiVersion} has, since its API service does not answer`
    : `cluster "${name}" does not serve kind ${kind} in version ${apiVersion}`;
  return new ClusterError(failing ? 'cluster-unreachable' : 'cluster-refused', `${subject}: ${why}`, {
    object: subject,
    hint: failing ? 'See kubectl get apiservices.' : 'Install its CRD, or correct apiVersion and kind.',
    retryable: failing,
  });
}
