import { describe, expect, test } from '@jest/globals';
import { inWords } from './support/rights-of.ts';
import { synthesise } from './support/synthesise.ts';

const plain = synthesise();
const edge = plain.template('edge');

describe('the door from outside', () => {
  test('is POST /webhook, and nothing else', () => {
    const routes = plain.resources('edge', 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey);
    expect(routes).toEqual(['POST /webhook']);
    edge.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
  });

  test('is throttled', () => {
    edge.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingBurstLimit: 50, ThrottlingRateLimit: 20 },
    });
  });

  test('logs who came, and neither headers nor bodies', () => {
    const [stage] = plain.resources('edge', 'AWS::ApiGatewayV2::Stage');
    const fields = Object.values(JSON.parse(stage?.Properties.AccessLogSettings.Format) as Record<string, string>);
    expect(fields.filter((field) => /header|body|authorizer/i.test(field))).toEqual([]);
    expect(fields).toContain('$context.identity.sourceIp');
  });

  test('is printed', () => {
    const [{ Value }] = Object.values(edge.findOutputs('WebhookUrl')) as [{ Value: unknown }];
    expect(inWords(Value)).toMatch(/\/webhook$/);
  });
});

test('without a secret of its owner an empty one is made, and the command that fills it is printed', () => {
  edge.resourceCountIs('AWS::SecretsManager::Secret', 1);
  const [{ Value }] = Object.values(edge.findOutputs('WebhookSecretCommand')) as [{ Value: unknown }];
  expect(inWords(Value)).toMatch(/^aws secretsmanager put-secret-value .*github \$\(openssl rand -hex 32\)/);
});

test('a secret of its owner is taken, by its ARN as well', () => {
  const webhookSecret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:webhook';
  const own = synthesise({ webhookSecret });
  own.template('edge').resourceCountIs('AWS::SecretsManager::Secret', 0);
  // An ARN without its last letters is good for the function, and a pattern for IAM.
  expect(JSON.stringify(own.resources('edge', 'AWS::IAM::Policy'))).toContain(`"${webhookSecret}-??????"`);
});
