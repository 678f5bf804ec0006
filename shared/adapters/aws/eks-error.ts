import { ClusterError, type ErrorCode } from '../../errors.ts';
import type { AwsFailure } from './aws-failure.ts';
import type { EksCluster } from './eks-registry.ts';

type Words = { readonly code: ErrorCode; readonly why: string; readonly hint: string };

/** The error for a cluster that AWS does not tell about, in names and actions alone. */
export function eksErrorOf(failure: AwsFailure, cluster: EksCluster): ClusterError {
  const { code, why, hint } = wordsFor(failure, cluster)[failure.kind];
  const forRole = failure.role === undefined ? '' : `, to assume ${failure.role}`;
  return new ClusterError(code, `EKS cluster ${cluster.id}: ${why}${forRole}`, {
    object: cluster.id,
    hint,
    retryable: code === 'cluster-unreachable',
  });
}

function wordsFor(
  { action, role }: AwsFailure,
  { name, region, account, ...cluster }: EksCluster,
): { readonly [kind in AwsFailure['kind']]: Words } {
  const where = account === undefined ? region : `${region}, account ${account}`;
  const unusable = { why: `AWS does not take ${action} as it is asked`, hint: 'Check the name and the role.' };
  return {
    absent: {
      code: 'cluster-unknown',
      why: `there is no cluster "${name}" in ${where}`,
      hint: 'Correct its registration, or take it out if the cluster was deleted; a cluster of another account needs a role of that account.',
    },
    denied: {
      code: 'cluster-forbidden',
      why: `AWS denies ${action}`,
      hint:
        role === undefined
          ? `Allow ${action} on the cluster to ${cluster.role ?? "Plumbline's own role"}.`
          : `Allow ${action} on the role to Plumbline's own, and name that in its trust policy, with the external id that is registered.`,
    },
    credentials: {
      code: 'cluster-forbidden',
      why: `AWS does not accept the credentials (${action})`,
      hint: 'Check that they are whole, not expired, and of an account that uses this region, and that the clock is right.',
    },
    'unknown-self': {
      code: 'cluster-forbidden',
      why: `there are no AWS credentials to call ${action} with`,
      hint: 'Give Plumbline AWS credentials as every AWS program takes them.',
    },
    throttled: {
      code: 'cluster-unreachable',
      why: `AWS asks to call ${action} less often`,
      hint: 'Try again later; if it stays so, ask AWS for a higher quota.',
    },
    unreachable: {
      code: 'cluster-unreachable',
      why: `AWS does not answer ${action} in ${region}`,
      hint: 'Try again later; from a network without a way to AWS, register the cluster with its endpoint and authority.',
    },
    refused: { code: 'cluster-refused', ...unusable },
    empty: { code: 'cluster-refused', ...unusable },
  };
}

const states: { readonly [status: string]: { readonly code: ErrorCode; readonly hint: string } } = {
  CREATING: { code: 'cluster-unreachable', hint: 'Wait until it is ACTIVE.' },
  PENDING: { code: 'cluster-unreachable', hint: 'Wait until it is ACTIVE.' },
  DELETING: { code: 'cluster-unknown', hint: 'Take it out of the registered clusters, or move its Applications.' },
  FAILED: { code: 'cluster-refused', hint: 'See in the console of EKS why, and create it again.' },
};

/** The error for a cluster that has no API server yet, or none any more. */
export function notActiveError({ id }: EksCluster, status: string): ClusterError {
  const { code, hint } = states[status] ?? { code: 'cluster-refused', hint: 'Look at it in the console of EKS.' };
  const shown = Object.hasOwn(states, status)
    ? `it is ${status}, not ACTIVE`
    : 'AWS gives no endpoint and authority of it';
  return new ClusterError(code, `EKS cluster ${id}: ${shown}`, {
    object: id,
    hint,
    retryable: code === 'cluster-unreachable',
  });
}
