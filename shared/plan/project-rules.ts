import type { ObjectRef } from '../model/object-ref.ts';
import type { KindRule, Project, ProjectDestination } from '../model/project.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import { compileGlob, destinationGlob, type GlobLanguage, matchGlob, sourceGlob } from './glob.ts';
import { normaliseSourceURL } from './source-url.ts';

export type CheckedDestination = { readonly server: string; readonly name?: string; readonly namespace: string };

/**
 * Why the project's applications may not use a repository, or undefined when they may.
 * At least one pattern of sourceRepos has to allow it, and none with `!` may mean it.
 */
export function forbiddenSource(project: Project, repoURL: string): string | undefined {
  const address = normaliseSourceURL(repoURL);
  const where = `project ${project.name} (sourceRepos)`;
  const denied = project.sourceRepos.find((pattern) => isDenial(pattern) && deniesSource(pattern, address));
  if (denied !== undefined) return `${where} denies ${withoutUserinfo(repoURL)} by "${denied}"`;
  const isAllowed = project.sourceRepos.some((pattern) => matches(normaliseSourceURL(pattern), address, sourceGlob));
  return isAllowed ? undefined : `${where} does not allow ${withoutUserinfo(repoURL)}; ${listed(project.sourceRepos)}`;
}

/**
 * Why the project's applications may not be deployed there, or undefined when they may.
 * One rule of destinations has to match the server or the name, and the namespace; no part with `!` may mean it.
 */
export function forbiddenDestination(project: Project, destination: CheckedDestination): string | undefined {
  const denied = deniedDestination(project, destination);
  if (denied !== undefined) return denied;
  const where = `project ${project.name} (destinations)`;
  const shown = shownDestination(destination);
  if (project.destinations.some((rule) => allowsDestination(rule, destination))) return undefined;
  return `${where} does not allow ${shown}; ${listed(project.destinations.map(formatDestination))}`;
}

/** Which denial of the project means a destination, or undefined; asked of a cluster under each name that it goes by. */
function deniedDestination(project: Project, destination: CheckedDestination): string | undefined {
  const denials = project.destinations.map((rule) => denialOf(rule, destination));
  const denial = denials.find((each) => each !== undefined);
  if (denial === undefined) return undefined;
  return `project ${project.name} (destinations) denies ${shownDestination(destination)} by ${denial}`;
}

/** Why the project's applications may have nothing in a namespace of their cluster, or undefined when they may. */
export function forbiddenNamespace(
  project: Project,
  destination: CheckedDestination,
  known: { readonly server: string; readonly name: string },
): string | undefined {
  const { namespace } = destination;
  return forbiddenDestination(project, destination) ?? deniedDestination(project, { ...known, namespace });
}

function shownDestination({ name, server, namespace }: CheckedDestination): string {
  return `namespace "${namespace}" of cluster ${name ?? server}`;
}

/**
 * Why the project's applications may not have an object of this kind, or undefined when they may.
 * Cluster-scoped kinds have to be listed; namespaced ones are allowed unless a list says otherwise.
 */
export function forbiddenObject(project: Project, ref: ObjectRef, namespaced: boolean): string | undefined {
  const scope = namespaced ? 'namespaceResource' : 'clusterResource';
  const whitelist = namespaced ? project.namespaceResourceWhitelist : project.clusterResourceWhitelist;
  const blacklist = namespaced ? project.namespaceResourceBlacklist : project.clusterResourceBlacklist;
  const shown = `${namespaced ? 'namespaced' : 'cluster-scoped'} kind ${formatKind(ref)}`;
  const denying = blacklist.find((rule) => isOfKind(rule, ref));
  if (denying !== undefined) {
    return `project ${project.name} (${scope}Blacklist) denies ${shown} by ${formatRule(denying)}`;
  }
  if (whitelist === undefined || whitelist.some((rule) => isOfKind(rule, ref))) return undefined;
  return `project ${project.name} (${scope}Whitelist) does not allow ${shown}; ${listed(whitelist.map(formatRule))}`;
}

/** A malformed denial denies everything: what was meant is not known. */
function deniesSource(pattern: string, address: string): boolean {
  return compileGlob(normaliseSourceURL(pattern.slice(1)), sourceGlob)?.test(address) !== false;
}

function denialOf(rule: ProjectDestination, { server, name, namespace }: CheckedDestination): string | undefined {
  // A server or name that is not known may be the denied one.
  if (isDenial(rule.namespace) && !matchesPart(rule.namespace, namespace)) return `namespace "${rule.namespace}"`;
  if (isDenial(rule.server) && !matchesCluster(rule.server, server)) return `server "${rule.server}"`;
  if (isDenial(rule.name) && !matchesCluster(rule.name, name)) return `name "${rule.name}"`;
  return undefined;
}

function allowsDestination(rule: ProjectDestination, { server, name, namespace }: CheckedDestination): boolean {
  const isCluster = matchesCluster(rule.server, server) || matchesCluster(rule.name, name);
  return isCluster && matchesPart(rule.namespace, namespace);
}

function matchesCluster(pattern: string | undefined, text: string | undefined): boolean {
  return text !== undefined && text !== '' && matchesPart(pattern, text);
}

/** With `!` in front: true for everything but what the pattern means; a malformed one allows nothing. */
function matchesPart(pattern: string | undefined, text: string): boolean {
  if (!isDenial(pattern)) return matches(pattern ?? '', text, destinationGlob);
  return compileGlob(pattern.slice(1), destinationGlob)?.test(text) === false;
}

function matches(pattern: string, text: string, language: GlobLanguage): boolean {
  return pattern === '*' || compileGlob(pattern, language)?.test(text) === true;
}

function isOfKind(rule: KindRule, ref: ObjectRef): boolean {
  const isNamed = rule.name === undefined || rule.name === '' || glob(rule.name, ref.name);
  return glob(rule.kind, ref.kind) && glob(rule.group, ref.group) && isNamed;
}

function glob(pattern: string, text: string): boolean {
  return pattern === text || pattern === '*' || compileGlob(pattern, matchGlob)?.test(text) === true;
}

function isDenial(pattern: string | undefined): pattern is string {
  return pattern?.startsWith('!') === true;
}

function formatDestination({ server, name, namespace }: ProjectDestination): string {
  return `${server ?? name ?? '(no cluster)'}/${namespace ?? ''}`;
}

function formatRule({ group, kind, name }: KindRule): string {
  const shown = group === '' ? kind : `${kind}.${group}`;
  return name === undefined || name === '' ? shown : `${shown} named ${name}`;
}

function formatKind({ group, kind, name }: ObjectRef): string {
  return `${group === '' ? kind : `${kind}.${group}`} (${name})`;
}

function listed(allowed: readonly string[]): string {
  return allowed.length === 0 ? 'the list is empty' : `the list has ${allowed.join(', ')}`;
}
