import { Command, Option } from 'commander';
import { PlumbError } from '../../shared/errors.ts';
import type { Act, Run } from '../session.ts';
import { examples } from './examples.ts';

type Later<Flags> = () => Promise<{ readonly run: Run<Flags> }>;

/** What a command does is loaded when it is asked for. An error that is not our own may quote what it was about. */
function later<Flags>(load: Later<Flags>): Run<Flags> {
  return async (session, asked) => {
    const { run } = await load();
    try {
      return await run(session, asked);
    } catch (error) {
      if (error instanceof PlumbError) throw error;
      const { asSecretError } = await import('../../shared/workflows/secrets/gather-answers.ts');
      throw asSecretError(error);
    }
  };
}

/** `plumb secrets explain`: each reference, its store, version and users, and why it fails; never a value. */
function explainCommand(act: Act): Command {
  return new Command('explain')
    .argument('<APP>', 'application')
    .summary('say where the secrets of an application come from, and what fails')
    .description(
      'Resolves every ExternalSecret, SealedSecret and encrypted Secret of an application and prints its store, key and\n' +
        'version, what uses it and what stands against it; never a value. Nothing is changed.\n' +
        'Without -f and --control, what is deployed is looked at.\n' +
        'Exit code: 0 all are resolved, 1 some are not, 2 an error.',
    )
    .addHelpText('after', examples(['plumb secrets explain shop -f apps/', 'plumb secrets explain shop -o json']))
    .action(act(later(() => import('../secrets/explain.ts'))));
}

/** `plumb secrets refresh`: reads secrets again now, and restarts what uses those that changed. */
function refreshCommand(act: Act): Command {
  return new Command('refresh')
    .argument('[APP...]', 'applications')
    .summary('read secrets again now, and restart what uses changed ones')
    .description(
      'Reads the secrets of applications again and syncs their Secrets, and the workloads that use changed ones, from what\n' +
        'is deployed. Git is not asked. With --event, of the applications that use the secret which an event of EventBridge\n' +
        '(from Secrets Manager or Parameter Store) names.\n' +
        'Exit code: 0 all is as it should be, 1 a secret could not be resolved, 2 an error.',
    )
    .option('--all', 'all applications that have secrets')
    .option('--event <FILE>', 'an event as EventBridge delivers it, as JSON; - for standard input')
    .addHelpText(
      'after',
      examples([
        'plumb secrets refresh shop',
        'plumb secrets refresh --all',
        'plumb secrets refresh --event - < event.json',
      ]),
    )
    .action(act(later(() => import('../secrets/refresh.ts'))));
}

/** `plumb secrets seal`: Secrets become SealedSecrets that may lie in Git. */
function sealCommand(act: Act): Command {
  return new Command('seal')
    .argument('[FILE]', 'Secrets as YAML or JSON; default: stdin')
    .summary('turn Secrets into SealedSecrets that may lie in Git')
    .description(
      'Seals every Secret of a file, as kubeseal does, and prints the SealedSecrets. Without --scope the annotations of a\n' +
        'Secret say where it may be opened. With --cert neither a cluster nor the keys are asked.',
    )
    .option('--cert <FILE>', 'certificate to seal with; default: that of the newest sealing key')
    .addOption(
      new Option('--scope <SCOPE>', 'where it may be opened').choices(['strict', 'namespace-wide', 'cluster-wide']),
    )
    .option('--name <NAME>', 'name of the Secret, in place of the one in the file')
    .option('--namespace <NAMESPACE>', 'namespace of the Secret, in place of the one in the file')
    .option('--raw', 'the input is one value, not a Secret; prints what belongs under encryptedData')
    .addHelpText(
      'after',
      examples([
        'kubectl create secret generic db --from-file=password -n shop --dry-run=client -o yaml | plumb secrets seal > db.yaml',
        'plumb secrets seal secret.yaml --cert cert.pem --scope namespace-wide',
        'plumb secrets seal --raw --name db --namespace shop < password',
      ]),
    )
    .action(act(later(() => import('../secrets/seal.ts'))));
}

/** `plumb secrets cert`: what others seal with. */
function certCommand(act: Act): Command {
  return new Command('cert')
    .summary('print the certificate of the newest sealing key')
    .description(
      'Prints the certificate to seal with. It is no secret: kubeseal and plumb secrets seal take it with --cert.',
    )
    .addHelpText('after', examples(['plumb secrets cert > cert.pem', 'plumb secrets cert -o json']))
    .action(act(later(() => import('../secrets/cert.ts'))));
}

/** `plumb secrets new-key`: from now on secrets are sealed with another key. */
function newKeyCommand(act: Act): Command {
  return new Command('new-key')
    .summary('make a new sealing key')
    .description(
      'Makes an RSA key of 4096 bits with a certificate for ten years, and adds it to the first source of sealing keys.\n' +
        'Older keys stay, and open what was sealed with them.',
    )
    .option('--to <DIR>', 'a folder for it, in place of the first source of sealing keys')
    .addHelpText('after', examples(['plumb secrets new-key', 'plumb secrets new-key --to keys/']))
    .action(act(later(() => import('../secrets/new-key.ts'))));
}

/** `plumb secrets import-keys`: the keys of a controller, for good-bye. */
function importKeysCommand(act: Act): Command {
  return new Command('import-keys')
    .argument('[FILES...]', 'PEM, Secrets of type kubernetes.io/tls, or a List of them; default: stdin')
    .summary('bring the keys of a Sealed Secrets controller')
    .description(
      'Adds sealing keys to the first source of sealing keys. Keys that are there already are passed over, and none is replaced.\n' +
        'Nothing of a key is printed but its id.',
    )
    .option('--to <DIR>', 'a folder for them, in place of the first source of sealing keys')
    .addHelpText(
      'after',
      examples([
        'kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml | plumb secrets import-keys',
        'plumb secrets import-keys backup.yaml --to keys/',
      ]),
    )
    .action(act(later(() => import('../secrets/import-keys.ts'))));
}

/** `plumb secrets re-encrypt`: after a new key, what was sealed with older ones is sealed with it. */
function reEncryptCommand(act: Act): Command {
  return new Command('re-encrypt')
    .argument('[FILES...]', 'files with SealedSecrets, which are rewritten; default: stdin to stdout')
    .summary('seal SealedSecrets anew with the newest key')
    .description(
      'Opens SealedSecrets and seals them with the newest key, each for the same scope as before. All else in the files\n' +
        'stays as it is. Retired keys still open here.',
    )
    .addHelpText(
      'after',
      examples(['plumb secrets re-encrypt apps/shop/*.yaml', 'plumb secrets re-encrypt < old.yaml > new.yaml']),
    )
    .action(act(later(() => import('../secrets/re-encrypt.ts'))));
}

const subcommands = [
  explainCommand,
  refreshCommand,
  sealCommand,
  certCommand,
  newKeyCommand,
  importKeysCommand,
  reEncryptCommand,
];

/** `plumb secrets`: what people do with secrets and the keys that they are sealed with. */
export function secretsCommand(act: Act): Command {
  const command = new Command('secrets')
    .summary('say where secrets come from, read them again, seal them, keep their keys')
    .description('Secrets of applications, and Sealed Secrets without a controller. No command prints a value.')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples([
        'plumb secrets explain shop -f apps/',
        'plumb secrets seal secret.yaml > sealed.yaml',
        'plumb secrets refresh --all',
      ]),
    );
  for (const each of subcommands) command.addCommand(each(act));
  return command.hook('preSubcommand', (parent, child) => {
    child.copyInheritedSettings(parent).helpOption('-h, --help', 'print help');
  });
}
