import { Fn, Stack, Token } from 'aws-cdk-lib';
import {
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  PrefixList,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Network } from './plumb-function.ts';

/** A VPC that cluster endpoints can be reached from which cannot be reached from elsewhere. */
export type PrivateVpc = {
  readonly vpc: IVpc;
  /** Absent: the isolated subnets, or else the private ones. */
  readonly subnets?: SubnetSelection;
  /** `existing`: these subnets have a gateway endpoint for S3 already. */
  readonly s3Endpoint?: 'existing';
  /** The id of AWS's prefix list for S3 in this region; absent: CDK looks it up. */
  readonly s3PrefixList?: string;
};

/** All that a private zone can reach: S3, its clusters, and Secrets Manager where secrets are used. */
export class PrivateNetwork extends Construct {
  readonly network: Network;
  readonly #props: PrivateVpc;
  readonly #securityGroup: SecurityGroup;
  #secretsManagerUrl: string | undefined;

  constructor(scope: Construct, id: string, props: PrivateVpc) {
    super(scope, id);
    this.#props = props;
    const { vpc, subnets: vpcSubnets = chooseSubnets(vpc) } = props;
    this.#securityGroup = new SecurityGroup(this, 'Functions', {
      vpc,
      description: 'Functions of Plumbline',
      // The resolver of the VPC answers whatever a security group says, so DNS needs no rule.
      allowAllOutbound: false,
    });
    this.#securityGroup.addEgressRule(Peer.prefixList(this.#s3PrefixList()), Port.HTTPS, 'The state, in S3');
    if (props.s3Endpoint !== 'existing')
      new GatewayVpcEndpoint(this, 'S3', { vpc, service: GatewayVpcEndpointAwsService.S3, subnets: [vpcSubnets] });
    this.network = { vpc, vpcSubnets, securityGroups: [this.#securityGroup] };
  }

  /** Lets the functions reach the endpoint of a cluster. */
  reach(id: string, clusterSecurityGroupId: string): void {
    const cluster = SecurityGroup.fromSecurityGroupId(this, id, clusterSecurityGroupId);
    this.#securityGroup.addEgressRule(Peer.securityGroupId(clusterSecurityGroupId), Port.HTTPS, 'A cluster');
    cluster.addIngressRule(this.#securityGroup, Port.HTTPS, 'Plumbline');
  }

  /**
   * Makes the endpoint of Secrets Manager, once, for nobody else's use: it has no private DNS name, which would turn all of the
   * VPC's calls to it. Gives the URL to call.
   */
  reachSecrets(role: Role): string {
    this.#secretsManagerUrl ??= this.#createSecretsEndpoint(role);
    return this.#secretsManagerUrl;
  }

  #createSecretsEndpoint(role: Role): string {
    const { vpc, vpcSubnets: subnets } = this.network;
    const securityGroup = new SecurityGroup(this, 'SecretsManagerAccess', {
      vpc,
      description: 'Secrets Manager for Plumbline',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(this.#securityGroup, Port.HTTPS, 'Functions of Plumbline');
    this.#securityGroup.addEgressRule(securityGroup, Port.HTTPS, 'Secrets Manager');
    const endpoint = new InterfaceVpcEndpoint(this, 'SecretsManager', {
      vpc,
      subnets,
      service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      securityGroups: [securityGroup],
      open: false,
      privateDnsEnabled: false,
    });
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue', 'secretsmanager:ListSecrets'],
        // What they may read is for the policies of the role to say; here it is who may pass.
        resources: ['*'],
        conditions: { ArnEquals: { 'aws:PrincipalArn': role.roleArn } },
      }),
    );
    return `https://${Fn.select(1, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries)))}`;
  }

  #s3PrefixList(): string {
    if (this.#props.s3PrefixList !== undefined) return this.#props.s3PrefixList;
    const { region, account } = Stack.of(this);
    if (Token.isUnresolved(region) || Token.isUnresolved(account))
      throw new Error(
        `${this.node.path}: the prefix list of S3 cannot be looked up without an account and a region: give the stack an env, or give s3PrefixList (aws ec2 describe-managed-prefix-lists)`,
      );
    return PrefixList.fromLookup(this, 'S3PrefixList', { prefixListName: `com.amazonaws.${region}.s3` }).prefixListId;
  }
}

function chooseSubnets(vpc: IVpc): SubnetSelection {
  const subnetType = vpc.isolatedSubnets.length > 0 ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS;
  return { subnetType };
}
