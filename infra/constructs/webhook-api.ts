import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { explain } from './allow.ts';

/** The only door from outside: `POST /webhook`, throttled and logged. */
export class WebhookApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { webhook, name }: { readonly webhook: IFunction; readonly name: string }) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', {
      apiName: name,
      description: 'Where Git hosts tell Plumbline of pushes',
      createDefaultStage: false,
    });
    const [route] = api.addRoutes({
      path: '/webhook',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Webhook', webhook),
    });
    if (route !== undefined)
      explain(
        route,
        'AwsSolutions-APIG4',
        'A Git host signs each delivery; the function verifies it before anything else.',
      );
    new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      // A busy organisation pushes a few times a second. What is refused is found by the schedule within a minute.
      throttle: { rateLimit: 20, burstLimit: 50 },
      accessLogSettings: { destination: new LogGroupLogDestination(this.#createLog()), format: accessLogFormat },
    });
    this.url = `${api.apiEndpoint}/webhook`;
  }

  #createLog(): LogGroup {
    return new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/** No header and no body: a signature is nobody's business. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    bytes: '$context.responseLength',
    ms: '$context.responseLatency',
    error: '$context.error.message',
  }),
);
