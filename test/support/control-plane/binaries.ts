import { join } from 'node:path';
import type { Download } from '../../../cli/setup/download.ts';
import type { GoProgram } from '../../../cli/setup/go-build.ts';

/** The Kubernetes release that tests, demo and bench run on. Everything of it is pinned here and in go/go.sum. */
export const kubernetesVersion = 'v1.36.3';
const etcdVersion = 'v3.6.8';
const kwokVersion = 'v0.8.0';

export const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
export type Program = (typeof programs)[number];

export type Platform = { readonly os: string; readonly arch: string };

/** Where the official build of a program can be had; undefined where there is none for the platform. */
export function officialDownload(program: Program, { os, arch }: Platform): Download | undefined {
  if (program === 'kwok') return kwokDownload(os, arch);
  // etcd comes as an archive and Kubernetes publishes its servers for Linux only.
  if (program === 'etcd' || os !== 'linux') return undefined;
  const url = `https://dl.k8s.io/release/${kubernetesVersion}/bin/${os}/${arch}/${program}`;
  return { url, checksums: `${url}.sha256`, name: program, megabytes: 90 };
}

/** etcd's official archive, which holds the program as `<name without ending>/etcd`. */
export function etcdArchive({ os, arch }: Platform): Download {
  const release = `https://github.com/etcd-io/etcd/releases/download/${etcdVersion}`;
  const name = `etcd-${etcdVersion}-${os}-${arch}.${os === 'linux' ? 'tar.gz' : 'zip'}`;
  return { url: `${release}/${name}`, checksums: `${release}/SHA256SUMS`, name, megabytes: 24 };
}

function kwokDownload(os: string, arch: string): Download {
  const name = `kwok-${os}-${arch}`;
  return {
    url: `https://github.com/kubernetes-sigs/kwok/releases/download/${kwokVersion}/${name}`,
    checksums: `https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/${kwokVersion}`,
    name,
    megabytes: 90,
  };
}

const versionPackage = 'k8s.io/component-base/version';
const [major, minor] = kubernetesVersion.slice(1).split('.') as [string, string];
const kubernetes = (program: string, seconds: number): GoProgram => ({
  source: `k8s.io/kubernetes/cmd/${program}`,
  folder: join(import.meta.dirname, 'go'),
  variables: {
    [`${versionPackage}.gitVersion`]: kubernetesVersion,
    [`${versionPackage}.gitMajor`]: major,
    [`${versionPackage}.gitMinor`]: minor,
  },
  seconds,
});

/** How each program is built from the Go module proxy; seconds for a first build on two cores. */
export const goPrograms: { readonly [program in Program]: GoProgram } = {
  'kube-apiserver': kubernetes('kube-apiserver', 200),
  etcd: { source: 'go.etcd.io/etcd/server/v3', folder: join(import.meta.dirname, 'go'), seconds: 15 },
  'kube-controller-manager': kubernetes('kube-controller-manager', 60),
  'kube-scheduler': kubernetes('kube-scheduler', 10),
  kwok: { source: `sigs.k8s.io/kwok/cmd/kwok@${kwokVersion}`, seconds: 90 },
};
