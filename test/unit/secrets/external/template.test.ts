import { describe, expect, it } from '@jest/globals';
import { revealSecret, type SecretValue } from '../../../../shared/model/secret-value.ts';
import { data, evaluate, failure, hidden, manifest } from './bed.ts';

const rows = (...keys: readonly string[]) => keys.map((key) => ({ secretKey: key, remoteRef: { key } }));
const spec = (template: object, target: object = {}) =>
  ({ target: { ...target, template }, data: rows('user', 'pw') }) as never;
const store = { user: 'ada', pw: 'p"w' };

describe('a template', () => {
  it.each([
    { template: { data: { url: '{{ .user }}:{{ .pw }}@db' } }, made: { url: 'ada:p"w@db' } },
    { template: { mergePolicy: 'Merge', data: { user: '{{ .user | upper }}' } }, made: { user: 'ADA', pw: 'p"w' } },
    { template: { type: 'Opaque' }, made: { user: 'ada', pw: 'p"w' } },
    { template: { templateFrom: [{ literal: 'a: {{ .user }}\nb: {{ .pw | quote }}' }] }, made: { a: 'ada', b: 'p"w' } },
    {
      template: { data: { a: 'data' }, templateFrom: [{ literal: 'a: one\nb: one' }, { literal: 'b: two' }] },
      made: { a: 'data', b: 'two' },
    },
    {
      template: {
        templateFrom: [
          { configMap: { name: 'cm', items: [{ key: 'conf' }, { key: 'map', templateAs: 'KeysAndValues' }] } },
        ],
      },
      made: { conf: 'u=ada', m: 'ada' },
    },
    {
      template: { templateFrom: [{ literal: 'a: aGVsbG8=', valuesDecodingStrategy: 'Base64' }] },
      made: { a: 'hello' },
    },
  ])('gives the data: $template', ({ template, made }) => {
    const sources = new Map(
      Object.entries({ conf: 'u={{ .user }}', map: 'm: {{ .user }}' }).map(([key, text]) => [key, Buffer.from(text)]),
    );
    expect(data(spec(template), { store: { ...store, cm: { state: 'source', data: sources } } })).toEqual(made);
  });

  it.each([
    ['0123', '83'],
    ['1e5', '100000'],
    ['1e6', '1e+06'],
    ['1000000', '1000000'],
    ['1.10', '1.1'],
    ['0.00001', '1e-05'],
    ['12345678.5', '1.2345678e+07'],
    ['yes', 'true'],
    ['null', ''],
    ['~', ''],
    ['p#x y # c', 'p#x y'],
    ['"0123"', '0123'],
    ['123456789012', '123456789012'],
    ['1_000', '1000'],
    ['0x1F', '31'],
    ['123456.789', '123456.79'],
    ['16777217.0', '1.6777216e+07'],
    ['1e400', '1e400'],
    ['.5', '0.5'],
    ['on', 'true'],
    ['1:30', '1:30'],
    ['2020-01-01', '2020-01-01'],
    ['<<', '<<'],
  ])('reads what is not in quotes as YAML, as External Secrets Operator does: %s', (written, read) => {
    expect(data(spec({ templateFrom: [{ literal: `a: ${written}` }] }), { store })).toEqual({ a: read });
  });

  it('has a notice for each value of a literal that is not in quotes', () => {
    const literal = 'a: {{ .user }}\nb: {{ .pw | quote }}\nc: "{{ .pw }}"\nd: {{ .pw -}}';
    expect(evaluate(spec({ templateFrom: [{ literal }] }), { store: { user: 'a', pw: 'b' } })).toMatchObject({
      notices: [expect.stringContaining('literal, line 1:'), expect.stringContaining('literal, line 4:')],
    });
  });

  it.each(['a: @x', 'a: *x', 'a: %x', 'a: [1', '- a', 'a: {b: c}', 'plain', 'a: 9223372036854775807'])(
    'that renders no map of texts fails without a word of what it rendered: %s',
    (literal) => {
      const { code, message } = failure(() => evaluate(spec({ templateFrom: [{ literal }] }), { store }));
      expect(code).toBe('secret-template');
      expect(message).toContain('template templateFrom[0]: what it renders is not');
    },
  );

  it('that fails is named with line and column, together with all others that fail', () => {
    const { message } = failure(() =>
      evaluate(spec({ data: { a: '{{ .nosuch }}', b: 'x\n{{ fail .pw }}', c: 'ok' } }), { store }),
    );
    expect(message).toMatch(/template a:1:\d+/);
    expect(message).toMatch(/template b:2:\d+/);
    expect(message).not.toContain('p"w');
  });

  it('cannot be read where its ConfigMap or the key in it is missing', () => {
    const template = { templateFrom: [{ configMap: { name: 'cm', items: [{ key: 'conf' }] } }] };
    expect(failure(() => evaluate(spec(template), { store })).message).toContain(
      'templateFrom[0] (ConfigMap apps/cm): it does not exist',
    );
    const empty = { state: 'source', data: new Map() } as const;
    expect(failure(() => evaluate(spec(template), { store: { ...store, cm: empty } })).message).toContain(
      'it has no key conf',
    );
  });

  it('gives type, labels, annotations and finalizers', () => {
    const metadata = { labels: { l: 'x' }, annotations: { a: '{{ "y" | upper }}' }, finalizers: ['example.org/keep'] };
    expect(manifest(spec({ type: 'kubernetes.io/basic-auth', metadata }), { store })).toMatchObject({
      type: 'kubernetes.io/basic-auth',
      metadata: { labels: { l: 'x' }, annotations: { a: 'Y' }, finalizers: ['example.org/keep'] },
    });
  });
});

describe('a secret value', () => {
  const sources = { state: 'source', data: new Map([['t', Buffer.from('fixed')]]) } as const;
  it.each([
    { metadata: { annotations: { a: '{{ .pw }}' } } },
    { metadata: { labels: { a: '{{ index . "user" }}' } } },
    { metadata: { labels: { a: '{{ range $k, $v := . }}{{ $v }}{{ end }}' } } },
    { templateFrom: [{ target: 'Annotations', literal: 'a: {{ .pw }}' }] },
    { templateFrom: [{ target: 'labels', secret: { name: 'src', items: [{ key: 't' }] } }] },
  ])('is refused in labels and annotations: %j', (template) => {
    const all = { store: { user: 'ada', pw: 'pw', src: sources } };
    const { code, message } = failure(() => evaluate(spec(template), all));
    expect({ code, message }).toEqual({
      code: 'secret-refused',
      message: expect.stringContaining('which are not secret'),
    });
    expect(evaluate(spec(template), { ...all, allow: { metadata: true } }).state).toBe('resolved');
  });

  it('is refused as a key', () => {
    const template = { templateFrom: [{ literal: '{{ .user }}-key: x' }] };
    expect(failure(() => evaluate(spec(template), { store: { user: 'marker', pw: 'x' } }))).toMatchObject({
      code: 'secret-refused',
    });
    const keys = { templateFrom: [{ literal: '{{ range $k, $v := . }}{{ $k }}: {{ $v | quote }}\n{{ end }}' }] };
    expect(data(spec(keys), { store })).toEqual(store);
  });

  it('is refused in another kind, unless the kind is allowed, and concealed there', () => {
    const target = { manifest: { apiVersion: 'v1', kind: 'ConfigMap' } };
    const template = { data: { url: '{{ .user }}@db', fixed: 'x' } };
    expect(failure(() => evaluate(spec(template, target), { store }))).toMatchObject({ code: 'secret-refused' });
    const made = manifest(spec(template, target), { store, allow: { targets: (kind) => kind === 'ConfigMap' } });
    expect(made).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { fixed: 'x' } });
    const { url } = made.data as { readonly url: SecretValue };
    expect(Buffer.from(revealSecret(url)).toString()).toBe('ada@db');
    expect(manifest(spec({ data: { fixed: 'x' } }, target), { store }).data).toEqual({ fixed: 'x' });
  });

  it('is put at a path of another kind', () => {
    const target = { manifest: { apiVersion: 'example.org/v1', kind: 'Thing' } };
    const templateFrom = [
      { target: 'spec', literal: 'size: 3\nfixed: true' },
      { target: 'spec.rules[1].from', literal: 'user: {{ .user }}' },
    ];
    const made = manifest(spec({ templateFrom }, target), {
      store,
      allow: { targets: (kind) => kind === 'example.org/Thing' },
    });
    expect(JSON.parse(JSON.stringify(made.spec))).toEqual({
      size: 3,
      fixed: true,
      rules: [null, { from: { user: '<secret>' } }],
    });
  });

  it('that is no value of a label is refused even where metadata may hold values', () => {
    const template = { metadata: { labels: { a: '{{ .pw }}' } } };
    expect(failure(() => evaluate(spec(template), { store, allow: { metadata: true } })).message).toContain(
      'is no value of a label',
    );
  });
});

describe('what is made once', () => {
  const password = {
    state: 'make-once',
    spec: {
      type: 'password',
      length: 12,
      digits: 3,
      symbols: 0,
      symbolCharacters: '-',
      noUpper: false,
      allowRepeat: true,
      encoding: 'raw',
      secretKeys: ['password'],
    },
  } as const;
  const sshKey = { state: 'make-once', spec: { type: 'ssh-key', keyType: 'ed25519', comment: '' } } as const;
  const from = (template?: object, rewrite: readonly object[] = []) =>
    ({
      ...(template === undefined ? {} : { target: { template } }),
      dataFrom: [{ sourceRef: { generatorRef: { kind: 'Password', name: 'gen' } }, rewrite }],
    }) as never;
  const existing = (values: { readonly [key: string]: string }) => ({
    data: new Map(Object.entries(values).map(([key, value]) => [key, hidden(value)])),
    annotations: {},
  });

  it('is made where the Secret does not have it, and kept where it has, under the key that rewrite gives', () => {
    const rewrite = [{ regexp: { source: '^', target: 'db-' } }];
    const made = data(from(undefined, rewrite), { store: { gen: password } });
    expect(made['db-password']).toMatch(/^[A-Za-z0-9]{12}$/);
    const kept = { store: { gen: password }, existing: existing({ 'db-password': 'old one' }) };
    expect(data(from(undefined, rewrite), kept)).toEqual({ 'db-password': 'old one' });
    expect(evaluate(from(undefined, rewrite), kept)).toMatchObject({ usesExisting: true });
  });

  it('is kept beside a template that merges, and used by it', () => {
    const template = { mergePolicy: 'Merge', data: { url: 'x:{{ .password }}' } };
    const known = { store: { gen: password }, existing: existing({ password: 'old', url: 'x:old' }) };
    expect(data(from(template), known)).toEqual({ password: 'old', url: 'x:old' });
  });

  it.each([{ data: { url: '{{ .password }}' } }, { mergePolicy: 'Merge', data: { password: '{{ .password }}!' } }])(
    'cannot be kept where only the template has it, which is said with the way out: %j',
    (template) => {
      const known = { store: { gen: password }, existing: existing({ url: 'x', password: 'y' }) };
      expect(failure(() => evaluate(from(template), known)).hint).toContain('template.mergePolicy: Merge');
      expect(evaluate(from(template), { store: { gen: password } }).state).toBe('resolved');
    },
  );

  it('is made as a whole where half of a key pair is missing', () => {
    const half = { store: { gen: sshKey }, existing: existing({ privateKey: 'old' }) };
    expect(data(from(), half).privateKey).toContain('BEGIN OPENSSH PRIVATE KEY');
    const whole = { store: { gen: sshKey }, existing: existing({ privateKey: 'old', publicKey: 'old too' }) };
    expect(data(from(), whole)).toEqual({ privateKey: 'old', publicKey: 'old too' });
  });
});
