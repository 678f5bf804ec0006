import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provideTools, type Tools } from '../../cli/setup/provide-tools.ts';
import type { Application } from '../../shared/model/application.ts';
import { jsonAt } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { refOf } from '../../shared/model/object-ref.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import { parseManifests } from '../../shared/model/yaml.ts';
import { forbiddenDestination, forbiddenObject, forbiddenSource } from '../../shared/plan/project-rules.ts';
import { declare } from '../../shared/registry/declare.ts';
import { type ClusterAccess, openClusterAccess } from '../demo/cluster-access.ts';
import { type Environment, environments, renderByHand } from '../demo/environment.ts';
import { valuesIn, withSecrets } from '../demo/wanted-secrets.ts';
import { sharedControlPlane } from '../support/control-plane/shared-control-plane.ts';
import { runGit } from '../support/git-repositories.ts';
import { makeNamespace } from '../support/namespace.ts';

const examples = join(import.meta.dirname, '../../examples');
const kotaemon = join(examples, 'kotaemon');
const changes = join(examples, 'kotaemon-changes');
const { kubeconfig } = sharedControlPlane();
const fromStores = { llm: { LLM_API_KEY: 'from a store' }, crm: { CRM_OAUTH_TOKEN: 'from a store' } };

let tools: Tools;
let declarations: Declarations;
let cluster: ClusterAccess;
let scratch: string;
beforeAll(async () => {
  tools = await provideTools();
  declarations = await readDeclarations(join(kotaemon, 'apps'));
  cluster = await openClusterAccess(kubeconfig);
  scratch = await mkdtemp(join(tmpdir(), 'plumb-examples-'));
});
afterAll(async () => {
  cluster.close();
  await rm(scratch, { recursive: true });
});

async function readDeclarations(folder: string): Promise<Declarations> {
  const manifests = (await readdir(folder)).map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    return parseManifests(text, name).map((manifest) => ({ manifest, origin: name }));
  });
  return declare((await Promise.all(manifests)).flat());
}

function find({ application: name }: Environment): { readonly application: Application; readonly project: Project } {
  const application = declarations.applications.find((each) => each.application.name === name)?.application;
  const project = declarations.projects.find((each) => each.name === application?.project);
  if (application === undefined || project === undefined) throw new Error(`${name} is not declared`);
  return { application, project };
}

describe('examples/kotaemon', () => {
  it('declares its project and an Application for each environment', () => {
    expect(declarations.rejected).toEqual([]);
    const names = declarations.applications.map(({ application }) => application.name);
    expect(names.sort()).toEqual(environments.map(({ application }) => application).sort());
    expect(declarations.projects.map(({ name }) => name)).toContain('kotaemon');
  });

  it.each(environments)('follows branch $branch in $name, prunes, heals and makes its namespace', (environment) => {
    const { sources, syncPolicy, destination } = find(environment).application;
    expect(destination.namespace).toBe(environment.namespace);
    expect(sources.map(({ targetRevision }) => targetRevision)).toEqual(sources.map(() => environment.branch));
    expect(syncPolicy.automated).toMatchObject({ prune: true, selfHeal: true });
    expect(syncPolicy.syncOptions).toContain('CreateNamespace=true');
  });

  it.each(environments)('stays in $name within what its project allows', async (environment) => {
    const { application, project } = find(environment);
    const manifests = await renderByHand(environment, kotaemon, tools);
    const server = application.destination.server ?? '';
    const refusals = [
      ...application.sources.map(({ repoURL }) => forbiddenSource(project, repoURL)),
      forbiddenDestination(project, { ...application.destination, server }),
      ...manifests.map((manifest) => forbiddenObject(project, refOf(manifest), true)),
    ];
    expect(refusals.filter((why) => why !== undefined)).toEqual([]);
  });

  it.each(environments)('renders for $name what the API server accepts', async (environment) => {
    const namespace = await makeNamespace(kubeconfig, environment.name);
    const rendered = await renderByHand(environment, kotaemon, tools);
    const manifests = await withSecrets(rendered, fromStores);
    const here = manifests.map(
      (each): Manifest => ({ ...each, metadata: { ...each.metadata, namespace: namespace.name } }),
    );
    for (const manifest of here) await cluster.apply(manifest);
    const stored = await Promise.all(here.map((manifest) => cluster.read(manifest)));
    expect(stored.map((live) => live?.metadata.name)).toEqual(here.map(({ metadata }) => metadata.name));
    await namespace.remove();
  });

  it.each(environments)(
    'has secrets in $name as references and ciphertexts alone, and a store for each',
    async (environment) => {
      const rendered = await renderByHand(environment, kotaemon, tools);
      const ofKind = (kind: string): readonly Manifest[] => rendered.filter((manifest) => manifest.kind === kind);
      const stores = ofKind('SecretStore').map(({ metadata }) => metadata.name);
      expect(
        ofKind('ExternalSecret')
          .map(({ spec }) => jsonAt(spec, 'secretStoreRef', 'name'))
          .sort(),
      ).toEqual(stores.sort());
      expect(ofKind('Secret').filter((secret) => secret['sops'] === undefined)).toEqual([]);
      const opened = valuesIn(await withSecrets([...ofKind('SealedSecret'), ...ofKind('Secret')], {}));
      expect(opened).toHaveLength(3);
      const written = JSON.stringify(rendered);
      expect(opened.filter((value) => value.length < 20 || written.includes(value))).toEqual([]);
    },
  );

  it('keeps a change of a strategy or prompt apart from what runs: it gets another name', async () => {
    const [environment] = environments;
    if (environment === undefined) throw new Error('no environment');
    const folder = join(scratch, 'renamed');
    await cp(kotaemon, folder, { recursive: true });
    const before = generatedNames(await renderByHand(environment, folder, tools));
    await applyPatch('add-retrieval-strategy-hyde.patch', folder);
    const after = generatedNames(await renderByHand(environment, folder, tools));
    expect(after.filter((name) => !before.includes(name)).map(withoutHash)).toEqual([
      'prompts',
      'retrieval-strategies',
    ]);
  });
});

describe('examples/kotaemon-changes', () => {
  it('has changes that fit the example one after the other, and render', async () => {
    const folder = join(scratch, 'changed');
    await cp(kotaemon, folder, { recursive: true });
    for (const patch of (await readdir(changes)).sort()) {
      await applyPatch(patch, folder);
      for (const environment of environments) {
        expect((await renderByHand(environment, folder, tools)).length).toBeGreaterThan(0);
      }
    }
  });
});

async function applyPatch(patch: string, folder: string): Promise<void> {
  await runGit(['init', '--quiet'], { folder, home: scratch });
  await runGit(['apply', join(changes, patch)], { folder, home: scratch });
}

function generatedNames(manifests: readonly Manifest[]): readonly string[] {
  return manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ metadata }) => metadata.name)
    .sort();
}

function withoutHash(name: string): string {
  return name.slice(0, name.lastIndexOf('-'));
}
